"""Another e-mail address, as JSON under /api/v1."""

from litestar import get, post, put
from litestar.params import FromPath, JSONBody

from app.people.identity.api import identity_dependencies
from app.people.identity.schemas import EmailChange, EmailLink
from app.people.identity.services.email_change import EmailChanges
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from rbac import Access


def email_changes_of(request: WebRequest) -> EmailChanges:
    return EmailChanges(runtime_of(request).units_of_work, identity_dependencies(request))


@post("/account/email", permission=Access.SIGNED_IN, own_session=True, status_code=202, tags=["account"])
async def ask_for_email_change(request: WebRequest, data: JSONBody[EmailChange]) -> None:
    """Mail a single-use link to the new address. The answer is the same whoever that address belongs to."""
    await email_changes_of(request).ask(actor_of(request), data.password, data.email, origin_of(request))


@get("/email-links/{token:str}", permission=Access.PUBLIC, tags=["account"])
async def preview_email_link(request: WebRequest, token: FromPath[str]) -> EmailLink:
    """What the link would change; looking uses nothing up."""
    return EmailLink(await email_changes_of(request).preview(token, origin_of(request)))


@put("/email-links/{token:str}", permission=Access.PUBLIC, own_session=True, status_code=204, tags=["account"])
async def use_email_link(request: WebRequest, token: FromPath[str]) -> None:
    """Make the address the account's."""
    await email_changes_of(request).finish(token, origin_of(request))


handlers = handlers_of(__name__)
