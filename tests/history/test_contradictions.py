"""Logs that contradict themselves or lack what we need: assumptions are reported, and nothing else happens."""

from pathlib import Path

from sqlalchemy import select

from app.history.commands import import_history
from app.kernel.runtime import Runtime
from app.sla.models import ClockRecord
from app.tickets.models import Ticket, TicketNote
from tests.history.conftest import DESK, MovedIn, log_of
from tests.history.test_import import only_ticket, states, story

CANCELLING = DESK.replace('"Closed" = "closed"', '"Closed" = "closed"\n"Cancelled" = "cancelled"')
TWO_COLUMNS = CANCELLING.replace('state = "state"', 'state = "state"\nstate_detail = "group"').replace(
    '"Awaiting User" = "waiting"', '"Awaiting User" = "waiting"\n"Active / On hold" = "waiting"'
)
TWO_COLUMNS = TWO_COLUMNS.replace('group = "group"\n', "").replace(
    "[wait_reasons]\n", '[wait_reasons]\n"Active / On hold" = "approval"\n'
)


async def bring(desk: MovedIn, runtime: Runtime, folder: Path, mapping: str, *rows: dict[str, str]) -> dict[str, int]:
    written, log = folder / "own.toml", folder / "own.csv"
    written.write_text(mapping, encoding="utf-8")
    log.write_text(log_of(*rows), encoding="utf-8")
    done = await import_history(
        runtime,
        log,
        mapping=str(written),
        tenant_slug=desk.partner.slug,
        client_code=desk.client.code,
        time_zone="Asia/Shanghai",
    )
    found = await desk.codes(done.id)
    return {code: row for row, codes in found.items() for code in codes}


async def test_a_cancellation_that_the_log_took_back_is_a_note(runtime: Runtime, desk: MovedIn, tmp_path: Path) -> None:
    rows = story(
        "C1", ("09:00", "New"), ("10:00", "Cancelled"), ("11:00", "Active"), ("12:00", "Resolved"), ("13:00", "Closed")
    )
    told = await bring(desk, runtime, tmp_path, CANCELLING, *[{**row, "group": "Group 1"} for row in rows])
    assert told["cancellation_taken_back"] == 3
    assert "already_over" not in told
    assert (await only_ticket(runtime, desk)).state == "closed"
    assert "cancelled" not in await states(runtime, desk)
    async with runtime.works.begin(desk.partner.system) as work:
        assert "Cancelled" in "".join(await work.session.scalars(select(TicketNote.text)))


async def test_what_was_cancelled_and_then_filed_away_stays_cancelled(
    runtime: Runtime, desk: MovedIn, tmp_path: Path
) -> None:
    rows = story("C1", ("09:00", "New"), ("10:00", "Cancelled"), ("13:00", "Closed"))
    told = await bring(desk, runtime, tmp_path, CANCELLING, *rows)
    assert told["already_over"] == 4
    assert (await only_ticket(runtime, desk)).state == "cancelled"


async def test_a_cancellation_that_is_here_already_stays(runtime: Runtime, desk: MovedIn, tmp_path: Path) -> None:
    rows = story("C1", ("09:00", "New"), ("10:00", "Cancelled"), ("11:00", "Active"), ("12:00", "Resolved"))
    await bring(desk, runtime, tmp_path, CANCELLING, *rows[:2])
    told = await bring(desk, runtime, tmp_path, CANCELLING, *rows)
    assert (told["already_over"], told["extended"]) == (5, 5)
    assert (await only_ticket(runtime, desk)).state == "cancelled"


async def test_two_columns_tell_the_state_together(runtime: Runtime, desk: MovedIn, tmp_path: Path) -> None:
    rows = story(
        "C1", ("09:00", "New"), ("10:00", "Active"), ("11:00", "Active"), ("12:00", "Resolved"), engineer="Eng"
    )
    rows[2]["group"], rows[3]["group"] = "On hold", "Anything"
    await bring(desk, runtime, tmp_path, TWO_COLUMNS, *rows)
    assert "waiting" in await states(runtime, desk)
    async with runtime.works.begin(desk.partner.system) as work:
        notes = "".join(await work.session.scalars(select(TicketNote.text)))
    assert "group" not in notes, "what decides the state is no other change"


async def test_a_severity_that_is_ours_is_told(runtime: Runtime, desk: MovedIn, tmp_path: Path) -> None:
    rows = story("C1", ("09:00", "New"), ("10:00", "Resolved"), impact="high", urgency="?")
    told = await bring(desk, runtime, tmp_path, DESK, *rows)
    assert told["urgency_missing"] == 2
    assert "impact_missing" not in told
    unnamed = DESK.replace('urgency = "urgency"\n', "")
    told = await bring(desk, runtime, tmp_path, unnamed, *[{**row, "no": "C2"} for row in rows])
    assert told["urgency_not_told"] == 2


async def test_of_several_priorities_in_one_moment_the_last_counts(
    runtime: Runtime, desk: MovedIn, tmp_path: Path
) -> None:
    """Long after an urgent ticket's solution would have been due, the priority goes up and down in one minute."""
    times = [(at, "New") for at in ("09:00", "04-11-2026 10:00", "04-11-2026 10:00", "04-11-2026 10:01")]
    rows = story("C1", *times, ("04-11-2026 10:30", "Resolved"), impact="low", urgency="low")
    rows[1] |= {"impact": "high", "urgency": "high"}
    await bring(desk, runtime, tmp_path, DESK, *rows)
    rows = [{**row, "no": "C2"} for row in (*rows[:2], *rows[3:])]
    await bring(desk, runtime, tmp_path, DESK, *rows)
    async with runtime.works.begin(desk.partner.system) as work:
        clocks = await work.session.execute(
            select(Ticket.priority, ClockRecord.priority, ClockRecord.breached_at.is_not(None))
            .join(ClockRecord, ClockRecord.ticket_id == Ticket.id)
            .where(ClockRecord.kind == "resolution")
            .order_by(Ticket.number)
        )
        assert [tuple(clock) for clock in clocks] == [("P4", "P4", False), ("P4", "P4", True)], (
            "urgent for no time is no broken promise; urgent for a minute is one"
        )
