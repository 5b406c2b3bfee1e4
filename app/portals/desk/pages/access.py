"""Access grants of headquarters as the partner sees them: consent, decline, end; the banner of open ones [N8]."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from sqlalchemy import select

from app.assets.clients.models import Client
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import page
from rbac import Access, Permission
from tenants.access_grants import MOST_HOURS, STATE_NAMES, AccessAnswer, AccessConsent, AccessGrants, open_grants

MOST_CLIENTS = 500


@get("/workspace/access", permission=Permission.ACCESS_GRANT_READ, include_in_schema=False)
async def access_page(request: WebRequest, work: RequestWork) -> Response[str]:
    """The grants by state: requested, open, past."""
    return await _draw(request, work)


@post("/workspace/access/{grant_id:uuid}", permission=Permission.ACCESS_GRANT_DECIDE, include_in_schema=False)
async def decide(request: WebRequest, grant_id: FromPath[UUID]) -> Response[Any]:
    """Consent to, decline or end a grant, by the submit button's `answer`."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await _answer(AccessGrants(work), grant_id, form)
        return "/workspace/access"

    async def show_again(work: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        await AccessGrants(work).show(grant_id)
        return await _draw(request, work, form.over({"grant": grant_id}), error)

    return await submit(request, act, show_again)


async def _answer(grants: AccessGrants, grant_id: UUID, form: FormValues) -> None:
    version = form.whole_number("version")
    no = AccessAnswer(version=version, reason=form["reason"][:1000])
    match form["answer"]:
        case "consent":
            hours = form.whole_number("hours")
            if not 1 <= hours <= MOST_HOURS:
                raise Invalid(fields={"hours": N_("请填写 1 到 168 小时。")})
            try:
                client_id = UUID(form["client_id"]) if form["client_id"] else None
            except ValueError as error:
                raise Invalid(fields={"client_id": N_("没有这家客户。")}) from error
            await grants.consent(grant_id, AccessConsent(version=version, hours=hours, client_id=client_id))
        case "decline":
            await grants.decline(grant_id, no)
        case _:
            await grants.end(grant_id, no)


async def _draw(
    request: WebRequest, work: UnitOfWork, values: FormValues | None = None, error: DomainError | None = None
) -> Response[str]:
    grants = await AccessGrants(work).newest()
    clients = (
        await work.session.execute(select(Client.id, Client.name).order_by(Client.name).limit(MOST_CLIENTS))
    ).all()
    named = {client_id: name for client_id, name in clients}  # noqa: C416 - rows are no pairs to the type checker
    waiting = [each for each in grants if each.state == "requested" and each.expires_at > work.now]
    running = [each for each in grants if each.state == "open" and each.expires_at > work.now]
    return render_form(
        request,
        "desk/access.html",
        error,
        waiting=waiting,
        running=running,
        past=[each for each in grants if each not in waiting and each not in running],
        clients=[(str(client_id), name) for client_id, name in named.items()],
        client_names=named,
        values=values or FormValues(),
        state_names=STATE_NAMES,
        may_decide=work.actor.may(Permission.ACCESS_GRANT_DECIDE) and not work.actor.read_only,
    )


@get("/workspace/access/banner", permission=Access.SIGNED_IN, include_in_schema=False)
async def banner(request: WebRequest, work: RequestWork) -> Response[str]:
    """The banner that all staff see while a grant is open."""
    return page(
        request,
        "desk/access_banner.html",
        grants=await open_grants(work),
        may_see=work.actor.may(Permission.ACCESS_GRANT_READ),
    )


handlers = handlers_of(__name__)
