"""The one guard: deny by default. Every handler says `permission=…`; a handler that says nothing stops the boot."""

from collections.abc import Iterable
from typing import Any

from litestar.handlers.base import BaseRouteHandler
from litestar.routes import BaseRoute
from litestar.types import ASGIApp, Receive, Scope, Send

from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.errors import Forbidden, SecondFactorDue, Unauthenticated
from rbac.permissions import Access, PermissionCode

OPTION = "permission"
BEFORE_SECOND_FACTOR = "before_second_factor"
"""A handler says so if it serves people who have still to set up the second factor that their rights ask for."""
ALLOWS_API_TOKENS = "allows_api_tokens"
"""A handler for everybody signed in says so if it serves API tokens too; others look after people's own accounts."""
API = "/api/"
PORTALS = {
    "workspace": ActorKind.PROVIDER,
    "field": ActorKind.PROVIDER,
    "hq": ActorKind.HQ,
    "portal": ActorKind.CLIENT,
}
"""First segment of a page's path → the kind of actor that it serves. Kinds may share permissions, but no pages."""


class UndeclaredPermission(RuntimeError):
    """A handler does not say who may call it."""


class PermissionMiddleware:
    """The last layer before any handler: the guard judges who calls and what the router chose.

    What is open to everybody is open to programs as to anybody: there an API token makes nobody somebody, or a handler
    that takes "whoever is signed in" would let a leaked token act as the person who made it.

    A layer and not one of the framework's guards, because for those every request pays a copy of the handler.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        handler = scope["route_handler"]
        permission_guard(scope, handler)
        actor: Actor = scope["state"]["actor"]
        if actor.by_token and handler.opt.get(OPTION) is Access.PUBLIC:
            scope["state"]["actor"] = Actor.visitor(actor.language)
        await self._app(scope, receive, send)


def permission_guard(scope: Scope, handler: BaseRouteHandler) -> None:
    """Refuse who may not.

    Raises:
        Unauthenticated: nobody is signed in and somebody must be.
        SecondFactorDue: the actor's rights ask for one first.
        Forbidden: an API token asks for a page or for somebody's own account.
        Forbidden: another party's page, the actor lacks the handler's permission, or the tenant is suspended and
            the method writes.
    """
    needed = handler.opt.get(OPTION)
    if needed is Access.PUBLIC:
        return
    actor: Actor = scope["state"]["actor"]
    if not actor.signed_in:
        raise Unauthenticated
    portal = PORTALS.get(scope["path"].split("/", 2)[1])
    if portal is not None and actor.kind is not portal:
        raise Forbidden
    if actor.second_factor_due and not handler.opt.get(BEFORE_SECOND_FACTOR):
        raise SecondFactorDue
    reads = scope.get("method") in ("GET", "HEAD")
    if actor.read_only and not reads and not (handler.opt.get("own_session") or handler.opt.get("suspended_too")):
        raise Forbidden
    for_people = needed is Access.SIGNED_IN or not scope["path"].startswith(API)
    if actor.by_token and for_people and not handler.opt.get(ALLOWS_API_TOKENS):
        raise Forbidden
    if needed is Access.SIGNED_IN:
        return
    if not isinstance(needed, PermissionCode) or needed not in actor.permissions:
        raise Forbidden


def refuse_undeclared(routes: Iterable[BaseRoute]) -> None:
    """
    Raises:
        UndeclaredPermission: for the first handler without a declared permission.
    """
    for route in routes:
        for handler in _handlers(route):
            declared = handler.opt.get(OPTION)
            if not isinstance(declared, PermissionCode | Access):
                raise UndeclaredPermission(
                    f"{handler} at {route.path}: declare permission=Permission.X, or Access.PUBLIC / Access.SIGNED_IN"
                )


def _handlers(route: Any) -> list[BaseRouteHandler]:
    if hasattr(route, "route_handler_map"):
        return [handler for method, (handler, _) in route.route_handler_map.items() if method != "OPTIONS"]
    return [route.route_handler]
