"""Who may read which part of the log, and what is written into it."""

import csv
from io import BytesIO, StringIO
from typing import Any

import httpx
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from app.platform.kernel.audit import AuditEntry
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tests.conftest import ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany


async def entries(caller: httpx.AsyncClient, **wanted: str) -> list[dict[str, Any]]:
    answer = await caller.get("/api/v1/audit-entries", params=wanted)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_the_owner_reads_who_did_what(
    http: ClientFor, partner: PartnerCompany, client: ClientCompany, network: Network
) -> None:
    dispatcher, owner = await http(partner.dispatcher), await http(partner.owner)
    device_id, _ = await network.device(client)
    changed = await dispatcher.patch(f"/api/v1/devices/{device_id}", json={"version": 1, "brand": "惠普"})
    assert changed.status_code == 200, changed.text
    (line,) = await entries(owner, q=str(device_id))
    assert (line["action"], line["actor"], line["record_kind"]) == ("device.changed", "林小燕", "device")
    assert line in await entries(owner, q="林小")
    assert line in await entries(owner, action="device.")
    assert await entries(owner, action="device", q=str(device_id)) == []
    assert await entries(owner, q="查无此人") == []


async def test_pages_follow_each_other_without_gaps(
    http: ClientFor, units_of_work: UnitOfWorkFactory, partner: PartnerCompany
) -> None:
    async with units_of_work.begin(partner.owner) as work:
        for number in range(7):
            work.audit("test.paged", "ticket", None, number=number)
    owner, cursor, seen = await http(partner.owner), None, []
    while True:
        wanted = {"action": "test.paged", "limit": "3"} | ({"cursor": cursor} if cursor else {})
        answer = (await owner.get("/api/v1/audit-entries", params=wanted)).json()
        seen += [line["details"]["number"] for line in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen, reverse=True) == seen == [6, 5, 4, 3, 2, 1, 0]


@pytest.mark.parametrize(
    "wanted", ["contact.created", "clients.contact_added", "contact.", "client.", "clients."], ids=lambda name: name
)
async def test_entries_of_former_names_are_found_with_the_present_ones(
    http: ClientFor, units_of_work: UnitOfWorkFactory, partner: PartnerCompany, wanted: str
) -> None:
    async with units_of_work.begin(partner.owner) as work:
        record_id = work.new_id()
        work.audit("clients.contact_added", "contact", record_id)
        work.audit("contact.created", "contact", record_id)
        work.audit("team.created", "contact", record_id)
    owner = await http(partner.owner)
    found = await entries(owner, action=wanted, q=str(record_id))
    assert sorted(line["action"] for line in found) == ["clients.contact_added", "contact.created"]
    drawn = (await owner.get("/workspace/audit", params={"action": wanted, "q": str(record_id)})).text
    assert drawn.count("新建联系人</strong>") == 2, "both are labelled alike"


async def test_nobody_else_of_the_partner_reads_it(http: ClientFor, partner: PartnerCompany) -> None:
    dispatcher = await http(partner.dispatcher)
    assert (await dispatcher.get("/api/v1/audit-entries")).status_code == 403
    assert (await dispatcher.get("/workspace/audit")).status_code == 403


async def test_a_client_reads_what_its_own_people_did(
    http: ClientFor, units_of_work: UnitOfWorkFactory, network: Network, partner: PartnerCompany, client: ClientCompany
) -> None:
    school = await network.client(partner, "厦门第九中学")
    device_id, reporter = await network.device(client, holder="李静")
    reported = await (await http(reporter)).post(
        "/api/v1/tickets", json={"subject": "开不了机", "device_id": str(device_id)}
    )
    assert reported.status_code == 201, reported.text
    async with units_of_work.begin(partner.owner) as work:
        work.audit("device.changed", "device", device_id)
    contact = await http(client.contact)
    number = reported.json()["number"]
    assert number in (await contact.get("/portal/audit")).text, "people know a ticket by its number"
    lines = await entries(contact)
    assert {line["client_id"] for line in lines} == {str(client.id)}
    assert {"李静"} == {line["actor"] for line in lines if line["action"] == "ticket.created"}
    assert await entries(contact, action="device.changed") == []
    assert await entries(await http(school.contact)) == []
    assert [line["actor"] for line in await entries(contact, action="ticket.created", q="李静")] == ["李静"]


async def test_a_client_learns_no_name_of_the_partner_s_staff(http: ClientFor, client: ClientCompany) -> None:
    assert await entries(await http(client.contact), q="林小燕") == []


async def test_a_client_is_not_shown_the_chain(http: ClientFor, client: ClientCompany) -> None:
    assert (await (await http(client.contact)).get("/api/v1/audit-anchors")).status_code == 403


@pytest.mark.parametrize("portal", ["workspace", "portal", "hq"])
async def test_every_face_shows_its_log(
    http: ClientFor, network: Network, partner: PartnerCompany, client: ClientCompany, portal: str
) -> None:
    reader = {"workspace": partner.owner, "portal": client.contact, "hq": network.administrator}[portal]
    caller = await http(reader)
    drawn = await caller.get(f"/{portal}/audit", params={"action": "ticket.", "period": "7"})
    assert drawn.status_code == 200
    assert "操作记录" in drawn.text
    exported = await caller.get(f"/{portal}/audit/export")
    assert exported.status_code == 200
    lines = await entries(caller, action="audit_log.exported")
    assert lines[0]["membership_id"] == str(reader.membership_id)


async def test_no_cell_of_an_export_is_a_formula(
    http: ClientFor, units_of_work: UnitOfWorkFactory, partner: PartnerCompany
) -> None:
    """What was written down may hold anything that somebody sent."""
    async with units_of_work.begin(partner.owner) as work:
        work.audit("=HYPERLINK(1)", "@SUM(1)", None, text="-2+3")
    owner = await http(partner.owner)
    wanted = {"action": "=HYPERLINK(1)"}
    as_text = await owner.get("/api/v1/audit-entries/export", params=wanted | {"format": "csv"})
    assert as_text.content.startswith(b"\xef\xbb\xbf")
    heading, line = csv.reader(StringIO(as_text.content.decode("utf-8-sig")))
    assert len(heading) == len(line) == 10
    assert (line[2], line[3]) == ("'=HYPERLINK(1)", "'@SUM(1)")
    as_sheet = await owner.get("/api/v1/audit-entries/export", params=wanted | {"format": "xlsx"})
    rows = CalamineWorkbook.from_filelike(BytesIO(as_sheet.content)).get_sheet_by_index(0).to_python()
    assert (rows[1][2], rows[1][3]) == ("=HYPERLINK(1)", "@SUM(1)")
    assert b"<f>" not in as_sheet.content


async def test_a_refusal_is_written_down_once_a_minute(
    http: ClientFor, units_of_work: UnitOfWorkFactory, network: Network, partner: PartnerCompany
) -> None:
    engineer = await network.engineer(partner)
    caller = await http(engineer)
    for _ in range(3):
        assert (await caller.get("/api/v1/members")).status_code == 403
    denied = await entries(await http(partner.owner), action="request.denied", member=str(engineer.membership_id))
    assert [line["details"] for line in denied] == [{"method": "GET", "route": "/api/v1/members"}]


async def test_a_client_s_refusal_is_in_the_client_s_part(http: ClientFor, client: ClientCompany) -> None:
    contact = await http(client.contact)
    assert (await contact.get("/api/v1/members")).status_code == 403
    assert [line["details"]["route"] for line in await entries(contact, action="request.denied")][:1] == [
        "/api/v1/members"
    ]


async def test_signing_out_is_written_down(http: ClientFor, partner: PartnerCompany) -> None:
    caller = await http(partner.dispatcher)
    assert (await caller.delete("/api/v1/session")).status_code == 204
    assert (await caller.get("/api/v1/tickets")).status_code == 401
    closed = await entries(await http(partner.owner), action="session.closed")
    assert {line["membership_id"] for line in closed} == {str(partner.dispatcher.membership_id)}


async def test_a_downloaded_photo_is_written_down_and_its_thumbnail_is_not(
    http: ClientFor, units_of_work: UnitOfWorkFactory, network: Network, partner: PartnerCompany, client: ClientCompany
) -> None:
    from tests.isolation.scenery import picture

    device_id, reporter = await network.device(client, holder="赵敏")
    caller = await http(reporter)
    ticket = (await caller.post("/api/v1/tickets", json={"subject": "蓝屏", "device_id": str(device_id)})).json()["id"]
    sent = await caller.post(
        f"/api/v1/tickets/{ticket}/photos", files={"photos": ("photo.jpg", picture(), "image/jpeg")}
    )
    assert sent.is_success, sent.text
    async with units_of_work.begin(partner.system) as work:
        from app.platform.files.models import StoredFile

        file_id = (await work.session.scalars(select(StoredFile.id).where(StoredFile.subject_id == ticket))).one()
    for path in ("thumbnail", ""):
        assert (await caller.get(f"/api/v1/files/{file_id}/{path}".rstrip("/"))).status_code == 200
    async with units_of_work.begin(partner.system) as work:
        rows = await work.session.scalars(select(AuditEntry.action).where(AuditEntry.record_id == file_id))
        assert list(rows) == ["file.downloaded"]
