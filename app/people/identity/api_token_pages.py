"""API tokens' page, the same in the workspace, at headquarters and in the client portal."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.people.identity.api import identity_dependencies
from app.people.identity.api_tokens import ApiTokenCreate, ApiTokenCreated
from app.people.identity.services.api_tokens import ApiTokens
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import layout_of, translator_of
from rbac import Permission
from rbac.roles import permission_names

DAYS: Final = {"30": N_("30 天"), "90": N_("90 天"), "365": N_("一年")}
_PORTALS: Final = {ActorKind.PROVIDER: "/workspace", ActorKind.HQ: "/hq", ActorKind.CLIENT: "/portal"}


def _paths(rest: str = "") -> Sequence[str]:
    return [f"{portal}/api-tokens{rest}" for portal in _PORTALS.values()]


@get(_paths(), permission=Permission.API_TOKEN_WRITE, include_in_schema=False)
async def api_tokens_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The active tokens, and the form for another."""
    return await _render(request, work, FormValues())


@post(_paths(), permission=Permission.API_TOKEN_WRITE, status_code=200, include_in_schema=False)
async def make_api_token(request: WebRequest) -> Response[Any]:
    """Make one and show it, this once."""

    async def act(work: UnitOfWork, form: FormValues) -> Response[Any]:
        days = int(form["days"]) if form["days"] in DAYS else 90
        wanted = form.read(ApiTokenCreate, days=days)
        made = await ApiTokens(work, identity_dependencies(request).store).make(wanted)
        return await _render(request, work, FormValues(), made=made)

    return await submit(request, act, partial(_render, request))


@post(_paths("/{token_id:uuid}/end"), permission=Permission.API_TOKEN_WRITE, include_in_schema=False)
async def end_api_token(request: WebRequest, token_id: FromPath[UUID]) -> Response[Any]:
    """End it."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        await ApiTokens(work, identity_dependencies(request).store).end(token_id)
        return f"{_PORTALS[actor_of(request).kind]}/api-tokens"

    return await submit(request, act)


async def _render(
    request: WebRequest,
    work: UnitOfWork,
    values: FormValues,
    error: DomainError | None = None,
    *,
    made: ApiTokenCreated | None = None,
) -> Response[Any]:
    tokens = ApiTokens(work, identity_dependencies(request).store)
    actor, translate = actor_of(request), translator_of(request)
    response = render_form(
        request,
        "identity/api_tokens.html",
        error,
        layout=layout_of(actor),
        base=f"{_PORTALS[actor.kind]}/api-tokens",
        tokens=await tokens.active(),
        offered=tokens.offered(),
        names=permission_names(),
        days=[(days, translate(words)) for days, words in DAYS.items()],
        made=made,
        values=values,
    )
    response.headers["cache-control"] = "no-store"
    return response


handlers = handlers_of(__name__)
