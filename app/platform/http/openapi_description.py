"""Additions to the OpenAPI document beyond handlers' types: error responses, security, idempotency key, links.

Derived from what each handler declares, so that a new handler is complete without further work.
"""

import re
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Link, OpenAPIResponse, Operation, Parameter, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition
from litestar.utils.path import join_paths
from msgspec import Meta

from app.platform.http.errors import Problem
from app.platform.http.idempotency import LONGEST_KEY, SHORTEST_KEY, is_idempotent, is_known_for_good
from rbac import Access

if TYPE_CHECKING:
    from litestar._openapi.schema_generation import SchemaCreator

PROBLEM = "application/problem+json"
SAFE = frozenset({"GET", "HEAD"})

_REFUSALS = {
    400: "The request is malformed: no JSON, or a cursor or header that this program did not make.",
    401: "Nobody is signed in, or the session has ended.",
    403: "The caller may not do this, or its tenant is suspended.",
    404: "There is no such record, or not for this caller.",
    409: "The record's present state, or somebody else's change in between, does not allow this.",
    413: "The body is larger than this address takes.",
    415: "The body is of a media type that this address does not take.",
    422: "Some value cannot be accepted; `errors` names the fields.",
    429: "Too many requests or attempts; `retry_after` tells the seconds to wait.",
    503: "A part of the system does not answer; nothing was changed. `retry_after` tells when to try again.",
    507: "No room is left to keep what was sent; nothing was changed.",
}


def _key(description: str) -> Parameter:
    schema = Schema(type=OpenAPIType.STRING, min_length=SHORTEST_KEY, max_length=LONGEST_KEY)
    return Parameter(name="Idempotency-Key", param_in="header", description=description, schema=schema)


_KEY = _key("The same key with the same request does the work once and is answered the same again, for a day.")
_ACTION = _key(
    "The id of this action, made once by whoever sends it and kept for good: the same id with the same request does "
    "the work once and is answered the same again, however late it comes."
)


class LimitedTuples(OpenAPISchemaPlugin):
    """Describes `Annotated[tuple[X, ...], Meta(…)]`: Litestar takes the dots for a second type that allows anything."""

    @staticmethod
    def is_plugin_supported_field(field_definition: FieldDefinition) -> bool:
        """Whether this is a tuple of any number of one type, with limits."""
        return (
            field_definition.origin is tuple
            and len(field_definition.args) == 2
            and field_definition.args[1] is Ellipsis
            and field_definition.has_metadata(Meta)
        )

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: "SchemaCreator") -> Schema:
        """The array with its limits."""
        limits = next((each for each in field_definition.metadata if isinstance(each, Meta)), None)
        return Schema(
            type=OpenAPIType.ARRAY,
            items=schema_creator.for_field_definition(FieldDefinition.from_annotation(field_definition.args[0])),
            min_items=limits.min_length if limits else None,
            max_items=limits.max_length if limits else None,
        )


class ApiLink(NamedTuple):
    """An OpenAPI link: `to` is method and path below the API's prefix, `ids` maps a parameter of that path to a field
    of the response (a JSON pointer without its first slash)."""

    to: str
    ids: Mapping[str, str]


def links_to(ids: Mapping[str, str], *operations: str) -> tuple[ApiLink, ...]:
    """Links to operations that take the same ids: `links=links_to({"ticket_id": "id"}, "GET /tickets/{ticket_id}")`."""
    return tuple(ApiLink(operation, ids) for operation in operations)


def binary(media_type: str, description: str) -> dict[int, ResponseSpec]:
    """The `responses=` of a handler that answers bytes of this media type (`*/*`: of several)."""
    return {200: ResponseSpec(bytes, generate_examples=False, description=description, media_type=media_type)}


def add_openapi_description(handler: HTTPRouteHandler, prefix: str) -> HTTPRouteHandler:
    """A copy of the handler below `prefix`, the API's path prefix, with responses, security and links added.

    A router of the framework's would copy whatever hangs on each handler, all the way down: a fifth of the start.
    """
    _ = handler.parsed_fn_signature  # read once, and copied along
    handler = copy(handler)
    handler.paths = {join_paths([prefix, path]) for path in handler.paths}
    public = handler.opt.get("permission") is Access.PUBLIC
    own = handler.responses or {}
    refusals = {
        status: ResponseSpec(Problem, generate_examples=False, description=_REFUSALS[status], media_type=PROBLEM)
        for status in _statuses(handler, public=public)
    }
    handler.responses = {**refusals, **own}
    if public:
        handler.security = [{}]
    handler.operation_class = _operation(handler, prefix)
    return handler


def _statuses(handler: HTTPRouteHandler, *, public: bool) -> Iterable[int]:
    """The status codes of errors that this handler may answer."""
    reads = handler.http_methods <= SAFE
    takes = {name for name in handler.parsed_fn_signature.parameters if name not in ("request", "work")}
    if takes:
        yield from (400, 404, 422)
    if not public:
        yield from (401, 403, 404)
    if not reads:
        yield from (400, 401, 403, 409, 422, 507)
    if "data" in takes:
        yield from (413, 415)
    yield from (429, 503)


@dataclass
class _Operation(Operation):
    """An operation with its links and its key for repetition."""

    links: ClassVar[Mapping[str, Link]] = {}
    key: ClassVar[Parameter | None] = None

    def __post_init__(self) -> None:
        for status, answer in (self.responses or {}).items():
            if self.links and status.startswith("2") and isinstance(answer, OpenAPIResponse):
                answer.links = dict(self.links)
        if self.key is not None:
            self.parameters = [*(self.parameters or []), self.key]


def _operation(handler: HTTPRouteHandler, prefix: str) -> type[Operation]:
    links = {_link_name(link): _link(link, prefix) for link in handler.opt.get("links", ())}
    key = _KEY if is_idempotent(handler.fn) else _ACTION if is_known_for_good(handler.fn) else None
    return type("Described", (_Operation,), {"links": links, "key": key})


def _link(link: ApiLink, prefix: str) -> Link:
    method, path = link.to.split(" ", 1)
    place = f"{prefix}{path}".replace("~", "~0").replace("/", "~1")
    return Link(
        operation_ref=f"#/paths/{place}/{method.lower()}",
        parameters={f"path.{name}": f"$response.body#/{field}" for name, field in link.ids.items()},
    )


def _link_name(link: ApiLink) -> str:
    return re.sub(r"\W+", "_", link.to).strip("_")
