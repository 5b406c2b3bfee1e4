"""The JSON API of an engineer's days, visits and photos; the steps of a visit stand in `app.desk.tickets.api`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, TypeVar
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody, QueryParameter

from app.desk.tickets.visits.consent import ConsentService, DataHandlingCreate
from app.desk.tickets.visits.field_actions import FieldActions
from app.desk.tickets.visits.photos import PhotoKind, VisitPhotoService
from app.desk.tickets.visits.queries import VisitQueries
from app.desk.tickets.visits.schemas import DataHandling, VisitDay, VisitDetail, VisitPhoto, VisitSummary
from app.platform.files import file_store_of
from app.platform.files.web_interface import UPLOAD_BODY_LIMIT, inspected_uploads
from app.platform.http.idempotency import REPLAY, fingerprint_of, key_of, known_for_good
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

TAGS = ["visits"]
Made = TypeVar("Made")


@dataclass
class VisitPhotoForm:
    """A multipart form: when the photos were taken, and one or more files under `photos`."""

    kind: PhotoKind
    photos: list[UploadFile] = field(default_factory=list)


@get("/visits", permission=Permission.TICKET_READ, tags=TAGS)
async def list_visits(
    work: RequestWork,
    day: FromQuery[date | None] = None,
    engineer_id: FromQuery[UUID | None] = None,
) -> VisitDay:
    """An engineer's day by the tenant's calendar, with what is left from before and the day after. Another engineer's
    day is for those who dispatch."""
    return await VisitQueries(work).day(day, engineer_id)


@get("/visits/finished", permission=Permission.TICKET_READ, tags=TAGS)
async def list_finished_visits(
    work: RequestWork,
    engineer_id: FromQuery[UUID | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=200)] = 30,
) -> list[VisitSummary]:
    """An engineer's finished visits, the newest first."""
    return await VisitQueries(work).finished(engineer_id, limit=limit)


@get("/visits/{visit_id:uuid}", permission=Permission.TICKET_READ, tags=TAGS)
async def get_visit(work: RequestWork, visit_id: FromPath[UUID]) -> VisitDetail:
    """One visit with its ticket, its device's earlier tickets, its photos and its report."""
    return await VisitQueries(work).visit(visit_id)


@post(
    "/visits/{visit_id:uuid}/photos",
    permission=Permission.TICKET_READ,
    tags=TAGS,
    request_max_body_size=UPLOAD_BODY_LIMIT,
)
@known_for_good
async def add_visit_photos(
    request: WebRequest, work: RequestWork, visit_id: FromPath[UUID], data: MultipartBody[VisitPhotoForm]
) -> Response[list[VisitPhoto]]:
    """Photos from before or after the work."""
    photos = VisitPhotoService(work, file_store_of(runtime_of(request)))

    async def add() -> list[VisitPhoto]:
        return await photos.add(visit_id, data.kind, await inspected_uploads(request, data.photos))

    async def again() -> list[VisitPhoto]:
        return await photos.of_visit(visit_id)

    return await _once(request, work, add, again, lambda photo: photo.file.id)


@get("/visits/{visit_id:uuid}/data-handling", permission=Permission.TICKET_READ, tags=TAGS)
async def list_data_handling(work: RequestWork, visit_id: FromPath[UUID]) -> list[DataHandling]:
    """Consents to work on disks during a visit, and what became of bad ones; oldest first."""
    return await ConsentService(work).of_visit(visit_id)


@post("/visits/{visit_id:uuid}/data-handling", permission=Permission.TICKET_READ, tags=TAGS)
@known_for_good
async def record_data_handling(
    request: WebRequest, work: RequestWork, visit_id: FromPath[UUID], data: JSONBody[DataHandlingCreate]
) -> Response[DataHandling]:
    """Write down the consent of whoever is there before a disk is worked on, or what becomes of a bad one."""
    consent = ConsentService(work)

    async def record() -> list[DataHandling]:
        return [await consent.record(visit_id, data)]

    async def again() -> list[DataHandling]:
        return await consent.of_visit(visit_id)

    answer = await _once(request, work, record, again, lambda record: record.id)
    if not answer.content:
        raise NotFound
    return Response(answer.content[0], status_code=201, headers=answer.headers)


async def _once(
    request: WebRequest,
    work: UnitOfWork,
    make: Callable[[], Awaitable[list[Made]]],
    again: Callable[[], Awaitable[list[Made]]],
    id_of: Callable[[Made], UUID],
) -> Response[list[Made]]:
    """What the action made; where it was done before, the same out of all that `again` finds.

    Raises:
        ActionReused: the same id came with other content.
    """
    action_id = key_of(request)
    if action_id is None or work.actor.kind is not ActorKind.PROVIDER:
        return Response(await make(), status_code=201)
    new: list[Made] = []

    async def act() -> list[UUID]:
        new.extend(await make())
        return [id_of(each) for each in new]

    ids = await FieldActions(work).made_once(action_id, await fingerprint_of(request), act)
    if new or not ids:
        return Response(new, status_code=201)
    found = {id_of(each): each for each in await again()}
    return Response([found[each] for each in ids if each in found], status_code=201, headers=REPLAY)


handlers = handlers_of(__name__)
