"""The account page: addresses, password, active sessions."""

from functools import partial
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
from app.platform.http.registration import handlers_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import layout_of, see_other
from rbac import Access


@get("/account", permission=Access.SIGNED_IN, include_in_schema=False)
async def account_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Name and addresses, password, active sessions."""
    return await _account(request, work)


@post("/account/password", permission=Access.SIGNED_IN, own_session=True, include_in_schema=False)
async def change_password(request: WebRequest) -> Response[Any]:
    """A new password; all other sessions end."""

    async def act(work: UnitOfWork, form: FormValues) -> Response[Any]:
        renewed = await OwnAccounts(work, identity_dependencies(request)).change_password(
            form["present"], form["password"], end_tokens=bool(form["end_tokens"])
        )
        response = see_other(request, "/account?done=password")
        set_renewed_session_cookies(request, response, renewed)
        return response

    async def show_again(work: UnitOfWork, _: FormValues, error: DomainError) -> Response[Any]:
        return await _account(request, work, error=error)

    return await submit(request, act, show_again)


@post(
    "/account/sessions/{session_id:uuid}/revoke", permission=Access.SIGNED_IN, own_session=True, include_in_schema=False
)
async def revoke_session(request: WebRequest, session_id: FromPath[UUID]) -> Response[Any]:
    """End one of the own sessions."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        await OwnAccounts(work, identity_dependencies(request)).revoke(session_id)
        return "/account?done=session"

    return await submit(request, act)


@post("/account/email", permission=Access.SIGNED_IN, own_session=True, include_in_schema=False)
async def ask_for_email_change(request: WebRequest) -> Response[Any]:
    """A link goes to the new address; nothing changes before it is used."""

    async def act(_: UnitOfWork, form: FormValues) -> str:
        changes = EmailChanges(runtime_of(request).units_of_work, identity_dependencies(request))
        await changes.ask(actor_of(request), form["email_password"], form["email"], origin_of(request))
        return "/account?done=email"

    return await submit(request, act, partial(_account, request))


@post("/account/mobile", permission=Access.SIGNED_IN, own_session=True, include_in_schema=False)
async def ask_for_mobile_change(request: WebRequest) -> Response[Any]:
    """A code goes to the new number; typed here it makes the number the account's."""

    async def act(_: UnitOfWork, form: FormValues) -> str:
        changes = MobileChanges(runtime_of(request).units_of_work, identity_dependencies(request))
        if form["code"]:
            await changes.confirm(actor_of(request), form["code"], origin_of(request))
            return "/account?done=mobile"
        await changes.ask(actor_of(request), form["mobile_password"], form["mobile"], origin_of(request))
        return "/account?done=code"

    return await submit(request, act, partial(_account, request))


async def _account(
    request: WebRequest, work: UnitOfWork, values: FormValues | None = None, error: DomainError | None = None
) -> Response[Any]:
    actor, accounts = actor_of(request), OwnAccounts(work, identity_dependencies(request))
    values = values or FormValues()
    return render_form(
        request,
        "identity/account.html",
        error,
        layout=layout_of(actor),
        own=await accounts.show(),
        values=values,
        code_sent=bool(values["code"]) or (error is None and request.query_params.get("done") == "code"),
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


handlers = handlers_of(__name__)
