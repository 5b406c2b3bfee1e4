"""Logs that contradict themselves or lack what we need: assumptions are reported, and nothing else happens."""

from pathlib import Path

from sqlalchemy import select

from app.agreements.sla.models import ClockRecord
from app.data_exchange.ticket_import.commands import import_tickets
from app.desk.tickets.models import Ticket, TicketNote
from app.platform.kernel.runtime import Runtime
from tests.ticket_import.conftest import MAPPING_TEXT, ImportingPartner, log_of
from tests.ticket_import.test_import import only_ticket, states, story

CANCELLING = MAPPING_TEXT.replace('"Closed" = "closed"', '"Closed" = "closed"\n"Cancelled" = "cancelled"')
TWO_COLUMNS = CANCELLING.replace('state = "state"', 'state = "state"\nstate_detail = "group"').replace(
    '"Awaiting User" = "waiting"', '"Awaiting User" = "waiting"\n"Active / On hold" = "waiting"'
)
TWO_COLUMNS = TWO_COLUMNS.replace('group = "group"\n', "").replace(
    "[wait_reasons]\n", '[wait_reasons]\n"Active / On hold" = "approval"\n'
)


async def import_log(
    importer: ImportingPartner, runtime: Runtime, folder: Path, mapping: str, *rows: dict[str, str]
) -> dict[str, int]:
    written, log = folder / "own.toml", folder / "own.csv"
    written.write_text(mapping, encoding="utf-8")
    log.write_text(log_of(*rows), encoding="utf-8")
    done = await import_tickets(
        runtime,
        log,
        mapping=str(written),
        tenant_slug=importer.partner.slug,
        client_code=importer.client.code,
        time_zone="Asia/Shanghai",
    )
    found = await importer.codes(done.id)
    return {code: row for row, codes in found.items() for code in codes}


async def test_a_cancellation_that_the_log_took_back_is_a_note(
    runtime: Runtime, importer: ImportingPartner, tmp_path: Path
) -> None:
    rows = story(
        "C1", ("09:00", "New"), ("10:00", "Cancelled"), ("11:00", "Active"), ("12:00", "Resolved"), ("13:00", "Closed")
    )
    codes = await import_log(importer, runtime, tmp_path, CANCELLING, *[{**row, "group": "Group 1"} for row in rows])
    assert codes["cancellation_taken_back"] == 3
    assert "already_over" not in codes
    assert (await only_ticket(runtime, importer)).state == "closed"
    assert "cancelled" not in await states(runtime, importer)
    async with runtime.units_of_work.begin(importer.partner.system) as work:
        assert "Cancelled" in "".join(await work.session.scalars(select(TicketNote.text)))


async def test_what_was_cancelled_and_then_filed_away_stays_cancelled(
    runtime: Runtime, importer: ImportingPartner, tmp_path: Path
) -> None:
    rows = story("C1", ("09:00", "New"), ("10:00", "Cancelled"), ("13:00", "Closed"))
    codes = await import_log(importer, runtime, tmp_path, CANCELLING, *rows)
    assert codes["already_over"] == 4
    assert (await only_ticket(runtime, importer)).state == "cancelled"


async def test_a_cancellation_that_is_here_already_stays(
    runtime: Runtime, importer: ImportingPartner, tmp_path: Path
) -> None:
    rows = story("C1", ("09:00", "New"), ("10:00", "Cancelled"), ("11:00", "Active"), ("12:00", "Resolved"))
    await import_log(importer, runtime, tmp_path, CANCELLING, *rows[:2])
    codes = await import_log(importer, runtime, tmp_path, CANCELLING, *rows)
    assert (codes["already_over"], codes["extended"]) == (5, 5)
    assert (await only_ticket(runtime, importer)).state == "cancelled"


async def test_two_columns_tell_the_state_together(
    runtime: Runtime, importer: ImportingPartner, tmp_path: Path
) -> None:
    rows = story(
        "C1", ("09:00", "New"), ("10:00", "Active"), ("11:00", "Active"), ("12:00", "Resolved"), engineer="Eng"
    )
    rows[2]["group"], rows[3]["group"] = "On hold", "Anything"
    await import_log(importer, runtime, tmp_path, TWO_COLUMNS, *rows)
    assert "waiting" in await states(runtime, importer)
    async with runtime.units_of_work.begin(importer.partner.system) as work:
        notes = "".join(await work.session.scalars(select(TicketNote.text)))
    assert "group" not in notes, "what decides the state is no other change"


async def test_a_severity_that_is_ours_is_told(runtime: Runtime, importer: ImportingPartner, tmp_path: Path) -> None:
    rows = story("C1", ("09:00", "New"), ("10:00", "Resolved"), impact="high", urgency="?")
    codes = await import_log(importer, runtime, tmp_path, MAPPING_TEXT, *rows)
    assert codes["urgency_missing"] == 2
    assert "impact_missing" not in codes
    unnamed = MAPPING_TEXT.replace('urgency = "urgency"\n', "")
    codes = await import_log(importer, runtime, tmp_path, unnamed, *[{**row, "no": "C2"} for row in rows])
    assert codes["urgency_not_told"] == 2


async def test_of_several_priorities_in_one_moment_the_last_counts(
    runtime: Runtime, importer: ImportingPartner, tmp_path: Path
) -> None:
    """Long after an urgent ticket's solution would have been due, the priority goes up and down in one minute."""
    times = [(at, "New") for at in ("09:00", "04-11-2026 10:00", "04-11-2026 10:00", "04-11-2026 10:01")]
    rows = story("C1", *times, ("04-11-2026 10:30", "Resolved"), impact="low", urgency="low")
    rows[1] |= {"impact": "high", "urgency": "high"}
    await import_log(importer, runtime, tmp_path, MAPPING_TEXT, *rows)
    rows = [{**row, "no": "C2"} for row in (*rows[:2], *rows[3:])]
    await import_log(importer, runtime, tmp_path, MAPPING_TEXT, *rows)
    async with runtime.units_of_work.begin(importer.partner.system) as work:
        clocks = await work.session.execute(
            select(Ticket.priority, ClockRecord.priority, ClockRecord.breached_at.is_not(None))
            .join(ClockRecord, ClockRecord.ticket_id == Ticket.id)
            .where(ClockRecord.kind == "resolution")
            .order_by(Ticket.number)
        )
        assert [tuple(clock) for clock in clocks] == [("P4", "P4", False), ("P4", "P4", True)], (
            "urgent for no time is no broken promise; urgent for a minute is one"
        )
