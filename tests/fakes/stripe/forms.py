"""What a form says, in the types of the document, or why Stripe refuses it."""

import re
from typing import Any
from urllib.parse import parse_qsl

from tests.fakes.stripe.document import Operation
from tests.fakes.stripe.errors import Object, Refusal, malformed

_METADATA_KEYS, _METADATA_NAME, _METADATA_VALUE = 50, 40, 500


def understood(operation: Operation, form: str) -> Object:
    """The parameters of a request.

    Raises:
        Refusal: one is unknown, missing or of another type.
    """
    given: Object = _typed(_nested(form), operation.schema)
    for error in operation.validator.iter_errors(given):
        raise _refusal(error)
    _check_empty(given, operation.schema, [])
    _check_metadata(given)
    return given


def _nested(form: str) -> Object:
    """`a[b][]=1` and `a[0][c]=1` as objects; lists stay objects with numbers as names until their schema is known."""
    root: Object = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        path = re.findall(r"[^\[\]]+|\[\]", name)
        place = root
        for part, following in zip(path, [*path[1:], None], strict=True):
            part = str(len(place)) if part == "[]" else part  # noqa: PLW2901  # the next place of a list
            if following is None:
                place[part] = value
            else:
                place = place.setdefault(part, {})
                if not isinstance(place, dict):
                    raise malformed("Invalid request: the same parameter is a value and an object.", name)
    return root


def _typed(value: Any, schema: Object) -> Any:
    if "anyOf" in schema:
        return _typed(value, _alternative(value, schema["anyOf"]))
    kind = schema.get("type")
    if isinstance(value, dict):
        if kind == "array" and all(name.isdigit() for name in value):
            return [_typed(value[name], schema.get("items", {})) for name in sorted(value, key=int)]
        properties, others = schema.get("properties", {}), schema.get("additionalProperties")
        rest = others if isinstance(others, dict) else {}
        return {name: _typed(each, properties.get(name, rest)) for name, each in value.items()}
    if kind == "integer" and re.fullmatch(r"-?\d+", value):
        return int(value)
    if kind == "number" and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return float(value)
    if kind == "boolean" and value in {"true", "false"}:
        return value == "true"
    return value


def _alternative(value: Any, schemas: list[Object]) -> Object:
    """The one of several schemas that a value means."""
    if isinstance(value, dict):
        structured = [each for each in schemas if each.get("type") in {"object", "array"}]
        as_list = all(name.isdigit() for name in value)
        structured.sort(key=lambda each: (each["type"] == "array") != as_list)
        return structured[0] if structured else schemas[0]
    if re.fullmatch(r"-?\d+", value):
        return next((each for each in schemas if each.get("type") == "integer"), schemas[-1])
    plain = [each for each in schemas if each.get("type") not in {"object", "array"}]
    return next((each for each in plain if value in each.get("enum", [])), plain[0] if plain else schemas[0])


def _name(path: list[Any]) -> str:
    return "".join(str(part) if not number else f"[{part}]" for number, part in enumerate(path))


def _refusal(error: Any) -> Refusal:
    path = list(error.instance_path)
    kind = type(error.kind).__name__
    if kind == "Required":
        name = _name([*path, error.kind.property])
        return malformed(f"Missing required param: {name}.", name, "parameter_missing")
    if kind == "AdditionalProperties":
        name = _name([*path, next(iter(error.kind.unexpected))])
        return malformed(f"Received unknown parameter: {name}", name, "parameter_unknown")
    name = _name(path)
    if kind == "Type" and "integer" in str(error.message):
        return malformed(f"Invalid integer: {error.instance}", name, "parameter_invalid_integer")
    return malformed(f"Invalid {name}: {error.message}", name)


def _check_empty(value: Any, schema: Object, path: list[Any]) -> None:
    """An empty text is a wish to unset something, and refused where nothing can be."""
    if "anyOf" in schema:
        schema = _alternative(value, schema["anyOf"]) if isinstance(value, str | dict) else {}
    if isinstance(value, dict):
        for name, each in value.items():
            if name != "metadata":
                _check_empty(each, schema.get("properties", {}).get(name, {}), [*path, name])
    elif isinstance(value, list):
        for number, each in enumerate(value):
            _check_empty(each, schema.get("items", {}), [*path, number])
    elif value == "" and "enum" not in schema:
        message = f"You passed an empty string for '{_name(path)}', which cannot be unset."
        raise malformed(message, _name(path), "parameter_invalid_empty")


def _check_metadata(given: Any) -> None:
    if not isinstance(given, dict):
        return
    for name, value in given.items():
        if name != "metadata":
            _check_metadata(value)
        elif isinstance(value, dict):
            if len(value) > _METADATA_KEYS:
                raise malformed("You can only set 50 metadata keys.", "metadata")
            for key, text in value.items():
                if len(key) > _METADATA_NAME or "[" in key or "]" in key:
                    raise malformed("Metadata keys can have up to 40 characters.", "metadata")
                if len(text) > _METADATA_VALUE:
                    raise malformed("Metadata values can have up to 500 characters.", f"metadata[{key}]")
