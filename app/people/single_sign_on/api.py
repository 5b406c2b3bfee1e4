"""The own company's identity provider as JSON. Signing in by it is done by browsers, on pages."""

from typing import Annotated

from litestar import delete, get, put
from litestar.params import JSONBody, QueryParameter

from app.people.single_sign_on.dependencies import providers_of
from app.people.single_sign_on.schemas import MOST_VERSIONS, ProviderSettings, ProviderView
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from rbac import Permission

TAGS = ["single sign-on"]


@get("/single-sign-on", permission=Permission.IDENTITY_PROVIDER_WRITE, tags=TAGS)
async def read_provider(request: WebRequest, work: RequestWork) -> ProviderView:
    """The provider of the caller's company, or client; without its secret."""
    return await providers_of(request, work).show()


@put("/single-sign-on", permission=Permission.IDENTITY_PROVIDER_WRITE, tags=TAGS)
async def write_provider(request: WebRequest, work: RequestWork, data: JSONBody[ProviderSettings]) -> ProviderView:
    """Set it up or change it; the issuer is asked for its description first."""
    return await providers_of(request, work).write(data)


@delete("/single-sign-on", permission=Permission.IDENTITY_PROVIDER_WRITE, tags=TAGS)
async def remove_provider(
    request: WebRequest, work: RequestWork, version: Annotated[int, QueryParameter(ge=0, le=MOST_VERSIONS)]
) -> None:
    """Nobody signs in by it any more."""
    await providers_of(request, work).remove(version)


handlers = handlers_of(__name__)
