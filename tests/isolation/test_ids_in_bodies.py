"""Somebody else's id in a body, a query or a cursor is an id that nobody has."""

import json
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.isolation.scenery import SECRET, Scenery
from tests.isolation.test_routes import plain

STRANGER = "another partner's owner"
CONTACT = "another client's contact"
COLLEAGUE = "a colleague of the reporter"

TERMS = {"policy_id": "{policy_id}", "calendar_id": "{calendar_id}"}
VISIT = {"scheduled_start": "2026-11-16T05:00:00Z", "scheduled_end": "2026-11-16T06:00:00Z"}
PERSON = {"email": "guest@example.com", "display_name": "客人", "roles": ["client_contact"]}

FAULT = {"subject": "x", "client_id": "{client_id}"}

BODIES: list[tuple[str, str, str, dict[str, Any]]] = [
    (STRANGER, "POST", "/api/v1/tickets", {"subject": "x", "client_id": "{client_id}"}),
    (STRANGER, "POST", "/api/v1/tickets", {"subject": "x", "client_id": "{own client}", "device_id": "{device_id}"}),
    (CONTACT, "POST", "/api/v1/tickets", {"subject": "x", "device_id": "{device_id}"}),
    (COLLEAGUE, "POST", "/api/v1/tickets", {"subject": "x", "device_id": "{device_id}"}),
    (STRANGER, "POST", "/api/v1/calls", {"subject": "x", "client_id": "{client_id}"}),
    (STRANGER, "POST", "/api/v1/unknown-callers/{own caller}/ticket", {"fault": FAULT}),
    (STRANGER, "POST", "/api/v1/devices", {"number": "X-1", "client_id": "{client_id}"}),
    (STRANGER, "POST", "/api/v1/devices", {"number": "X-2", "client_id": "{own client}", "site_id": "{sites}"}),
    (STRANGER, "POST", "/api/v1/devices", {"number": "X-3", "client_id": "{own client}", "employee_id": "{employees}"}),
    (STRANGER, "POST", "/api/v1/clients/{own client}/employees", {"name": "x", "site_id": "{sites}"}),
    (STRANGER, "POST", "/api/v1/clients/{own client}/employees", {"name": "x", "department_id": "{departments}"}),
    (STRANGER, "POST", "/api/v1/clients/{own client}/contacts", {"name": "x", "site_id": "{sites}"}),
    (STRANGER, "PUT", "/api/v1/sla-assignments/{own client}", {**TERMS, "version": None}),
    (STRANGER, "PUT", "/api/v1/sla-assignments/default", {**TERMS, "version": 1}),
    (STRANGER, "PUT", "/api/v1/escalation-levels/1", {"membership_ids": ["{membership_id}"]}),
    (STRANGER, "POST", "/api/v1/tickets/{own ticket}/assignments", {"engineer_id": "{engineer_id}", **VISIT}),
    (STRANGER, "POST", "/api/v1/labels", {"device_ids": ["{device_id}"]}),
    (STRANGER, "POST", "/api/v1/pins", {"device_ids": ["{device_id}"]}),
    (CONTACT, "POST", "/api/v1/pins", {"device_ids": ["{device_id}"]}),
    (STRANGER, "POST", "/api/v1/invitations", {**PERSON, "client_id": "{client_id}"}),
    (STRANGER, "POST", "/api/v1/session/membership", {"membership_id": "{membership_id}"}),
    (CONTACT, "POST", "/api/v1/session/membership", {"membership_id": "{membership_id}"}),
]
"""Who sends what; names in braces are ids of the owner, or of the stranger's own records."""

QUESTIONS = [
    "/api/v1/tickets?client_id={client_id}",
    "/api/v1/tickets?device_id={device_id}",
    "/api/v1/tickets?engineer_id={engineer_id}",
    "/api/v1/tickets/counts?client_id={client_id}",
    "/api/v1/tickets/counts?engineer_id={engineer_id}",
    "/api/v1/devices?client_id={client_id}",
    "/api/v1/devices?site_id={sites}",
    f"/api/v1/devices?q={SECRET}",
    f"/api/v1/employees?q={SECRET}",
    f"/api/v1/clients?q={SECRET}",
    f"/api/v1/search?q={SECRET}",
    "/api/v1/imports?client_id={client_id}",
]


@pytest.fixture(scope="module")
async def own(scenery: Scenery) -> dict[str, str]:
    """What the stranger has: a client and an open ticket."""
    stranger = scenery.actors[STRANGER]
    client = (await stranger.get("/api/v1/clients")).json()["items"][0]["id"]
    reported = await stranger.post("/api/v1/tickets", json={"subject": "打印机卡纸", "client_id": client})
    assert reported.status_code == 201, reported.text
    waiting = await stranger.post("/api/v1/unknown-callers", json={"words": "x"})
    return {"own client": client, "own ticket": reported.json()["id"], "own caller": waiting.json()["id"]}


def filled(text: str, ids: dict[str, Any]) -> str:
    for name, value in ids.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


@pytest.mark.parametrize(("who", "method", "path", "body"), BODIES, ids=lambda value: str(value)[:60])
async def test_a_foreign_id_in_a_body(
    scenery: Scenery, own: dict[str, str], who: str, method: str, path: str, body: dict[str, Any]
) -> None:
    caller, before = scenery.actors[who], await scenery.rows()

    async def ask(ids: dict[str, UUID]) -> httpx.Response:
        content = filled(json.dumps(body), {**own, **ids})
        headers = {"content-type": "application/json"}
        return await caller.request(method, filled(path, own), content=content, headers=headers)

    real, nothing = await ask(scenery.ids), await ask({name: uuid4() for name in scenery.ids})
    assert plain(real) == plain(nothing)
    assert real.status_code in (403, 404, 409, 422), real.text
    assert await scenery.rows() == before


@pytest.mark.parametrize("question", QUESTIONS)
async def test_a_foreign_id_in_a_question(scenery: Scenery, question: str) -> None:
    made_up = {name: uuid4() for name in scenery.ids}
    by_colleague = await scenery.actors[COLLEAGUE].get(filled(question, scenery.ids))
    assert SECRET not in by_colleague.text
    assert str(scenery.ids["device_id"]) not in by_colleague.text
    for who in (STRANGER, CONTACT):
        real = await scenery.actors[who].get(filled(question, scenery.ids))
        nothing = await scenery.actors[who].get(filled(question, made_up).replace(SECRET, "没有的"))
        assert plain(real) == plain(nothing), who
        assert SECRET not in real.text


async def test_an_idempotency_key_is_its_senders_own(scenery: Scenery, own: dict[str, str]) -> None:
    body, headers = {"subject": f"{SECRET}的回答"}, {"idempotency-key": "a-key-that-two-people-use"}
    mine = await scenery.actors[STRANGER].post(
        "/api/v1/tickets", json={**body, "client_id": own["own client"]}, headers=headers
    )
    assert mine.status_code == 201, mine.text
    told = {mine.json()["id"]}
    for who in (CONTACT, COLLEAGUE):
        answer = await scenery.actors[who].post("/api/v1/tickets", json=body, headers=headers)
        assert (answer.status_code, "idempotent-replay" in answer.headers) == (201, False)
        told.add(answer.json()["id"])
    assert len(told) == 3
