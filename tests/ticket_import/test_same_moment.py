"""Many things happen in the same minute of another system's log, and what came later in it stands later here."""

from zlib import crc32

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.data_exchange.ticket_import.commands import export_tickets, import_tickets
from app.desk.tickets import TicketQueries
from app.desk.tickets.models import Ticket
from app.platform.kernel.ids import ids_in_sequence, new_id, seeded_ids
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from tests.ticket_import.conftest import ImportingPartner, log_of
from tests.ticket_import.test_import import story

STATES = ("Active", "Awaiting User", "Awaiting Vendor", "Resolved", "Closed")
BULK = 700
"""Tickets that are brought along: more than 4,096 ids in all."""


def test_ids_of_a_moment_keep_their_order_beyond_any_number(clock: SettableClock) -> None:
    id_at = ids_in_sequence(lambda bits: (1 << bits) - 1)
    makers = {
        "the past": lambda: id_at(clock.now()),
        "the demo": seeded_ids(7, clock),
        "now": new_id,
    }
    for maker, make in makers.items():
        ids = [make() for _ in range(10_000)]
        assert ids == sorted(ids), f"{maker}: sorted by (time, id), records of one moment change places"


async def timeline(runtime: Runtime, importer: ImportingPartner, number: str) -> list[tuple[str, str]]:
    """Kind and state or words of every line of the ticket, as its page shows them."""
    async with runtime.units_of_work.begin(importer.partner.dispatcher) as work:
        ticket_id = await work.session.scalar(select(Ticket.id).where(Ticket.subject == number))
        assert ticket_id is not None
        ticket = await TicketQueries(work).ticket(ticket_id)
    return [(line.kind, line.state or line.text) for line in ticket.timeline]


def rows_of(number: str, course: list[tuple[int, str]]) -> list[dict[str, str]]:
    minutes, told = 0, [("09:00", "New")]
    for gap, state in course:
        minutes += gap
        told.append((f"{9 + minutes // 60:02d}:{minutes % 60:02d}", state))
    every = {"what": number, "group": "Group 1", "caller": "?"}
    return [
        {**row, "by": f"Desk {place}", "impact": "high" if place % 2 else "low", "urgency": "low"}
        for place, row in enumerate(story(number, *told, **every))
    ]


@pytest.mark.slow(18, "several logs, each imported twice")
@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.tuples(
            st.lists(st.tuples(st.sampled_from((0, 0, 0, 5)), st.sampled_from(STATES)), min_size=2, max_size=9),
            st.integers(1, 9),
        ),
        min_size=4,
        max_size=6,
    )
)
async def test_a_log_in_two_pieces_is_the_log_in_one(
    runtime: Runtime,
    importer: ImportingPartner,
    tmp_path_factory: pytest.TempPathFactory,
    stories: list[tuple[list[tuple[int, str]], int]],
) -> None:
    """Cut anywhere, also inside a minute, among thousands of others: the same lines in the same order; and what is
    exported then can be imported again."""
    name = f"{crc32(str(stories).encode()):x}"
    logs = {f"{name}-{place}": rows_of(f"{name}-{place}", course) for place, (course, _) in enumerate(stories)}
    cuts = {f"{name}-{place}": cut for place, (_, cut) in enumerate(stories)}
    others = [row for place in range(BULK) for row in rows_of(f"{name}-x{place}", [(0, "Active"), (0, "Resolved")])]
    await importer.import_log(log_of(*(row for number, rows in logs.items() for row in rows[: cuts[number]]), *others))
    done = await importer.import_log(log_of(*others, *(row for rows in logs.values() for row in rows)))
    assert "tickets_refused" not in done.counts, done.counts
    in_two = {number: await timeline(runtime, importer, number) for number in logs}

    other, client = await importer.neighbour()
    await importer.import_log(
        log_of(*(row for rows in logs.values() for row in rows)), tenant_slug=other.slug, client_code=client.code
    )
    whole = ImportingPartner(other, client, importer.device_id, importer.import_log, importer.codes, importer.neighbour)
    for number in logs:
        assert in_two[number] == await timeline(runtime, whole, number)

    log = tmp_path_factory.mktemp("log") / "log.csv"
    await export_tickets(runtime, log, tenant_slug=other.slug)
    third, client = await importer.neighbour()
    again = await import_tickets(runtime, log, mapping="yinghuo", tenant_slug=third.slug, client_code=client.code)
    assert again.counts == {"tickets_new": len(logs), "rows_taken": again.counts["rows_taken"]}
