"""The JSON API of an engineer's days, visits and photos; the steps of a visit stand in `app.tickets.api`."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody, QueryParameter

from app.files import store_of
from app.files.transfer import UPLOAD_BODY_LIMIT, safe_files
from app.http.idempotency import idempotent
from app.http.work import RequestWork, runtime_of
from app.tickets.services.consent import ConsentService, DataHandlingCreate
from app.tickets.services.visit_photos import PhotoKind, VisitPhotoService
from app.tickets.services.visit_reading import VisitReadingService
from app.tickets.visit_schemas import DataHandling, VisitDay, VisitDetail, VisitPhoto, VisitSummary
from rbac import Permission

TAGS = ["visits"]


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
    return await VisitReadingService(work).day(day, engineer_id)


@get("/visits/finished", permission=Permission.TICKET_READ, tags=TAGS)
async def list_finished_visits(
    work: RequestWork,
    engineer_id: FromQuery[UUID | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=200)] = 30,
) -> list[VisitSummary]:
    """An engineer's finished visits, the newest first."""
    return await VisitReadingService(work).finished(engineer_id, limit=limit)


@get("/visits/{visit_id:uuid}", permission=Permission.TICKET_READ, tags=TAGS)
async def get_visit(work: RequestWork, visit_id: FromPath[UUID]) -> VisitDetail:
    """One visit with its ticket, its device's earlier tickets, its photos and its report."""
    return await VisitReadingService(work).visit(visit_id)


@post(
    "/visits/{visit_id:uuid}/photos",
    permission=Permission.TICKET_READ,
    tags=TAGS,
    request_max_body_size=UPLOAD_BODY_LIMIT,
)
@idempotent()
async def add_visit_photos(
    request: Request[Any, Any, Any], work: RequestWork, visit_id: FromPath[UUID], data: MultipartBody[VisitPhotoForm]
) -> list[VisitPhoto]:
    """Photos from before or after the work."""
    files = await safe_files(request, data.photos)
    return await VisitPhotoService(work, store_of(runtime_of(request))).add(visit_id, data.kind, files)


@get("/visits/{visit_id:uuid}/data-handling", permission=Permission.TICKET_READ, tags=TAGS)
async def list_data_handling(work: RequestWork, visit_id: FromPath[UUID]) -> list[DataHandling]:
    """Consents to work on disks during a visit, and what became of bad ones; oldest first."""
    return await ConsentService(work).of_visit(visit_id)


@post("/visits/{visit_id:uuid}/data-handling", permission=Permission.TICKET_READ, tags=TAGS)
@idempotent()
async def record_data_handling(
    request: Request[Any, Any, Any],
    work: RequestWork,
    visit_id: FromPath[UUID],
    data: JSONBody[DataHandlingCreate],
) -> DataHandling:
    """Write down the consent of whoever is there before a disk is worked on, or what becomes of a bad one."""
    return await ConsentService(work).record(visit_id, data)


handlers = [
    list_visits,
    list_finished_visits,
    get_visit,
    add_visit_photos,
    list_data_handling,
    record_data_handling,
]
