"""The OpenAPI document describes every operation completely."""

from typing import Any

import pytest

from tests.conftest import ClientFor


@pytest.fixture(scope="module")
async def document(http: ClientFor) -> dict[str, Any]:
    visitor = await http(None)
    answer = await visitor.get("/api/openapi.json")
    found: dict[str, Any] = answer.json()
    return found


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_every_refusal_is_a_problem(document: dict[str, Any]) -> None:
    other = {
        f"{name} {status}"
        for name, operation in operations(document).items()
        for status, answer in operation["responses"].items()
        if status >= "400" and list(answer.get("content", {})) != ["application/problem+json"]
    }
    assert not other


def test_the_document_tells_who_must_sign_in_and_what_may_be_repeated(document: dict[str, Any]) -> None:
    described = operations(document)
    assert described["GET /api/v1/directory"]["security"] == [{}]
    assert "security" not in described["GET /api/v1/tickets"]
    assert document["security"] == [{"session": []}]
    (key,) = described["POST /api/v1/tickets"]["parameters"]
    assert (key["name"], key["in"], key["required"]) == ("Idempotency-Key", "header", False)


def test_every_link_leads_to_an_operation(document: dict[str, Any]) -> None:
    described = operations(document)
    links = [
        link
        for operation in described.values()
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    ]
    assert links
    for link in links:
        _, _, path, method = link["operationRef"].split("/")
        assert f"{method.upper()} {path.replace('~1', '/')}" in described, link


async def test_an_unknown_address_beside_the_document_is_refused_as_a_problem(http: ClientFor) -> None:
    visitor = await http(None)
    answer = await visitor.get("/api/nothing")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
