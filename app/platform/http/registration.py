"""The framework's application, whose hundreds of handlers are registered together, and what a module gives to it."""

import sys
from collections import defaultdict
from collections.abc import Sequence
from copy import copy
from typing import Any

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.utils.path import join_paths


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
            self._add(HTTPRoute(path=path, route_handlers=handlers))
        self.asgi_router.construct_routing_trie()

    def _add(self, route: HTTPRoute) -> None:
        for handler in route.route_handlers:
            handler.on_registration(self)
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
