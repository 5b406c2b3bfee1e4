"""Engineers as JSON."""

from typing import Annotated
from uuid import UUID

from litestar import get, put
from litestar.params import FromPath, JSONBody, QueryParameter

from app.engineers.schemas import Engineer, EngineerUpdate
from app.engineers.service import EngineerService
from app.engineers.words import EngineerState
from app.http.pagination import Page
from app.http.work import RequestWork
from rbac import Permission

TAGS = ["engineers"]


@get("/engineers", permission=Permission.ENGINEER_READ, tags=TAGS)
async def list_engineers(
    work: RequestWork, engineer_state: Annotated[EngineerState | None, QueryParameter(name="state")] = None
) -> Page[Engineer]:
    """All engineers by name, on one page; skills are shown to the partner's own people."""
    return Page(await EngineerService(work).list(engineer_state))


@get("/engineers/{engineer_id:uuid}", permission=Permission.ENGINEER_READ, tags=TAGS)
async def read_engineer(work: RequestWork, engineer_id: FromPath[UUID]) -> Engineer:
    """One engineer."""
    return await EngineerService(work).get(engineer_id)


@put("/engineers/{engineer_id:uuid}", permission=Permission.ENGINEER_WRITE, tags=TAGS)
async def update_engineer(work: RequestWork, engineer_id: FromPath[UUID], data: JSONBody[EngineerUpdate]) -> Engineer:
    """Write level, phone, state and skills; `version` is the one that was read."""
    return await EngineerService(work).update(engineer_id, data)


handlers = [list_engineers, read_engineer, update_engineer]
