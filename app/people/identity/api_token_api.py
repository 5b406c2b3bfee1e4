"""API tokens as JSON, under /api/v1. A token cannot make tokens."""

from uuid import UUID

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody

from app.people.identity.api import identity_dependencies
from app.people.identity.api_tokens import ApiToken, ApiTokenCreate, ApiTokenCreated
from app.people.identity.services.api_tokens import ApiTokens
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from rbac import Permission


@get("/api-tokens", permission=Permission.API_TOKEN_WRITE, tags=["api tokens"])
async def list_api_tokens(request: WebRequest, work: RequestWork) -> list[ApiToken]:
    """Every active token of the company, or of the client for its people; newest first."""
    return await ApiTokens(work, identity_dependencies(request).store).active()


@post("/api-tokens", permission=Permission.API_TOKEN_WRITE, tags=["api tokens"])
async def make_api_token(request: WebRequest, work: RequestWork, data: JSONBody[ApiTokenCreate]) -> ApiTokenCreated:
    """Make a token with some of one's own permissions. It is shown this once."""
    return await ApiTokens(work, identity_dependencies(request).store).make(data)


@delete("/api-tokens/{token_id:uuid}", permission=Permission.API_TOKEN_WRITE, tags=["api tokens"])
async def end_api_token(request: WebRequest, work: RequestWork, token_id: FromPath[UUID]) -> None:
    """Revoke a token: its next request is anonymous."""
    await ApiTokens(work, identity_dependencies(request).store).end(token_id)


handlers = handlers_of(__name__)
