"""Engineers as JSON."""

from typing import Annotated
from uuid import UUID

from litestar import get, put
from litestar.params import FromPath, JSONBody, QueryParameter

from app.desk.engineers.labels import EngineerState
from app.desk.engineers.listing import ENGINEERS
from app.desk.engineers.schemas import EngineerUpdate, EngineerView
from app.desk.engineers.service import EngineerService
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.lists.web_interface import saved_view_api
from rbac import Permission

TAGS = ["engineers"]


@get("/engineers", permission=Permission.ENGINEER_READ, tags=TAGS)
async def list_engineers(
    work: RequestWork, engineer_state: Annotated[EngineerState | None, QueryParameter(name="state")] = None
) -> Page[EngineerView]:
    """All engineers by name, on one page; skills are shown to the partner's own people."""
    return Page(await EngineerService(work).list(engineer_state))


@get("/engineers/{engineer_id:uuid}", permission=Permission.ENGINEER_READ, tags=TAGS)
async def read_engineer(work: RequestWork, engineer_id: FromPath[UUID]) -> EngineerView:
    """One engineer."""
    return await EngineerService(work).get(engineer_id)


@put("/engineers/{engineer_id:uuid}", permission=Permission.ENGINEER_WRITE, tags=TAGS)
async def update_engineer(
    work: RequestWork, engineer_id: FromPath[UUID], data: JSONBody[EngineerUpdate]
) -> EngineerView:
    """Write level, phone, state and skills; `version` is the one that was read."""
    return await EngineerService(work).update(engineer_id, data)


handlers = [*handlers_of(__name__), *saved_view_api(ENGINEERS, "/engineers")]
