"""Logs with the faults that real ones have, brought in by the command; times are local to Xiamen (UTC+8)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.agreements.sla import POLICY_TEMPLATES, Priority
from app.agreements.sla.models import ClockInterval, ClockRecord
from app.data_exchange.ticket_import.errors import ClientNeeded, UnknownTimeZone
from app.data_exchange.ticket_import.models import ImportedName, ImportedTicket
from app.data_exchange.ticket_import.names import NameKind
from app.data_exchange.ticket_import.schemas import Match
from app.data_exchange.ticket_import.services.names import NameService
from app.desk.tickets.models import Ticket, TicketEvent, TicketNote, Visit
from app.platform.kernel.errors import NotFound
from app.platform.kernel.outbox import LANES, DueEntry
from app.platform.kernel.runtime import Runtime
from app.platform.notifications.models import Delivery, Notification
from tenants.partner_metrics.models import QualityRollup
from tests.factories.background import run_due_work
from tests.factories.network import Network
from tests.ticket_import.conftest import ImportingPartner, log_of

OPENED = "02-11-2026 09:00"
"""A Monday, two weeks before the clock's present."""
SEVERITY = {"impact": "low", "urgency": "medium"}
"""What is assumed where a log says nothing."""


def story(no: str, *rows: tuple[str, str], **every: str) -> list[dict[str, str]]:
    """Rows of one ticket: (time on 2 November or whole, state)."""
    fields = {"no": no, "opened": OPENED, "what": "打印机卡纸", "caller": "Caller 7", **SEVERITY, **every}
    return [{**fields, "at": f"02-11-2026 {at}" if len(at) == 5 else at, "state": state} for at, state in rows]


async def only_ticket(runtime: Runtime, importer: ImportingPartner) -> Ticket:
    async with runtime.units_of_work.begin(importer.partner.system) as work:
        return (await work.session.scalars(select(Ticket))).one()


async def states(runtime: Runtime, importer: ImportingPartner) -> list[str]:
    async with runtime.units_of_work.begin(importer.partner.system) as work:
        found = await work.session.scalars(
            select(TicketEvent.state)
            .where(TicketEvent.kind == "state")
            .order_by(TicketEvent.occurred_at, TicketEvent.id)
        )
        return list(found)


async def test_a_ticket_comes_with_its_times_and_clocks(runtime: Runtime, importer: ImportingPartner) -> None:
    rows = story(
        "INC1",
        ("09:00", "New"),
        ("09:20", "Active"),
        ("10:00", "Awaiting User"),
        ("12:00", "Active"),
        ("12:30", "Resolved"),
        ("04-11-2026 12:30", "Closed"),
        group="Group 3",
    )
    done = await importer.import_log(log_of(*rows))
    assert done.counts["tickets_new"] == 1

    ticket = await only_ticket(runtime, importer)
    assert (ticket.state, ticket.subject, ticket.contact_name) == ("closed", "打印机卡纸", "Caller 7")
    assert ticket.reported_at == datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
    assert ticket.resolved_at == datetime(2026, 11, 2, 4, 30, tzinfo=UTC)
    assert ticket.number.startswith("FW-20261102-")
    async with runtime.units_of_work.begin(importer.partner.system) as work:
        clocks = {clock.kind: clock for clock in await work.session.scalars(select(ClockRecord))}
        paused = await work.session.scalars(
            select(ClockInterval.waiting_for).where(
                ClockInterval.clock_id == clocks["resolution"].id, ClockInterval.waiting_for.is_not(None)
            )
        )
        assert list(paused) == ["client"]
    assert clocks["response"].stopped_at == datetime(2026, 11, 2, 1, 20, tzinfo=UTC)
    assert clocks["response"].counted_seconds == 20 * 60


async def test_nobody_is_told_and_nothing_of_the_past_falls_due(runtime: Runtime, importer: ImportingPartner) -> None:
    await importer.import_log(log_of(*story("INC1", ("09:00", "New"), ("09:20", "Active"), group="Group 3")))
    async with runtime.units_of_work.begin(importer.partner.system) as work:
        due = list(await work.session.execute(select(DueEntry.kind, DueEntry.due_at)))
        now = work.now
    assert all(at > now for kind, at in due if kind not in LANES)
    await run_due_work(runtime)
    async with runtime.units_of_work.begin(importer.partner.system) as work:
        assert await work.session.scalar(select(func.count(Notification.id))) == 0
        assert await work.session.scalar(select(func.count(Delivery.id))) == 0
        assert await work.session.scalar(select(func.sum(QualityRollup.tickets))) == 1


async def test_the_faults_of_a_log_are_put_right_and_told(runtime: Runtime, importer: ImportingPartner) -> None:
    done = await importer.import_log(
        log_of(
            *story("NO-CREATION", ("09:20", "Active"), ("10:00", "Resolved"), ("10:00", "Closed"), group="G"),
            *story("BACKWARDS", ("09:00", "New"), ("10:00", "Resolved"), ("09:30", "Active"), group="G"),
            *story("JUMP", ("09:00", "New"), ("11:00", "Closed")),
            *story("LATE", ("08:00", "New")),
        )
    )
    codes = await importer.codes(done.id)
    assert codes[2] == ["creation_missing"]
    assert codes[4] == ["same_time"]
    assert codes[7] == ["put_in_order"]
    assert codes[9] == ["closed_without_resolution"]
    assert codes[10] == ["opened_after_first"]
    assert done.counts["tickets_new"] == 4


async def test_rows_that_cannot_be_read_are_refused_one_by_one(runtime: Runtime, importer: ImportingPartner) -> None:
    good = story("GOOD", ("09:00", "New"), ("31-02-2026 09:00", "Active"), ("09:30", "Dancing"), ("09:40", "?"))
    bad = [*story("BAD", ("?", "New")), {"no": "?", "at": "02-11-2026 09:00", "state": "New"}]
    done = await importer.import_log(log_of(*good, *bad, *story("TOMORROW", ("17-11-2026 09:00", "New"))))
    codes = await importer.codes(done.id)
    assert [codes[row] for row in range(2, 9)] == [
        [],
        ["time_unreadable"],
        ["state_unknown"],
        ["state_missing"],
        ["time_missing"],
        ["number_missing"],
        ["time_in_future"],
    ]
    assert (done.counts["tickets_new"], done.counts["tickets_refused"]) == (1, 3)
    assert await states(runtime, importer) == []


async def test_a_reopening_goes_on_as_the_same_ticket(runtime: Runtime, importer: ImportingPartner) -> None:
    rows = story("INC1", ("09:00", "New"), ("10:00", "Resolved"), ("15-11-2026 09:00", "Active"), group="G")
    rows[-1]["reopened"] = "1"
    done = await importer.import_log(log_of(*rows))
    ticket = await only_ticket(runtime, importer)
    assert (ticket.state, ticket.reopened) == ("assigned", 1)
    assert (await importer.codes(done.id))[4] == ["reopened"]


async def test_every_row_leaves_a_line(runtime: Runtime, importer: ImportingPartner) -> None:
    rows = story("INC1", ("09:00", "New"), ("09:10", "New"), ("09:20", "Active"), ("09:30", "Active"), group="G1")
    rows[-1] |= {"group": "G2", "handed_on": "1"}
    rows[1] |= {"caller": "Caller 8"}
    await importer.import_log(log_of(*rows))
    assert await states(runtime, importer) == ["assigned", "assigned"]
    async with runtime.units_of_work.begin(importer.partner.system) as work:
        notes = list(await work.session.scalars(select(TicketNote.text)))
    assert any("Caller 7 → Caller 8" in text for text in notes)


async def test_the_same_log_again_changes_nothing(runtime: Runtime, importer: ImportingPartner) -> None:
    log = log_of(*story("INC1", ("09:00", "New"), ("10:00", "Resolved"), ("10:30", "Closed")))
    await importer.import_log(log)
    before = await only_ticket(runtime, importer)
    again = await importer.import_log(log)
    assert again.counts == {"tickets_unchanged": 1, "rows_taken": 3}
    after = await only_ticket(runtime, importer)
    assert (after.id, after.version) == (before.id, before.version)


async def test_visits_of_a_past_know_that_they_were_paid_before(
    runtime: Runtime, importer: ImportingPartner, network: Network
) -> None:
    await network.engineer(importer.partner, "张师傅")
    begun = story("INC1", ("09:00", "New"), ("09:20", "Active"), engineer="张师傅")
    ended = story("INC1", ("14:30", "Resolved"), ("15-11-2026 09:00", "Active"), engineer="张师傅")

    async def brought() -> list[bool]:
        async with runtime.units_of_work.begin(importer.partner.system) as work:
            return list(await work.session.scalars(select(Visit.brought).order_by(Visit.scheduled_start)))

    await importer.import_log(log_of(*begun))
    assert await brought() == [False]
    await importer.import_log(log_of(*begun, *ended))
    assert await brought() == [True, False]


async def test_a_longer_log_goes_on_where_the_shorter_ended(
    runtime: Runtime, importer: ImportingPartner, network: Network
) -> None:
    engineer = await network.engineer(importer.partner, "张师傅")
    begun = story("INC1", ("09:00", "New"), ("09:20", "Active"), ("10:00", "Awaiting User"), engineer="张师傅")
    ended = story("INC1", ("14:00", "Active"), ("14:30", "Resolved"), ("15:00", "Closed"), engineer="张师傅")
    await importer.import_log(log_of(*begun))
    half = await only_ticket(runtime, importer)
    assert half.state == "waiting"

    longer = await importer.import_log(log_of(*begun, *ended))
    assert longer.counts["tickets_extended"] == 1
    assert (await importer.codes(longer.id))[6] == ["bridged", "extended"]
    whole = await only_ticket(runtime, importer)
    assert (whole.id, whole.number, whole.state) == (half.id, half.number, "closed")
    assert whole.engineer_id == engineer.membership_id
    async with runtime.units_of_work.begin(importer.partner.system) as work:
        visit = (await work.session.scalars(select(Visit))).one()
        clock = (await work.session.scalars(select(ClockRecord).where(ClockRecord.kind == "resolution"))).one()
        intervals = list(
            await work.session.scalars(
                select(ClockInterval.seconds).where(ClockInterval.clock_id == clock.id).order_by(ClockInterval.sequence)
            )
        )
    assert visit.state == "finished"
    assert clock.counted_seconds == sum(intervals) == (60 + 30) * 60
    assert (await importer.import_log(log_of(*begun))).counts == {"tickets_unchanged": 1, "rows_taken": 3}


async def test_a_log_that_tells_another_story_is_refused(runtime: Runtime, importer: ImportingPartner) -> None:
    await importer.import_log(log_of(*story("INC1", ("09:00", "New"), ("10:00", "Resolved"))))
    before = await only_ticket(runtime, importer)
    other = await importer.import_log(log_of(*story("INC1", ("09:00", "New"), ("11:00", "Resolved"))))
    assert other.counts["tickets_refused"] == 1
    assert (await importer.codes(other.id))[2] == ["known_otherwise"]
    assert (await only_ticket(runtime, importer)).resolved_at == before.resolved_at


async def test_a_ticket_that_was_worked_on_here_is_left_alone(runtime: Runtime, importer: ImportingPartner) -> None:
    begun = story("INC1", ("09:00", "New"))
    await importer.import_log(log_of(*begun))
    async with runtime.units_of_work.begin(importer.partner.system) as work:
        (await work.session.scalars(select(Ticket))).one().version += 1
    longer = await importer.import_log(log_of(*begun, *story("INC1", ("10:00", "Resolved"))))
    assert (await importer.codes(longer.id))[2] == ["changed_here"]


async def test_names_are_recognised_or_wait_to_be(
    runtime: Runtime, importer: ImportingPartner, network: Network
) -> None:
    engineer = await network.engineer(importer.partner, "陈师傅")
    known = {"device": "pc-0001", "caller": "李静", "engineer": "陈师傅"}
    unknown = {"device": "cmdb 31", "caller": "Caller 9", "engineer": "Resolver 4"}
    await importer.import_log(
        log_of(
            *story("KNOWN", ("09:00", "New"), ("09:20", "Active"), **known),
            *story("UNKNOWN", ("09:00", "New"), ("09:20", "Active"), **unknown),
        )
    )
    async with runtime.units_of_work.begin(importer.partner.system) as work:
        rows = await work.session.execute(
            select(ImportedTicket.external_number, Ticket).join(Ticket, Ticket.id == ImportedTicket.ticket_id)
        )
        tickets = {row[0]: row[1] for row in rows}
        waiting = {name.kind: name for name in await NameService(work).list_names()}
        found = await NameService(work).candidates(waiting[NameKind.DEVICE].id, "pc-00")
    assert tickets["KNOWN"].device_id == importer.device_id
    assert tickets["KNOWN"].engineer_id == engineer.membership_id
    assert tickets["KNOWN"].reporter_id is not None
    assert tickets["UNKNOWN"].device_id is None
    assert {kind: name.name for kind, name in waiting.items()} == unknown
    assert [candidate.id for candidate in found] == [importer.device_id]

    async with runtime.units_of_work.begin(importer.partner.system) as work:
        service = NameService(work)
        await service.match(waiting[NameKind.DEVICE].id, Match(importer.device_id))
        matched = await service.match(waiting[NameKind.ENGINEER].id, Match(engineer.membership_id))
    assert (matched.record_name, matched.tickets) == ("陈师傅", 1)
    async with runtime.units_of_work.begin(importer.partner.system) as work:
        ticket = await work.session.get(Ticket, (importer.partner.id, tickets["UNKNOWN"].id))
        left = await work.session.scalar(select(func.count(ImportedName.id)).where(ImportedName.record_id.is_(None)))
    assert ticket is not None
    assert (ticket.device_id, ticket.engineer_id) == (importer.device_id, engineer.membership_id)
    assert left == 1
    longer = story("UNKNOWN", ("09:00", "New"), ("09:20", "Active"), ("10:00", "Resolved"), **unknown)
    assert (await importer.import_log(log_of(*longer))).counts["tickets_extended"] == 1


async def test_a_dry_run_writes_no_ticket(runtime: Runtime, importer: ImportingPartner, tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    rows = story("=1+1", ("09:00", "New"), what="=cmd()")
    tried = await importer.import_log(log_of(*rows), dry_run=True, report=report)
    assert tried.counts["tickets_new"] == 1
    assert tried.state == "cancelled"
    assert ",'=1+1," in report.read_text(encoding="utf-8-sig")
    async with runtime.units_of_work.begin(importer.partner.system) as work:
        assert await work.session.scalar(select(func.count(Ticket.id))) == 0


async def test_what_must_be_said_with_an_import_is_asked_for(importer: ImportingPartner) -> None:
    log = log_of(*story("INC1", ("09:00", "New")))
    for zone in ("", "Asia/Xiamen", "../etc/passwd"):
        with pytest.raises(UnknownTimeZone):
            await importer.import_log(log, time_zone=zone)
    with pytest.raises(ClientNeeded):
        await importer.import_log(log, client_code="")


async def test_clocks_are_computed_by_the_chosen_policy(
    runtime: Runtime, importer: ImportingPartner, network: Network
) -> None:
    await network.service_level(importer.partner, "four_hours_on_site")
    log = log_of(*story("INC1", ("09:00", "New"), ("09:20", "Active"), group="G"))
    await importer.import_log(log, policy="four_hours_on_site")
    chosen = next(each for each in POLICY_TEMPLATES if each.code == "four_hours_on_site").policy
    ticket = await only_ticket(runtime, importer)
    targets = {promise.kind: promise.seconds for promise in chosen.terms_of(Priority(ticket.priority)).promises}
    async with runtime.units_of_work.begin(importer.partner.system) as work:
        clocks = await work.session.execute(select(ClockRecord.kind, ClockRecord.target_seconds))
        assert {kind: seconds for kind, seconds in clocks}.items() <= targets.items()  # noqa: C416 - rows are no pairs
    with pytest.raises(NotFound):
        await importer.import_log(log, policy="nobody's")


async def test_one_row_per_ticket(runtime: Runtime, importer: ImportingPartner) -> None:
    cells = {
        "单号": "A-1",
        "客户": importer.client.code,
        "报修人": "李静",
        "电话": "0592-5550000",
        "设备编号": "PC-0001",
        "工程师": "外聘李工",
        "来源": "电话",
        "影响": "低",
        "紧急程度": "中",
        "报修时间": "2026-11-02 09:00",
        "派单时间": "2026/11/02 09:10",
        "到达时间": "2026-11-02 09:40",
        "解决时间": "2026-11-02 10:00",
        "关闭时间": "2026-11-03 10:00",
        "处理结果": "换硒鼓",
        "工时(分钟)": "20",
        "满意度": "5",
        "故障现象": "打印机卡纸",
        "详细描述": "三楼",
    }
    log = f"{','.join(cells)}\n{','.join(cells.values())}\n"
    done = await importer.import_log(log, mapping="one-row-per-ticket", client_code="")
    assert done.counts["tickets_new"] == 1
    ticket = await only_ticket(runtime, importer)
    assert (ticket.state, ticket.rating, ticket.confirmed_by) == ("closed", 5, "call_back")
    assert await states(runtime, importer) == ["assigned", "accepted", "on_site", "resolved", "confirmed", "closed"]


async def test_semicolons_and_times_with_an_offset(runtime: Runtime, importer: ImportingPartner) -> None:
    every = {
        "ticket": "T1",
        "changed_by": "系统",
        "company": importer.client.code,
        "caller": "李静",
        "asset": "PC-0001",
        "site": "总部大楼",
        "channel": "portal",
        "impact": "low",
        "urgency": "medium",
        "subject": "上不了网",
    }
    rows = (
        {"changed_at": "2026-11-02T09:00:00+08:00", "status": "open"},
        {"changed_at": "2026-11-02T02:30:00Z", "status": "waiting for parts", "comment": "等网卡"},
        {"changed_at": "2026-11-02T11:00:00+08:00", "status": "solved", "solution": "换网卡"},
    )
    headings = (*every, "changed_at", "status", "phone", "engineer", "comment", "solution", "description")
    lines = [";".join(headings), *(";".join((every | row).get(name, "") for name in headings) for row in rows)]
    log = "\n".join(lines)
    await importer.import_log(log, mapping="semicolon-iso", client_code="", time_zone="")
    ticket = await only_ticket(runtime, importer)
    assert (ticket.state, ticket.channel, ticket.site_id) == ("resolved", "portal", importer.client.site_id)
    assert ticket.resolved_at == datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
    assert await states(runtime, importer) == ["triaged", "waiting", "triaged", "resolved"]
