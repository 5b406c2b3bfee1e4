"""API tokens' page, the same in the workspace, at headquarters and in the client portal."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from app.people.identity.api import identity_dependencies
from app.people.identity.api_tokens import ApiTokenCreate, ApiTokenCreated
from app.people.identity.services.api_tokens import ApiTokens
from app.platform.http.authentication import actor_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.texts import N_
from app.platform.web.forms import form_choices, form_fields, render_form
from app.platform.web.pages import layout_of, see_other, translator_of
from rbac import Permission
from rbac.roles import PERMISSION_NAMES

DAYS: Final = {"30": N_("30 天"), "90": N_("90 天"), "365": N_("一年")}
_PORTALS: Final = {ActorKind.PROVIDER: "/workspace", ActorKind.HQ: "/hq", ActorKind.CLIENT: "/portal"}


def _paths(rest: str = "") -> Sequence[str]:
    return [f"{portal}/api-tokens{rest}" for portal in _PORTALS.values()]


@get(_paths(), permission=Permission.API_TOKEN_WRITE, include_in_schema=False)
async def api_tokens_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The active tokens, and the form for another."""
    return await _render(request, ApiTokens(work, identity_dependencies(request).store))


@post(_paths(), permission=Permission.API_TOKEN_WRITE, status_code=200, include_in_schema=False)
async def make_api_token(request: WebRequest) -> Response[Any]:
    """Make one and show it, this once."""
    given, permissions = (
        await form_fields(request, "name", "days", "reads_only"),
        await form_choices(request, "permissions"),
    )
    units_of_work, actor, origin = runtime_of(request).units_of_work, actor_of(request), origin_of(request)
    store = identity_dependencies(request).store
    try:
        wanted = _wanted(given, permissions)
        async with units_of_work.begin(actor, origin) as work:
            made = await ApiTokens(work, store).make(wanted)
    except DomainError as error:
        async with units_of_work.begin(actor, origin) as work:
            return await _render(request, ApiTokens(work, store), error, name=given["name"][:80], ticked=permissions)
    async with units_of_work.begin(actor, origin) as work:
        return await _render(request, ApiTokens(work, store), made=made)


@post(_paths("/{token_id:uuid}/end"), permission=Permission.API_TOKEN_WRITE, include_in_schema=False)
async def end_api_token(request: WebRequest, work: RequestWork, token_id: FromPath[UUID]) -> Response[Any]:
    """End it."""
    await ApiTokens(work, identity_dependencies(request).store).end(token_id)
    return see_other(request, f"{_PORTALS[actor_of(request).kind]}/api-tokens")


def _wanted(given: dict[str, str], permissions: list[str]) -> ApiTokenCreate:
    """
    Raises:
        Invalid: naming the fields.
    """
    problems = {}
    if not given["name"].strip():
        problems["name"] = N_("请写一个名称，例如哪个程序在用。")
    if not permissions:
        problems["permissions"] = N_("请至少选择一项权限。")
    if problems:
        raise Invalid(fields=problems)
    try:
        return msgspec.convert(
            {
                "name": given["name"].strip(),
                "permissions": permissions,
                "days": int(given["days"]) if given["days"] in DAYS else 90,
                "reads_only": bool(given["reads_only"]),
            },
            ApiTokenCreate,
        )
    except msgspec.ValidationError as error:
        raise Invalid from error


async def _render(
    request: WebRequest,
    tokens: ApiTokens,
    error: DomainError | None = None,
    *,
    made: ApiTokenCreated | None = None,
    name: str = "",
    ticked: Sequence[str] = (),
) -> Response[Any]:
    actor, translate = actor_of(request), translator_of(request)
    response = render_form(
        request,
        "identity/api_tokens.html",
        error,
        layout=layout_of(actor),
        base=f"{_PORTALS[actor.kind]}/api-tokens",
        tokens=await tokens.active(),
        offered=tokens.offered(),
        names=PERMISSION_NAMES,
        days=[(days, translate(words)) for days, words in DAYS.items()],
        made=made,
        name=name,
        ticked=ticked,
    )
    response.headers["cache-control"] = "no-store"
    return response


handlers = [api_tokens_page, make_api_token, end_api_token]
