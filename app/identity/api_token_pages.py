"""API tokens' page, the same in the workspace, at headquarters and in the client portal."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from app.http.authentication import actor_of
from app.http.requests import origin_of
from app.http.work import RequestWork, runtime_of
from app.identity.api import parts_of
from app.identity.api_tokens import ApiTokenCreate, ApiTokenMade
from app.identity.services.api_tokens import ApiTokens
from app.kernel.actor import ActorKind
from app.kernel.errors import DomainError, Invalid
from app.kernel.texts import N_
from app.web.forms import chosen, redraw, typed
from app.web.pages import layout_of, see_other, speaker
from rbac import Permission
from rbac.roles.words import PERMISSION_NAMES

Asked = Request[Any, Any, Any]
DAYS: Final = {"30": N_("30 天"), "90": N_("90 天"), "365": N_("一年")}
_FACES: Final = {ActorKind.PROVIDER: "/workspace", ActorKind.HQ: "/hq", ActorKind.CLIENT: "/portal"}


def _paths(rest: str = "") -> Sequence[str]:
    return [f"{face}/api-tokens{rest}" for face in _FACES.values()]


@get(_paths(), permission=Permission.API_TOKEN_WRITE, include_in_schema=False)
async def api_tokens_page(request: Asked, work: RequestWork) -> Response[Any]:
    """The active tokens, and the form for another."""
    return await _drawn(request, ApiTokens(work, parts_of(request).store))


@post(_paths(), permission=Permission.API_TOKEN_WRITE, status_code=200, include_in_schema=False)
async def make_api_token(request: Asked) -> Response[Any]:
    """Make one and show it, this once."""
    given, permissions = await typed(request, "name", "days", "reads_only"), await chosen(request, "permissions")
    works, actor, origin = runtime_of(request).works, actor_of(request), origin_of(request)
    store = parts_of(request).store
    try:
        wanted = _wanted(given, permissions)
        async with works.begin(actor, origin) as work:
            made = await ApiTokens(work, store).make(wanted)
    except DomainError as error:
        async with works.begin(actor, origin) as work:
            return await _drawn(request, ApiTokens(work, store), error, name=given["name"][:80], ticked=permissions)
    async with works.begin(actor, origin) as work:
        return await _drawn(request, ApiTokens(work, store), made=made)


@post(_paths("/{token_id:uuid}/end"), permission=Permission.API_TOKEN_WRITE, include_in_schema=False)
async def end_api_token(request: Asked, work: RequestWork, token_id: FromPath[UUID]) -> Response[Any]:
    """End it."""
    await ApiTokens(work, parts_of(request).store).end(token_id)
    return see_other(request, f"{_FACES[actor_of(request).kind]}/api-tokens")


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


async def _drawn(
    request: Asked,
    tokens: ApiTokens,
    error: DomainError | None = None,
    *,
    made: ApiTokenMade | None = None,
    name: str = "",
    ticked: Sequence[str] = (),
) -> Response[Any]:
    actor, translate = actor_of(request), speaker(request)
    response = redraw(
        request,
        "identity/api_tokens.html",
        error,
        layout=layout_of(actor),
        base=f"{_FACES[actor.kind]}/api-tokens",
        tokens=await tokens.living(),
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
