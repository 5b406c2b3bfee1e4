"""A client's weeks, findings, tickets and bulletin, from the subscription to the page of its people."""

from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import func, select

from app.assets.devices.models import Device
from app.desk.security import (
    BulletinWrite,
    FindingDismissal,
    FindingKind,
    Protection,
    RecordVersion,
    SecurityBulletins,
    SecurityFindings,
    SecurityService,
    SecurityWeeks,
)
from app.desk.security.errors import FindingMoveRefused, WeekEmpty, WeekMoveRefused
from app.desk.security.models import SecurityCheck, SecurityWeek
from app.desk.tickets.models import Ticket
from app.platform.kernel.errors import NotFound, StaleVersion
from tests.conftest import START, ClientFor
from tests.factories.imports import ListUploads, codes
from tests.factories.network import Network
from tests.security.conftest import SecurityDesk

TODAY = START.date()
DAY = timedelta(days=1)


async def test_a_week_begins_for_whoever_has_the_service_once_and_for_nobody_else(security: SecurityDesk) -> None:
    week_id = await security.begin()
    assert await security.begin() == week_id
    week = await security.read(week_id)
    assert (week.client_id, week.monday, week.expected, week.checked) == (security.client.id, date(2026, 11, 16), 3, 0)
    assert [each.device_number for each in week.checks] == ["PC-A1", "PC-A2", "PC-A3"]
    (clock,) = week.clocks
    assert clock.due_at is not None
    assert clock.due_at.isoformat() == "2026-11-22T16:00:00+00:00"
    with pytest.raises(WeekEmpty):
        await security.assess(week_id)


async def test_what_is_assessed_stands_and_one_finding_has_one_ticket(security: SecurityDesk) -> None:
    week_id = await security.begin()
    await security.record(week_id, 1, protection=Protection.INSTALLED, definitions_on=TODAY, virus_events=0)
    await security.record(week_id, 2, protection=Protection.INSTALLED, virus_events=2, virus_names="Trojan.Gen")
    await security.record(week_id, 3, protection=Protection.MISSING, missing_patches=4)
    with pytest.raises(StaleVersion):
        await security.record(week_id, 3, protection=Protection.INSTALLED)
    client = security.client.contact
    with pytest.raises(NotFound):
        await security.as_(client, lambda work: SecurityWeeks(work).get(week_id))
    week = await security.assess(week_id)
    assert (week.expected, week.protected, week.virus_events, week.unpatched, week.coverage) == (3, 2, 2, 1, 66.7)
    assert [(each.device_number, each.kind) for each in week.findings] == [
        ("PC-A2", FindingKind.VIRUS),
        ("PC-A3", FindingKind.UNPATCHED),
        ("PC-A3", FindingKind.UNPROTECTED),
    ]
    assert week.clocks[0].is_open is False
    with pytest.raises(WeekMoveRefused):
        await security.record(week_id, 1, version=1)
    dispatcher, virus = security.partner.dispatcher, week.findings[0]
    first = await security.as_(dispatcher, lambda work: SecurityFindings(work).to_ticket(virus.id))
    again = await security.as_(dispatcher, lambda work: SecurityFindings(work).to_ticket(virus.id))
    assert first.ticket_id == again.ticket_id is not None
    tickets = await security.as_(dispatcher, lambda work: work.session.scalar(select(func.count(Ticket.id))))
    assert tickets == 1
    given = FindingDismissal(reason="本周停用")
    await security.as_(dispatcher, lambda work: SecurityFindings(work).dismiss(week.findings[1].id, given))
    with pytest.raises(FindingMoveRefused):
        await security.as_(dispatcher, lambda work: SecurityFindings(work).to_ticket(week.findings[1].id))

    security.clock.set(START + 7 * DAY)
    next_week = await security.begin()
    await security.record(next_week, 2, virus_events=1)
    await security.record(next_week, 3, protection=Protection.MISSING, missing_patches=4)
    found = (await security.assess(next_week)).findings
    assert [(each.device_number, each.kind) for each in found] == [("PC-A3", FindingKind.UNPATCHED)], (
        "a finding that waits or whose ticket is open is not found again; one that was dismissed is"
    )


async def test_the_months_bulletin_is_drafted_from_its_weeks_published_once_and_told(security: SecurityDesk) -> None:
    week_id = await security.begin()
    await security.record(week_id, 1, protection=Protection.INSTALLED, virus_events=3)
    await security.assess(week_id, "来自 U 盘，已清除。")
    security.clock.set(START + 16 * DAY)
    await security.begin()
    bulletin_id = await security.bulletin()
    dispatcher, contact = security.partner.dispatcher, security.client.contact
    draft = await security.as_(dispatcher, lambda work: SecurityBulletins(work).get(bulletin_id))
    assert draft.month == date(2026, 11, 1)
    assert "病毒事件共 3 次" in draft.summary
    assert "来自 U 盘" in draft.virus_notices
    with pytest.raises(NotFound):
        await security.as_(contact, lambda work: SecurityBulletins(work).get(bulletin_id))
    words = BulletinWrite(version=1, summary=draft.summary, vulnerability_notices="打印服务有漏洞，请装补丁。")
    await security.as_(dispatcher, lambda work: SecurityBulletins(work).write(bulletin_id, words))
    with pytest.raises(StaleVersion):
        await security.as_(
            dispatcher, lambda work: SecurityBulletins(work).publish(bulletin_id, RecordVersion(version=1))
        )
    await security.as_(dispatcher, lambda work: SecurityBulletins(work).publish(bulletin_id, RecordVersion(version=2)))
    await security.due()
    read = await security.as_(contact, lambda work: SecurityBulletins(work).get(bulletin_id))
    assert (read.number, read.vulnerability_notices) == ("AQ-2026-0001", "打印服务有漏洞，请装补丁。")
    document = await security.as_(contact, lambda work: SecurityBulletins(work).document(bulletin_id))
    assert document.archived, "the PDF is drawn once and kept"
    overview = await security.as_(contact, lambda work: SecurityService(work).of_client(security.client.id))
    assert [each.id for each in overview.bulletins] == [bulletin_id]


REPORT = """计算机名,设备编号,序列号,防护状态,病毒库日期,威胁数,未安装补丁
host-1,PC-A1,,已安装,2026-11-15,0,2
host-2,PC-A2,,未安装,,3,
host-9,PC-X9,,已安装,2026-11-15,0,0
"""


@pytest.fixture
def uploads(security: SecurityDesk, http: ClientFor) -> ListUploads:
    return ListUploads(security.runtime, http, security.partner, "antivirus-reports")


async def test_a_report_comes_in_twice_as_once_and_knows_its_own_devices(
    security: SecurityDesk, uploads: ListUploads
) -> None:
    uploaded = await uploads.upload(REPORT, security.client.id)
    assert [code for _, code in codes(uploaded)] == ["device_unknown"]
    assert (await uploads.import_list(REPORT, security.client.id))["written"]["new"] == 2
    again = await uploads.import_list(REPORT, security.client.id)
    assert again["written"] == {"new": 0, "changed": 0, "unchanged": 2, "refused": 1}
    checks = await uploads.rows(SecurityCheck)
    assert {(each.protection, each.virus_events, each.missing_patches) for each in checks} == {
        ("installed", 0, 2),
        ("missing", 3, None),
    }
    (week,) = await uploads.rows(SecurityWeek)
    assert week.monday == date(2026, 11, 16)
    await security.assess(week.id)
    late = await uploads.upload(REPORT, security.client.id)
    assert {code for _, code in codes(late)} == {"week_assessed", "device_unknown"}


async def test_a_report_of_another_client_is_refused(
    security: SecurityDesk, uploads: ListUploads, network: Network
) -> None:
    report = "计算机名,设备编号,防护状态\nhost-1,PC-A1,已安装\nhost-2,PC-A2,已安装\n"
    unpaid = await uploads.upload(report, security.stranger.id)
    assert {code for _, code in codes(unpaid)} == {"service_not_bought"}
    foreign, _ = await network.device(security.stranger, "XY-1")
    await network.device(security.stranger, "XY-2")
    wrong = await uploads.upload("设备编号,防护状态\nXY-1,已安装\nXY-2,已安装\n", security.client.id)
    assert [code for _, code in codes(wrong)] == ["file_of_other_client"] * 2
    assert wrong["issues"][0]["parameters"]["client"] == "厦门象屿股份"
    mixed = await uploads.upload("设备编号,防护状态\nPC-A1,已安装\nXY-2,已安装\n", security.client.id)
    assert [code for _, code in codes(mixed)] == ["device_of_other_client"]
    owner = security.partner.system
    async with security.units_of_work.begin(owner) as work:
        device = (await work.session.scalars(select(Device).where(Device.id == foreign))).one()
        device.number, device.serial_number = "PC-A1", "SN-FOREIGN"
    same_number = await uploads.upload("设备编号,序列号,防护状态\nPC-A1,SN-FOREIGN,已安装\n", security.client.id)
    assert [code for _, code in codes(same_number)] == ["file_of_other_client"], "the serial number is believed first"
    async with security.units_of_work.begin(owner) as work:
        assert await work.session.scalar(select(func.count(SecurityCheck.id))) == 0


@pytest.mark.slow(8, "draws a PDF and opens the pages of both portals")
async def test_the_pages_of_both_sides(security: SecurityDesk, http: ClientFor) -> None:
    week_id = await security.begin()
    dispatcher, contact = await http(security.partner.dispatcher), await http(security.client.contact)
    stranger = await http(security.stranger.contact)
    page = f"/workspace/security/{week_id}"
    form = f"{page}/devices/{security.computers[0]}"
    assert "登记 PC-A1" in (await dispatcher.get(f"{page}?device={security.computers[0]}")).text
    refused = await dispatcher.post(form, data={"version": "0", "protection": "installed", "virus_events": "viele"})
    assert refused.status_code == 422
    _done(await dispatcher.post(form, data={"version": "0", "protection": "missing", "virus_events": "1"}))
    assert (await contact.get("/portal/security")).status_code == 200
    assert "PC-A1" not in (await contact.get("/portal/security")).text
    _done(await dispatcher.post(f"{page}/assess", data={"version": "1", "assessment": "U 盘带入，已清除。"}))
    shown = (await dispatcher.get(page)).text
    findings = [part.partition("/")[0] for part in shown.split("/findings/")[1:]]
    _done(await dispatcher.post(f"{page}/findings/{findings[0]}/ticket"))
    _done(await dispatcher.post(f"{page}/findings/{findings[1]}/dismiss", data={"reason": "已报废"}))
    read = (await contact.get("/portal/security")).text
    assert "U 盘带入" in read
    assert "/portal/tickets/" in read
    for path in ("/portal/security", "/api/v1/security-overview"):
        assert (await stranger.get(path)).status_code == 404
    assert (await stranger.get("/api/v1/security-weeks")).json()["items"] == []
    assert "security" not in (await stranger.get("/navigation/counts")).json()
    assert (await contact.get("/navigation/counts")).json()["security"] == 0
    assert "/portal/security" in (await contact.get("/navigation/palette")).text
    assert "/portal/security" not in (await stranger.get("/navigation/palette")).text

    security.clock.set(START + 16 * DAY)
    await security.begin()
    bulletin = f"/workspace/security/bulletins/{await security.bulletin()}"
    dispatcher, contact = await http(security.partner.dispatcher), await http(security.client.contact)
    _done(await dispatcher.post(bulletin, data={"version": "1", "summary": "平稳"}))
    _done(await dispatcher.post(f"{bulletin}/publish", data={"version": "2"}))
    portal = bulletin.replace("/workspace/", "/portal/")
    assert "平稳" in (await contact.get(portal)).text
    drawn = await contact.get(f"/security-bulletins/{bulletin.rpartition('/')[2]}")
    assert drawn.content.startswith(b"%PDF")


def _done(answer: httpx.Response) -> None:
    assert answer.status_code == 303, answer.text
