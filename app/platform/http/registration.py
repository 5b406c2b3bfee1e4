"""The framework's application, whose hundreds of handlers are registered together, and what a module gives to it."""

import sys
from collections import defaultdict
from collections.abc import Sequence
from copy import copy
from typing import Any

from litestar import Litestar, Response
from litestar.enums import HttpMethod, MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.status_codes import HTTP_204_NO_CONTENT
from litestar.types import Scope
from litestar.utils.path import join_paths

ALLOWED = "allowed_methods"
"""Which methods an address knows, as its handler of OPTIONS tells them."""


@HTTPRouteHandler(http_method=HttpMethod.OPTIONS, include_in_schema=False, sync_to_thread=False)
def _tell_methods(scope: Scope) -> Response[None]:
    allowed = scope["route_handler"].opt[ALLOWED]
    return Response(None, status_code=HTTP_204_NO_CONTENT, headers={"Allow": allowed}, media_type=MediaType.TEXT)


_signature_models: dict[tuple[Any, frozenset[str]], Any] = {}
"""Function and what is provided to it → how its parameters are read: made once in a process, whichever application and
address it serves."""


class _Route(HTTPRoute):
    """One function answers OPTIONS at all addresses: the framework makes one for each, half of a start."""

    def __init__(self, *, path: str, route_handlers: list[HTTPRouteHandler]) -> None:
        methods = {method for handler in route_handlers for method in handler.http_methods}
        self._allowed = ", ".join(sorted({*methods, HttpMethod.OPTIONS}))
        super().__init__(path=path, route_handlers=route_handlers)

    def create_options_handler(self, path: str) -> HTTPRouteHandler:
        """A copy of the one function's handler for this path."""
        _ = _tell_methods.parsed_fn_signature
        own = copy(_tell_methods)
        own.paths = {path}
        own.opt = {ALLOWED: self._allowed}
        return own


class Application(Litestar):
    """Registers in a time that grows with the number of handlers.

    One by one, the framework counts all routes again with every handler, walks the whole tree of addresses, and makes
    the route of a path anew for each of the path's methods: two thirds of what a start took.
    """

    def __init__(self, *, route_handlers: Sequence[Any], **options: Any) -> None:
        super().__init__(route_handlers=[each for each in route_handlers if not _is_plain(each)], **options)
        by_path: defaultdict[str, list[HTTPRouteHandler]] = defaultdict(list)
        for handler in filter(_is_plain, route_handlers):
            _ = handler.parsed_fn_signature  # the copies of all applications of this process share it
            own = copy(handler)
            own.owner = self
            for path in own.paths:
                by_path[join_paths([self.path, path])].append(own)
        for path, handlers in by_path.items():
            self._add(_Route(path=path, route_handlers=handlers))
        self.asgi_router.construct_routing_trie()

    def _add(self, route: HTTPRoute) -> None:
        for handler in route.route_handlers:
            handler.on_registration(self)
            read = (handler.fn, frozenset(handler.dependency_name_set))
            if read in _signature_models:
                handler._signature_model = _signature_models[read]  # noqa: SLF001
            else:
                _signature_models[read] = handler.signature_model
        route.create_handler_map()
        self.routes.append(route)
        for plugin in self.plugins.receive_route:
            plugin.receive_route(route)


def _is_plain(handler: Any) -> bool:
    """A handler of HTTP by itself; what is a router or something of another protocol is left to the framework."""
    return isinstance(handler, HTTPRouteHandler)


def handlers_of(module: str) -> list[HTTPRouteHandler]:
    """The handlers that a module writes, so that none has to be named twice or can be forgotten. At its end:
    `handlers = handlers_of(__name__)`."""
    there = vars(sys.modules[module]).values()
    return [each for each in there if isinstance(each, HTTPRouteHandler) and each.fn.__module__ == module]
