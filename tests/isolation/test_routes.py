"""Every address of the application, called by everybody who must not: what is somebody else's is what does not exist.

The list of addresses is the application's own. A new route is tested from the day it is registered: its path's ids come
from `RECORDS`, its body from its handler's input type. A route that this table knows no record or no body for fails
here, and the message says what to add.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from tests.isolation.samples import request_of
from tests.isolation.scenery import HELD, IDLE, INSIDE, OUTSIDE, SECRET, STAFF, Scenery, hidden_by_areas

RECORDS: dict[str, tuple[str, ...]] = hidden_by_areas() | {
    "client_id": (*OUTSIDE, *INSIDE, *HELD),
    "sites": (*OUTSIDE, *INSIDE, *HELD),
    "departments": (*OUTSIDE, *INSIDE, *HELD),
    "employees": (*OUTSIDE, *INSIDE, *HELD),
    "employee_id": (*OUTSIDE, *INSIDE, *HELD),
    "device_id": (*OUTSIDE, *INSIDE, *HELD),
    "ticket_id": (*OUTSIDE, *INSIDE, *HELD),
    "visit_id": (*OUTSIDE, *INSIDE, *HELD),
    "report_id": (*OUTSIDE, *INSIDE, *HELD),
    "file_id": (*OUTSIDE, *INSIDE, *HELD),
    "import_id": (*OUTSIDE, *INSIDE, *HELD),
    "ticket_import_id": (*OUTSIDE, *INSIDE, *HELD),
    "membership_id": (*OUTSIDE, *INSIDE, *HELD),
    "invitation_id": (*OUTSIDE, *INSIDE, *HELD),
    "session_id": (*OUTSIDE, *INSIDE, *STAFF, *HELD),
    "engineer_id": OUTSIDE,
    "policy_id": (*OUTSIDE, *INSIDE),
    "calendar_id": (*OUTSIDE, *INSIDE),
    "token_id": (*OUTSIDE, *INSIDE, *HELD),
    "unknown_caller_id": (*OUTSIDE, *INSIDE, *IDLE),
}
"""What a path calls a record → who must not reach it: of areas (`HIDDEN_FROM` in their tests' `scenery.py`), and of
what all share. `{record_id}` is called by the part of the path before it."""

NO_RECORDS = {
    "token": "the key itself",
    "follow_token": "the key itself",
    "label": "the key itself",
    "tenant_id": "stands in links beside the key",
    "tenant": "a partner's public short name",
    "client": "a client's short name, on labels",
    "kind": "what a list brings in",
    "level": "a number from 1 to 4",
    "product_code": "a service product of the network, for all partners",
    "step": "what is to be done",
    "action": "what is to be done",
    "file_path": "a built asset",
    "name": "a page of the gallery, whose records are invented",
    "path": "an address of the API's description",
}
"""Parts of paths that name no record of anybody's, and why."""

PUBLIC = {"partner_id"}
"""Ids that the public directory tells."""

OWN_FIELDS: dict[str, dict[str, Any]] = {
    "/workspace/roles/{role_id:uuid}": {"permissions": "device:read"},
    "/api/v1/fapiaos/{fapiao_id:uuid}/number": {"number": "26350000000000000001"},
}
"""Path → what its body must hold besides what its type tells."""

LOG_OF_REFUSALS = {"audit_entry", "audit_pending"}
"""What grows when somebody asks for what they may not."""

_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ONCE = re.compile(r"[0-9a-f]{32,}")
NOTHING_FOUND = (401, 403, 404, 405)


def calls(application: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """Method, path and handler of everything that can be called."""
    for route in application.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"}):
                    yield method, route.path, handler


def records_of(path: str) -> list[str]:
    """What the path's ids are called, in order; `record_id` by the part before it."""
    found = []
    for match in _PARAMETER.finditer(path):
        name = match[1]
        if name == "record_id":
            name = path[: match.start()].rstrip("/").rsplit("/", 1)[1]
        if name not in NO_RECORDS:
            found.append(name)
    return found


def filled(path: str, ids: dict[str, UUID]) -> str:
    """The path with `ids`."""
    names = iter(records_of(path))
    return _PARAMETER.sub(lambda match: match[0] if match[1] in NO_RECORDS else str(ids[next(names)]), path)


def plain(answer: httpx.Response) -> tuple[int, str | None, str]:
    """What two answers must have in common: not ids, and not what is drawn anew each time."""
    place = answer.headers.get("location")
    return (
        answer.status_code,
        _UUID.sub("<id>", place) if place else None,
        _ONCE.sub("<once>", _UUID.sub("<id>", answer.text)),
    )


def test_every_path_is_known(application: Litestar) -> None:
    unknown = {
        f"{path}: what is {name!r}? Make one in tests/<area>/scenery.py, whose HIDDEN_FROM says who must not reach it, "
        "or say in NO_RECORDS why it is nobody's"
        for _, path, _ in calls(application)
        for name in records_of(path)
        if name not in RECORDS
    }
    assert not unknown, "\n".join(sorted(unknown))


def test_no_body_takes_fields_that_nobody_asked_for(application: Litestar) -> None:
    """Neither a tenant, a state or a number slipped in, nor a misspelt field that would change nothing in silence."""
    careless = set()
    for method, path, handler in calls(application):
        data = handler.parsed_fn_signature.parameters.get("data")
        if data is None or "json" not in request_of(handler, None):
            continue
        if (
            not issubclass(data.annotation, msgspec.Struct)
            or not data.annotation.__struct_config__.forbid_unknown_fields
        ):
            careless.add(f"{method} {path}: give {data.annotation.__name__} forbid_unknown_fields=True")
    assert not careless, "\n".join(sorted(careless))


@pytest.mark.slow(65, "every address as everybody")
async def test_what_belongs_to_others_is_what_does_not_exist(application: Litestar, scenery: Scenery) -> None:
    before, faults, refused = await scenery.rows(), [], set()
    for method, path, handler in calls(application):
        names = records_of(path)
        if names and RECORDS.keys() >= set(names):
            found, statuses = await faults_of(scenery, method, path, handler, names)
            faults += found
            if 403 in statuses:
                refused.add((method, _PARAMETER.sub(r"{\1}", path)))
    assert not faults, "\n".join(faults)
    after = await scenery.rows()
    assert {table for table, rows in after.items() if before[table] != rows} <= LOG_OF_REFUSALS
    assert refused <= await scenery.denials(), "a refusal that no audit log tells of"


async def faults_of(
    scenery: Scenery, method: str, path: str, handler: HTTPRouteHandler, names: list[str]
) -> tuple[list[str], set[int]]:
    """What is wrong with one route: a sentence for each caller who could tell somebody else's record from nothing; and
    how those were answered who are signed in."""
    faults, statuses, signed_in = [], set(), set()
    made_up = {name: uuid4() for name in names}
    for who in (who for who in scenery.actors if all(who in RECORDS[name] for name in names)):
        caller, asked = scenery.actors[who], request_of(handler, OWN_FIELDS.get(path))
        real = await caller.request(method, filled(path, scenery.ids), **asked)
        nothing = await caller.request(method, filled(path, made_up), **asked)
        statuses.add(real.status_code)
        if who != "visitor":
            signed_in.add(real.status_code)
        if plain(real) != plain(nothing):
            faults.append(f"{method} {path}: {who} can tell: {plain(real)} is not {plain(nothing)}"[:700])
        if SECRET in real.text or real.is_success or real.status_code >= 500:
            faults.append(f"{method} {path}: {who} is answered {real.status_code}: {real.text[:300]}")
    if not statuses & set(NOTHING_FOUND):
        faults.append(f"{method} {path}: answers {statuses}: its sample is refused first; add fields to OWN_FIELDS")
    if statuses & {400, 409, 413, 415, 422}:
        faults.append(f"{method} {path}: some sample is refused before the record is looked for: {statuses}")
    return faults, signed_in


@pytest.mark.slow(30, "every list as everybody")
async def test_lists_and_pages_tell_nobody_elses_story(application: Litestar, scenery: Scenery) -> None:
    faults = []
    for method, path, _ in calls(application):
        if method != "GET" or _PARAMETER.search(path) or path in ("/live", "/r/live", "/metrics"):
            continue
        for who in scenery.actors:
            answer = await scenery.actors[who].get(path, params={"q": SECRET})
            hidden = {name for name, strangers in RECORDS.items() if who in strangers} - PUBLIC
            told = {name for name in hidden if str(scenery.ids[name]) in answer.text}
            if told or answer.status_code >= 500:
                faults.append(f"GET {path}: {who} is answered {answer.status_code} and told {told}")
    assert not faults, "\n".join(faults)


async def test_a_suspended_partner_changes_nothing(application: Litestar, scenery: Scenery) -> None:
    caller, faults = scenery.actors["a suspended partner's dispatcher"], []
    made_up = {name: uuid4() for name in RECORDS}
    for method, path, handler in calls(application):
        own = handler.opt.get("own_session") or handler.opt.get("permission") == "public"
        if method == "GET" or own:
            continue
        address = filled(path, made_up).replace("{level:int}", "1")
        answer = await caller.request(method, address, **request_of(handler, OWN_FIELDS.get(path)))
        if answer.status_code != 403:
            faults.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
    assert not faults, "\n".join(faults)
