"""Another mobile number, as JSON under /api/v1."""

from litestar import post, put
from litestar.params import JSONBody

from app.people.identity.api import identity_dependencies
from app.people.identity.schemas import MobileChange, MobileCode
from app.people.identity.services.mobile_change import MobileChanges
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from rbac import Access


def mobile_changes_of(request: WebRequest) -> MobileChanges:
    return MobileChanges(runtime_of(request).units_of_work, identity_dependencies(request))


@post("/account/mobile", permission=Access.SIGNED_IN, own_session=True, status_code=202, tags=["account"])
async def ask_for_mobile_change(request: WebRequest, data: JSONBody[MobileChange]) -> None:
    """Send a code to the new number. The answer is the same whoever has that number."""
    await mobile_changes_of(request).ask(actor_of(request), data.password, data.mobile, origin_of(request))


@put("/account/mobile", permission=Access.SIGNED_IN, own_session=True, status_code=204, tags=["account"])
async def confirm_mobile_change(request: WebRequest, data: JSONBody[MobileCode]) -> None:
    """Make the number the account's, by the code that came."""
    await mobile_changes_of(request).confirm(actor_of(request), data.code, origin_of(request))


handlers = handlers_of(__name__)
