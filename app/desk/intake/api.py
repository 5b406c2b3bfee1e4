"""Reporters' sign-in as JSON."""

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody

from app.desk.intake.dependencies import follow_of, sign_in_of, user_agent_of
from app.desk.intake.follow_links import PublicState
from app.desk.intake.schemas import PortalSignIn, ReporterSession
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_context import origin_of
from app.platform.http.web_request import WebRequest
from rbac import Access

TAGS = ["reporters"]


@post("/reporter-sessions", permission=Access.PUBLIC, tags=TAGS, security=[{}])
async def open_reporter_session(request: WebRequest, data: JSONBody[PortalSignIn]) -> ReporterSession:
    """Device number and PIN for a bearer token. Whatever is wrong, the refusal is the same."""
    return await sign_in_of(request).by_number(data, origin_of(request), user_agent_of(request))


@delete("/reporter-sessions/current", permission=Access.SIGNED_IN, own_session=True, tags=TAGS)
async def close_reporter_session(request: WebRequest) -> None:
    """End the reporter's own session."""
    await sign_in_of(request).close(actor_of(request), origin_of(request))


@get("/follow/{tenant:str}/{follow_token:str}", permission=Access.PUBLIC, tags=TAGS, security=[{}])
async def follow_ticket(request: WebRequest, tenant: FromPath[str], follow_token: FromPath[str]) -> PublicState:
    """A ticket's public state by its follow-up link."""
    return await follow_of(request).state(tenant, follow_token)


handlers = handlers_of(__name__)
