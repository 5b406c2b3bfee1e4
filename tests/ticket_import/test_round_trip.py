"""What we wrote ourselves comes back as it was: random legal courses, exported, and brought to another partner."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import select

from app.data_exchange.ticket_import.commands import export_tickets, import_tickets
from app.data_exchange.ticket_import.models import ImportOutcome
from app.desk.tickets.models import Visit
from app.desk.tickets.replay import Accepted, Arrived, Departed, Finished, TicketTimeline
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from tests.factories.network import Network
from tests.tickets.replay_comparison import (
    ReplayPartner,
    Rows,
    bring_figures_up_to_date,
    differences,
    records,
    replayed,
)
from tests.tickets.test_replay import GAPS, Choices, random_timeline
from tests.tickets.timelines import TimelineBuilder
from tests.tickets.two_weeks import MONDAY, two_weeks

COMPARED = {
    "clock",
    "clock_interval",
    "escalation",
    "quality_fact",
    "quality_rollup",
    "survey_response",
    "ticket",
    "ticket_event",
    "ticket_note",
    "visit",
}
NOT_COMPARED_COLUMNS: dict[str, tuple[str, ...]] = {
    "ticket": ("version", "updated_at"),  # a reclassification that changed no priority leaves no line to tell
    "ticket_note": ("membership_id",),  # nobody here is a member there
    "visit": ("performed_by", "brought"),  # the first one lived it
}
"""Columns that are not compared, because they differ at another partner."""


def compared(rows: Rows) -> Rows:
    found: Rows = {}
    for table in COMPARED & rows.keys():
        found[table] = [_without(table, row) for row in rows[table]]
    return found


def _without(table: str, row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name not in NOT_COMPARED_COLUMNS.get(table, ())}
    if table == "ticket_event":
        kept["details"] = {name: value for name, value in kept["details"].items() if name != "external_number"}
    return kept


async def both_ways(runtime: Runtime, network: Network, log: Path, make_timelines: Any) -> list[str]:
    first, second = [await ReplayPartner.make(network) for _ in range(2)]
    timelines: list[TicketTimeline] = make_timelines(first)
    await replayed(runtime, first, timelines)
    await export_tickets(runtime, log, tenant_slug=first.company.slug)
    done = await import_tickets(
        runtime,
        log,
        mapping="yinghuo",
        tenant_slug=second.company.slug,
        client_code=second.client.code,
    )
    assert done.counts["tickets_new"] == len(timelines)
    assert "rows_refused" not in done.counts
    await bring_figures_up_to_date(runtime, second.company.id)
    return differences(compared(await records(runtime, first)), compared(await records(runtime, second)))


async def test_two_weeks_come_back_as_they_were(
    runtime: Runtime, network: Network, clock: SettableClock, tmp_path: Path
) -> None:
    clock.set(MONDAY + timedelta(days=60))
    assert await both_ways(runtime, network, tmp_path / "log.csv", two_weeks) == []


@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(GAPS), st.integers(0, 30)), min_size=3, max_size=14),
        min_size=4,
        max_size=12,
    )
)
async def test_any_legal_courses_come_back_as_they_were(
    runtime: Runtime,
    network: Network,
    clock: SettableClock,
    tmp_path_factory: pytest.TempPathFactory,
    timelines: list[Choices],
) -> None:
    clock.set(MONDAY + timedelta(days=60))

    def make_timelines(replay_partner: ReplayPartner) -> list[TicketTimeline]:
        return [
            random_timeline(replay_partner, MONDAY + timedelta(hours=place), each)
            for place, each in enumerate(timelines)
        ]

    assert await both_ways(runtime, network, tmp_path_factory.mktemp("log") / "log.csv", make_timelines) == []


def side_by_side(replay_partner: ReplayPartner) -> list[TicketTimeline]:
    """Two engineers at once, the second of them in vain; and a ticket that the desk solved remotely."""
    builder = TimelineBuilder(replay_partner, MONDAY)
    builder.triaged(5).assigned(10).worked((Accepted, 15), (Arrived, 40)).assigned(50, 1)
    builder.steps[-1] = replace(builder.steps[-1], beside=True)
    for kind, minutes in ((Accepted, 55), (Departed, 60), (Arrived, 80)):
        builder.steps.append(kind(at=builder.moment(minutes), by=builder.engineer(1), visit=2))
    builder.steps.append(
        Finished(
            at=builder.moment(110),
            by=builder.engineer(1),
            visit=2,
            work_done="搬机柜",
            work_minutes=30,
            travel_minutes=20,
        )
    )
    from_desk = TimelineBuilder(replay_partner, MONDAY + timedelta(hours=1)).triaged(4).resolved(20)
    from_desk.steps[-1] = replace(from_desk.steps[-1], by=from_desk.dispatcher, mode="remote")
    return [builder.resolved(150).timeline(), from_desk.timeline()]


async def test_engineers_side_by_side_and_the_desk_come_back(
    runtime: Runtime, network: Network, clock: SettableClock, tmp_path: Path
) -> None:
    clock.set(MONDAY + timedelta(days=60))
    assert await both_ways(runtime, network, tmp_path / "log.csv", side_by_side) == []


async def test_an_engineer_who_is_unknown_there_keeps_the_visit_by_name(
    runtime: Runtime, network: Network, clock: SettableClock, tmp_path: Path
) -> None:
    clock.set(MONDAY + timedelta(days=60))
    first = await ReplayPartner.make(network)
    await replayed(runtime, first, side_by_side(first))
    await export_tickets(runtime, tmp_path / "log.csv", tenant_slug=first.company.slug)
    there = await network.partner()
    await network.service_level(there)
    client = await network.client(there)
    known = await network.engineer(there, "张师傅")
    done = await import_tickets(
        runtime, tmp_path / "log.csv", mapping="yinghuo", tenant_slug=there.slug, client_code=client.code
    )
    assert done.counts["tickets_new"] == 2
    assert "rows_refused" not in done.counts
    async with runtime.units_of_work.begin(there.system) as work:
        rows = await work.session.scalars(select(Visit).order_by(Visit.id))
        visits = [
            (visit.engineer_id, visit.performed_by_name, visit.mode, visit.work_minutes, visit.outcome)
            for visit in rows
        ]
        findings = [row for outcome in await work.session.scalars(select(ImportOutcome.rows)) for row in outcome]
    assert visits == [
        (known.membership_id, "", "on_site", 25, "resolved"),
        (None, "黄师傅", "on_site", 30, "unresolved"),
        (None, first.company.dispatcher.display_name, "remote", 25, "resolved"),
    ]
    said = [finding for row in findings for finding in row[2] if finding[0] == "visit_by_name"]
    assert said == [["visit_by_name", {"name": "黄师傅"}]]


async def test_work_that_went_on_after_a_waiting_in_an_older_log_is_the_engineers_own(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    clock.set(MONDAY + timedelta(days=60))
    partner = await ReplayPartner.make(network)
    builder = TimelineBuilder(partner, MONDAY).triaged(5).assigned(10).worked((Accepted, 15), (Arrived, 40))
    timeline = builder.waited(60, 600).resolved(640, builder.engineer()).timeline()
    await replayed(runtime, partner, [timeline])
    async with runtime.units_of_work.begin(partner.company.system) as work:
        rows = await work.session.scalars(select(Visit).order_by(Visit.id))
        visits = [
            (visit.engineer_id, visit.planned, visit.mode, visit.work_minutes, visit.outcome, visit.work_done)
            for visit in rows
        ]
    engineer_id = partner.engineers[0].membership_id
    assert visits == [
        (engineer_id, True, "on_site", 20, "unresolved", "使用人外出"),
        (engineer_id, False, "on_site", 25, "resolved", "更换内存条并除尘"),
    ]
