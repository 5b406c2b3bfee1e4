"""What we wrote ourselves comes back as it was: random legal courses, exported, and brought to another partner."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.data_exchange.ticket_import.commands import export_history, import_history
from app.desk.tickets.replay import TicketTimeline
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
from tests.tickets.test_replay import GAPS, MONDAY, Choices, random_timeline, two_weeks

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
    await export_history(runtime, log, tenant_slug=first.company.slug)
    done = await import_history(
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
    derandomize=True,
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
