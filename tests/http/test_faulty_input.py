"""Input that no database column and no JSON reader takes is the sender's mistake, never ours."""

from base64 import urlsafe_b64encode
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.conftest import ClientFor
from tests.factories.network import ClientCompany

JSON = {"content-type": "application/json"}

ANYTHING = "01936d2f-0000-7000-8000-000000000000"
"""An id of nothing; the same in every process, for it stands in the names of tests."""


def _position(moment: str) -> str:
    """A cursor that this program would not have made."""
    return urlsafe_b64encode(f'["{moment}","{ANYTHING}"]'.encode()).decode().rstrip("=")


@pytest.fixture
async def manager(http: ClientFor, client: ClientCompany) -> httpx.AsyncClient:
    return await http(client.partner.owner)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"name": "\xff\xfe"}', b'{"name": "\\ud800"}', b"{", b"null"])
async def test_a_body_that_is_no_json_is_refused(manager: httpx.AsyncClient, body: bytes) -> None:
    answer = await manager.post("/api/v1/clients", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) in ((400, "request.malformed"), (422, "request.invalid"))


@pytest.mark.parametrize(
    "change",
    [{"name": "\0"}, {"version": 2**40}, {"version": 10**30}, {"city_code": "\0"}],
    ids=["nothing but NUL", "beyond a column", "beyond any column", "NUL in a code"],
)
async def test_a_value_that_no_column_holds_is_refused(
    manager: httpx.AsyncClient, client: ClientCompany, change: dict[str, Any]
) -> None:
    body = {"name": "厦门建发", "code": client.code, "version": 1} | change
    answer = await manager.put(f"/api/v1/clients/{client.id}", json=body)
    assert answer.status_code == 422, answer.text


async def test_a_time_without_an_offset_is_refused(manager: httpx.AsyncClient) -> None:
    visit = {
        "engineer_id": str(uuid4()),
        "scheduled_start": "2026-11-16T14:00:00",
        "scheduled_end": "2026-11-16T15:00:00Z",
    }
    answer = await manager.post(f"/api/v1/tickets/{uuid4()}/assignments", json=visit)
    assert answer.status_code == 422, answer.text


async def test_what_cannot_be_seen_is_taken_out_of_a_line(manager: httpx.AsyncClient, client: ClientCompany) -> None:
    body = {"name": "厦门\0建发", "code": client.code, "version": 1}
    answer = await manager.put(f"/api/v1/clients/{client.id}", json=body)
    assert (answer.status_code, answer.json()["name"]) == (200, "厦门建发")


async def test_a_form_with_nothing_that_can_be_seen_is_refused(
    manager: httpx.AsyncClient, client: ClientCompany
) -> None:
    typed = {"name": "\0", "version": "1"}
    answer = await manager.post(f"/workspace/clients/{client.id}/sites/new", data=typed)
    assert answer.status_code == 422, answer.text


async def test_a_form_without_its_fields_is_drawn_again(manager: httpx.AsyncClient, client: ClientCompany) -> None:
    for form in (f"{client.id}/edit", f"{client.id}/sites/{client.site_id}"):
        answer = await manager.post(f"/workspace/clients/{form}", data={"remark": "x"})
        assert answer.status_code == 422, answer.text


@pytest.mark.parametrize(
    "asked",
    [
        {"number": "FW-\0"},
        {"state": "\0"},
        {"due_from": "0001-01-01T00:00:00+14:00"},
        {"due_before": "9999-12-31T23:59:59-14:00"},
        {"due_from": "2026-11-16T00:00:00"},
        {"limit": "-1"},
        {"limit": "9" * 30},
        {"cursor": _position("2026-11-16T00:00:00")},
        {"cursor": _position("0001-01-01T00:00:00+14:00")},
    ],
    ids=str,
)
async def test_a_question_that_cannot_be_asked_is_refused(manager: httpx.AsyncClient, asked: dict[str, str]) -> None:
    answer = await manager.get("/api/v1/tickets", params=asked)
    assert answer.status_code in (200, 400, 422), answer.text


@pytest.mark.parametrize("moment", ["2026-11-16T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize(
    "address",
    [
        "ticket-imports/export?reported_from=",
        "ticket-imports/export?reported_before=",
        "audit-entries?since=",
        "audit-entries?until=",
    ],
)
async def test_an_export_from_a_moment_that_is_none_is_refused(
    manager: httpx.AsyncClient, address: str, moment: str
) -> None:
    answer = await manager.get(f"/api/v1/{address}{moment.replace('+', '%2B')}")
    assert answer.status_code in (200, 400, 422), answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": "yinghuo_session=; =; ;;; language=%00; a=\xff\xfe"},
        {"cookie": "yinghuo_session=" + "x" * 60_000},
        {"accept-language": "zh;q=nonsense,,;q=1e999,*"},
        {"range": "bytes=9-1,-"},
        {"if-none-match": '"\xff'},
        {"x-request-id": "a\x0b" * 40},
        {"x-forwarded-for": "'; DROP TABLE ticket"},
        {"content-type": "application/json; charset=no-such-charset"},
        {"content-type": "multipart/form-data"},
        {"content-length": "-1"},
        {"idempotency-key": "\xff" * 8},
    ],
    ids=" ".join,
)
async def test_headers_that_mean_nothing_are_no_fault_of_ours(
    manager: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    for method, address in (
        ("GET", "/api/v1/tickets"),
        ("POST", "/api/v1/clients"),
        ("GET", "/"),
        ("POST", "/sign-in"),
    ):
        answer = await manager.request(method, address, headers=raw, content=b"{" if method == "POST" else None)
        assert answer.status_code < 500, (method, address, answer.text)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PROPFIND", "PUT"])
@pytest.mark.parametrize(
    "address", ["/", "/api/v1/tickets", "/api/nothing", "/health/live", "/" + "long" * 4_000, "/%00"]
)
async def test_methods_and_addresses_that_nobody_serves_are_refused(
    manager: httpx.AsyncClient, method: str, address: str
) -> None:
    answer = await manager.request(method, address)
    assert answer.status_code < 500, answer.text


async def test_a_query_that_repeats_itself_is_read_or_refused(manager: httpx.AsyncClient) -> None:
    for query in (
        "limit=1&limit=2",
        "state=new&state=closed",
        "state=&state=",
        "limit[]=3",
        "cursor=%ff%fe",
        "&&&=&=a",
    ):
        answer = await manager.get(f"/api/v1/tickets?{query}")
        assert answer.status_code in (200, 400, 422), (query, answer.text)


async def test_a_form_in_a_foreign_dress_is_refused(manager: httpx.AsyncClient) -> None:
    for kind in ("text/plain", "application/xml", "multipart/form-data; boundary=", "application/octet-stream", ""):
        answer = await manager.post("/api/v1/clients", content=b"\xff\x00<a/>", headers={"content-type": kind})
        assert 400 <= answer.status_code < 500, (kind, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
