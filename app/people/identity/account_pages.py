"""The account page: addresses, password, active sessions."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.people.identity.api import identity_dependencies
from app.people.identity.cookies import set_renewed_session_cookies
from app.people.identity.destinations import home_of
from app.people.identity.services.email_change import EmailChanges
from app.people.identity.services.mobile_change import MobileChanges
from app.people.identity.services.own_account import OwnAccounts
from app.platform.http.authentication import actor_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.web.forms import form_fields, render_form
from app.platform.web.pages import layout_of, see_other
from rbac import Access


@get("/account", permission=Access.SIGNED_IN, include_in_schema=False)
async def account_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Name and addresses, password, active sessions."""
    return await _account(request, OwnAccounts(work, identity_dependencies(request)), None)


@post("/account/password", permission=Access.SIGNED_IN, own_session=True, include_in_schema=False)
async def change_password(request: WebRequest) -> Response[Any]:
    """A new password; all other sessions end."""
    given = await form_fields(request, "present", "password", "end_tokens")
    units_of_work, actor, origin = runtime_of(request).units_of_work, actor_of(request), origin_of(request)
    try:
        async with units_of_work.begin(actor, origin) as work:
            renewed = await OwnAccounts(work, identity_dependencies(request)).change_password(
                given["present"], given["password"], end_tokens=bool(given["end_tokens"])
            )
    except DomainError as error:
        async with units_of_work.begin(actor, origin) as work:
            return await _account(request, OwnAccounts(work, identity_dependencies(request)), error)
    response = see_other(request, "/account?done=password")
    set_renewed_session_cookies(request, response, renewed)
    return response


@post(
    "/account/sessions/{session_id:uuid}/revoke", permission=Access.SIGNED_IN, own_session=True, include_in_schema=False
)
async def revoke_session(request: WebRequest, work: RequestWork, session_id: FromPath[UUID]) -> Response[Any]:
    """End one of the own sessions."""
    await OwnAccounts(work, identity_dependencies(request)).revoke(session_id)
    return see_other(request, "/account?done=session")


@post("/account/email", permission=Access.SIGNED_IN, own_session=True, include_in_schema=False)
async def ask_for_email_change(request: WebRequest) -> Response[Any]:
    """A link goes to the new address; nothing changes before it is used."""
    given, actor, origin = await form_fields(request, "email", "email_password"), actor_of(request), origin_of(request)
    units_of_work = runtime_of(request).units_of_work
    try:
        await EmailChanges(units_of_work, identity_dependencies(request)).ask(
            actor, given["email_password"], given["email"], origin
        )
    except DomainError as error:
        async with units_of_work.begin(actor, origin) as work:
            return await _account(
                request, OwnAccounts(work, identity_dependencies(request)), error, email=given["email"][:254]
            )
    return see_other(request, "/account?done=email")


@post("/account/mobile", permission=Access.SIGNED_IN, own_session=True, include_in_schema=False)
async def ask_for_mobile_change(request: WebRequest) -> Response[Any]:
    """A code goes to the new number; typed here it makes the number the account's."""
    given = await form_fields(request, "mobile", "mobile_password", "code")
    units_of_work, actor, origin = runtime_of(request).units_of_work, actor_of(request), origin_of(request)
    changes = MobileChanges(units_of_work, identity_dependencies(request))
    try:
        if given["code"]:
            await changes.confirm(actor, given["code"], origin)
        else:
            await changes.ask(actor, given["mobile_password"], given["mobile"], origin)
    except DomainError as error:
        async with units_of_work.begin(actor, origin) as work:
            accounts = OwnAccounts(work, identity_dependencies(request))
            return await _account(request, accounts, error, mobile=given["mobile"][:40], sent=bool(given["code"]))
    return see_other(request, f"/account?done={'mobile' if given['code'] else 'code'}")


async def _account(
    request: WebRequest,
    accounts: OwnAccounts,
    error: DomainError | None,
    *,
    email: str = "",
    mobile: str = "",
    sent: bool = False,
) -> Response[Any]:
    actor = actor_of(request)
    return render_form(
        request,
        "identity/account.html",
        error,
        layout=layout_of(actor),
        own=await accounts.show(),
        email_typed=email,
        mobile_typed=mobile,
        code_sent=sent or (error is None and request.query_params.get("done") == "code"),
        sms_offered=identity_dependencies(request).sms_offered,
        sessions=await accounts.sessions(),
        programs=await accounts.programs(),
        done=request.query_params.get("done", ""),
        home=home_of(actor.kind, actor.roles, terminated=actor.erase_after is not None),
        device_of=device_of,
    )


def device_of(user_agent: str) -> list[str]:
    """The browser and system that a user-agent line speaks of, as texts; none for programs."""
    browsers = (
        ("MicroMessenger", N_("微信")),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    )
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    found = [next((word for mark, word in table if mark in user_agent), "") for table in (browsers, systems)]
    return [word for word in found if word]


handlers = [
    account_page,
    change_password,
    ask_for_email_change,
    ask_for_mobile_change,
    revoke_session,
]
