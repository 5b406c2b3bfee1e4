"""What a caller sends: made from a handler's own input type, so that a new route brings its sample with it."""

import re
from datetime import date
from typing import Any
from uuid import uuid4

import msgspec
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from msgspec import inspect

from app.agreements.sla import CALENDAR_TEMPLATES, POLICY_TEMPLATES
from billing.contracts import ContractTemplate, starting_terms
from tests.isolation.scenery import picture, signature

WORDS: dict[str, Any] = {
    "email": "somebody@example.com",
    "image": signature(),
    "signature": f"data:image/png;base64,{signature()}",
    "hotline": "0592-5551234",
    "code": "sample",
    "content_hash": "0" * 64,
    "scheduled_end": "2026-11-16T05:00:00Z",
    "calendar": msgspec.to_builtins(CALENDAR_TEMPLATES[0].calendar),
    "rates": [{"category": "", "below_years": 30, "percent": "5"}],
    "policy": msgspec.to_builtins(POLICY_TEMPLATES[0].policy),
    "terms": msgspec.to_builtins(
        starting_terms(ContractTemplate.RETAINER, date(2026, 12, 1), "Asia/Shanghai", "CNY"), order="deterministic"
    ),
}
"""Fields by name whose type alone does not tell what they may hold."""

FORM = {
    "version": "1",
    "name": "样品",
    "reason": "样品的理由",
    "text": "样品",
    "words": "样品",
    "score": "5",
    "stars": "5",
    "action": "activate",
    "state": "inactive",
    "work_done": "样品",
    "work_minutes": "5",
}
"""What every form is sent that its page reads field by field."""

_PATH_PARAMETER = re.compile(r"\{(\w+):\w+\}")


def request_of(handler: HTTPRouteHandler, own: dict[str, Any] | None) -> dict[str, Any]:
    """The arguments of `httpx.AsyncClient.request` for one call; `own` are fields that only this route knows."""
    asked = {"params": _query_of(handler)}
    if handler.http_methods & {"GET", "HEAD", "DELETE"}:
        return asked
    data = handler.parsed_fn_signature.parameters.get("data")
    if data is None:
        return asked | {"data": FORM | (own or {})}
    body = inspect.type_info(data.annotation)
    media_type = getattr(data.kwarg_definition, "media_type", None)
    if media_type == RequestEncodingType.MULTI_PART and isinstance(body, inspect.DataclassType | inspect.StructType):
        files = [(field.encode_name, ("样品.jpg", picture(), "image/jpeg")) for field in body.fields if _is_file(field)]
        texts = {f.encode_name: _value(f.encode_name, f.type) for f in body.fields if f.required and not _is_file(f)}
        return asked | {"data": texts | (own or {}), "files": files}
    return asked | {"json": _value("", body) | (own or {})}


def _query_of(handler: HTTPRouteHandler) -> dict[str, Any]:
    """Parameters of the query that the handler cannot do without."""
    elsewhere = {"data", "request", "work", *_PATH_PARAMETER.findall(" ".join(handler.paths))}
    return {
        name: _value(name, inspect.type_info(parameter.annotation))
        for name, parameter in handler.parsed_fn_signature.parameters.items()
        if name not in elsewhere and parameter.is_required and not parameter.has_default
    }


def _is_file(field: inspect.Field) -> bool:
    wanted = field.type.item_type if isinstance(field.type, inspect.ListType) else field.type
    return isinstance(wanted, inspect.CustomType)


def _value(name: str, wanted: inspect.Type) -> Any:
    """The smallest value that the type takes."""
    if name in WORDS:
        return WORDS[name]
    match wanted:
        case inspect.StructType():
            return {f.encode_name: _value(f.encode_name, f.type) for f in wanted.fields if f.required}
        case inspect.ListType() | inspect.SetType() | inspect.VarTupleType():
            return [_value("", wanted.item_type)] * max(wanted.min_length or 0, 1)
        case inspect.UnionType():
            return _value(name, wanted.types[0])
        case inspect.EnumType():
            return next(iter(wanted.cls)).value
        case inspect.LiteralType():
            return wanted.values[0]
        case inspect.UUIDType():
            return str(uuid4())
        case inspect.StrType():
            return "样" * max(wanted.min_length or 0, 2)
        case inspect.IntType() | inspect.FloatType():
            return wanted.ge if wanted.ge is not None else 1
        case inspect.DecimalType():
            return "1.00"
        case inspect.BoolType():
            return False
        case inspect.DateTimeType():
            return "2026-11-16T03:00:00Z"
        case inspect.DateType():
            return "2026-11-16"
        case inspect.TimeType():
            return "09:00:00"
        case inspect.Metadata():
            return _value(name, wanted.type)
        case _:
            return msgspec.to_builtins({})
