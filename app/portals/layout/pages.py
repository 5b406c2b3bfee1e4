"""The page of settings, the numbers beside the navigation, and the command palette's places and actions."""

from typing import Any, Final

from litestar import Response, get

from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.errors import NotFound
from app.platform.web.pages import layout_of, page, translator_of
from app.portals.layout.navigation import (
    SETTINGS,
    conditional_statement,
    counts_statement,
    entry_of,
    palette_of,
    settings_address,
    settings_of,
)
from rbac import Access

_SETTINGS_PATHS: Final = [settings_address(kind) for kind in (ActorKind.PROVIDER, ActorKind.HQ, ActorKind.CLIENT)]


@get(_SETTINGS_PATHS, permission=Access.SIGNED_IN, include_in_schema=False)
async def settings_page(request: WebRequest) -> Response[str]:
    """What can be set, each with a sentence.

    Raises:
        NotFound: another portal's, or the actor may set nothing.
    """
    actor = actor_of(request)
    places = settings_of(actor)
    if not places or request.scope["path"] != settings_address(actor.kind):
        raise NotFound
    _ = translator_of(request)
    return page(
        request,
        "navigation/settings.html",
        layout=layout_of(actor),
        entries=[entry_of(entry, _) for entry in places],
    )


@get("/navigation/counts", permission=Access.SIGNED_IN, include_in_schema=False)
async def counts(request: WebRequest, work: RequestWork) -> dict[str, int]:
    """What waits behind the entries of the navigation, by key: one statement, asked for after the page is painted. An
    entry that the actor's company has no use for has no number, and does not stand."""
    statement = counts_statement(work.actor, work.now)
    if statement is None:
        return {}
    row = (await work.session.execute(statement)).mappings().one()
    found = {key: number for key, number in row.items() if number is not None}
    settings = sum(found.get(entry.key, 0) for entry in settings_of(work.actor))
    return {**found, SETTINGS: settings}


@get("/navigation/palette", permission=Access.SIGNED_IN, include_in_schema=False)
async def palette(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The places and actions that the command palette searches in."""
    statement = conditional_statement(work.actor, work.now)
    counted = {} if statement is None else dict((await work.session.execute(statement)).mappings().one())
    offered = palette_of(work.actor, translator_of(request), counted)
    return page(request, "navigation/palette.html", palette=offered)


handlers = handlers_of(__name__)
