"""A past written in bulk is the past that the services would have made: the same days by both, row by row."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from asyncpg import ForeignKeyViolationError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.agreements.sla import (
    CALENDAR_TEMPLATES,
    POLICY_TEMPLATES,
    Impact,
    Urgency,
)
from app.agreements.sla.service_terms import ServiceTerms
from app.desk.tickets import Channel, MoveRefused, TicketCreate, TicketCreation, TicketState
from app.desk.tickets.errors import AlreadyRated, NothingToRate, TimelineOutOfOrder, TooLateToReopen
from app.desk.tickets.models import Ticket, TicketEvent
from app.desk.tickets.replay import Accepted, Arrived, Connected, Departed, Person, Replay, TicketTimeline, Triaged
from app.desk.tickets.replay.draft import TicketRows
from app.desk.tickets.replay.rows import rows_of
from app.platform.kernel.audit import AuditEntry
from app.platform.kernel.errors import DomainError, NotFound
from app.platform.kernel.ids import ids_in_sequence, new_id
from app.platform.kernel.outbox import DueEntry, OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.promises import WaitReason
from tenants.partner_metrics.commands import rebuild_quality
from tests.factories.network import Network
from tests.tickets.replay_comparison import (
    WRITTEN,
    ReplayPartner,
    ServiceRun,
    bring_figures_up_to_date,
    differences,
    records,
    replayed,
)
from tests.tickets.timelines import TimelineBuilder
from tests.tickets.two_weeks import END, MONDAY, strict, two_weeks

TERMS: dict[str, dict[str, Any]] = {
    "around_the_clock": {"template": "around_the_clock"},
    "stationed": {"template": "stationed_four_levels"},
    "strict": {"document": strict()},
}


@pytest.mark.slow(14, "two weeks, lived and imported")
@pytest.mark.parametrize("terms", TERMS)
async def test_two_weeks_written_are_the_two_weeks_lived(
    runtime: Runtime, network: Network, clock: SettableClock, terms: str
) -> None:
    clock.set(MONDAY - timedelta(days=1))
    lived, written = [await ReplayPartner.make(network, **TERMS[terms]) for _ in range(2)]
    await _both_ways(runtime, clock, (lived, two_weeks(lived)), (written, two_weeks(written)))
    assert {model.__tablename__ for model in WRITTEN} <= (await records(runtime, written)).keys()


async def _both_ways(
    runtime: Runtime,
    clock: SettableClock,
    lived: tuple[ReplayPartner, list[TicketTimeline]],
    written: tuple[ReplayPartner, list[TicketTimeline]],
) -> None:
    await ServiceRun(runtime, clock, lived[0]).live(lived[1], END)
    await replayed(runtime, *written)
    await rebuild_quality(runtime, lived[0].company.slug)
    assert differences(await records(runtime, lived[0]), await records(runtime, written[0])) == []


OFFICE_HOURS = ServiceTerms(
    new_id(),
    new_id(),
    next(each.policy for each in POLICY_TEMPLATES if each.code == "office_hours"),
    next(each.calendar for each in CALENDAR_TEMPLATES if each.code == "five_by_eight_lunch"),
)
GAPS = (0, 1, 7, 29, 30, 31, 90, 240, 700, 1_440, 4_000)
Choices = list[tuple[int, int]]


def random_timeline(replay_partner: ReplayPartner, begins: datetime, choices: Choices) -> TicketTimeline:
    """The legal course that a list of (minutes, choice) leads through, whatever the numbers are."""
    builder, minutes = TimelineBuilder(replay_partner, begins), 0.0
    for gap, choice in choices:
        last = builder.timeline().steps[-1:]
        # Nobody classifies twice in one instant; only logs to the minute say so, and there the last counts.
        minutes += 1 if gap == 0 and last and isinstance(last[0], Triaged) else gap
        if begins + timedelta(minutes=minutes) > END:
            break
        so_far = computed(builder.timeline(), until=begins + timedelta(minutes=minutes))
        if ways := _possible_steps(builder, minutes, so_far):
            ways[choice % len(ways)]()
    return builder.timeline()


def computed(timeline: TicketTimeline, *, until: datetime = END) -> TicketRows:
    return rows_of(timeline, OFFICE_HOURS, until=until, auto_close_days=3, new_id=ids_in_sequence(lambda _: 1))


def _possible_steps(builder: TimelineBuilder, at: float, rows: TicketRows) -> list[Any]:
    """What may happen next, as the lifecycle and the services have it."""
    state, ticket, dispatcher = (
        TicketState(rows.ticket["state"]),
        rows.ticket,
        Person.of(builder.replay_partner.company.dispatcher),
    )
    reopenable = ticket["closed_at"] is None or builder.moment(at) - ticket["closed_at"] <= timedelta(days=7)
    triages = [
        lambda: builder.triaged(at),
        lambda: builder.triaged(at, Impact.HIGH, Urgency.HIGH),
        lambda: builder.triaged(at, Impact.LOW, Urgency.LOW),
    ]
    assigns = [lambda: builder.assigned(at), lambda: builder.assigned(at, 1, "换人")]
    waits = [lambda reason=reason: builder.waited(at, None, reason) for reason in WaitReason]
    cancels = [lambda: builder.cancelled(at)]
    rates = [lambda: builder.rated(at, 4)] if ticket["rating"] is None else []
    reopens = [lambda: builder.reopened(at)] if reopenable else []
    engineers = [engineer.membership_id for engineer in builder.replay_partner.engineers]
    sent = engineers.index(ticket["engineer_id"]) if ticket["engineer_id"] else 0
    ways: dict[TicketState, list[Any]] = {
        TicketState.NEW: [*triages, *assigns, *cancels, lambda: builder.said(at)],
        TicketState.TRIAGED: [*triages, *assigns, *assigns, *waits, *cancels, lambda: builder.resolved(at, dispatcher)],
        TicketState.ASSIGNED: [
            *[lambda: builder.worked((Accepted, at), place=sent)] * 6,
            lambda: builder.declined(at, sent),
            lambda: builder.unassigned(at),
            *assigns,
            *waits,
            *triages,
            *cancels,
        ],
        TicketState.ACCEPTED: [
            lambda: builder.worked((Departed, at), place=sent),
            lambda: builder.worked((Arrived, at), place=sent),
            lambda: builder.worked((Connected, at), place=sent),
            *assigns,
            *waits,
        ],
        TicketState.EN_ROUTE: [
            lambda: builder.worked((Arrived, at), place=sent),
            lambda: builder.unassigned(at, "客户来电说好了"),
            *waits,
        ],
        TicketState.ON_SITE: [*[lambda: builder.resolved(at, builder.engineer(sent))] * 6, *waits, *triages],
        TicketState.REMOTE: [
            *[lambda: builder.resolved(at, builder.engineer(sent))] * 6,
            *waits,
            lambda: builder.noted(at),
        ],
        TicketState.WAITING: [*[lambda: builder.resumed(at)] * 6, *assigns, *triages, *cancels],
        TicketState.RESOLVED: [lambda: builder.confirmed(at), *rates, *reopens, lambda: builder.said(at)],
        TicketState.CLOSED: [*rates, *reopens],
        TicketState.REOPENED: [*triages, *assigns, *cancels],
        TicketState.CANCELLED: [lambda: builder.noted(at)],
    }
    return ways[state]


@pytest.mark.slow(13, "weeks, lived and imported")
@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.generate],  # making a failure smaller would live through it hundreds of times
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(GAPS), st.integers(0, 30)), min_size=6, max_size=14),
        min_size=5,
        max_size=8,
    )
)
async def test_any_legal_courses_written_are_those_lived(
    runtime: Runtime, network: Network, clock: SettableClock, timelines: list[Choices]
) -> None:
    clock.set(MONDAY - timedelta(days=1))
    lived, written = [await ReplayPartner.make(network) for _ in range(2)]

    def timelines_of(replay_partner: ReplayPartner) -> list[TicketTimeline]:
        return [
            random_timeline(replay_partner, MONDAY + timedelta(hours=place), each)
            for place, each in enumerate(timelines)
        ]

    await _both_ways(runtime, clock, (lived, timelines_of(lived)), (written, timelines_of(written)))


@pytest.fixture(scope="module")
async def replay_partner(network: Network) -> ReplayPartner:
    return await ReplayPartner.make(network)


@pytest.fixture
def builder(replay_partner: ReplayPartner, clock: SettableClock) -> TimelineBuilder:
    clock.set(END)
    return TimelineBuilder(replay_partner, MONDAY)


def _impossible(builder: TimelineBuilder, name: str) -> TimelineBuilder:
    engineer, day = builder.engineer(), 1_440.0
    match name:
        case "arrives before anybody was sent":
            return builder.worked((Arrived, 5))
        case "solved while nobody has begun":
            return builder.assigned(5).resolved(9)
        case "a step before the one before":
            return builder.triaged(5).cancelled(4)
        case "a step in the future":
            return builder.triaged(17 * day)
        case "too late to come back":
            return builder.triaged(1).resolved(2, engineer).confirmed(3).reopened(9 * day)
        case "rated before anything was done":
            return builder.triaged(1).rated(2, 5)
        case "rated twice":
            return builder.triaged(1).resolved(2, engineer).rated(3, 5).rated(4, 4)
        case _:
            return builder.triaged(1).resolved(2, engineer).closed(3)


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("arrives before anybody was sent", MoveRefused),
        ("solved while nobody has begun", MoveRefused),
        ("a step before the one before", TimelineOutOfOrder),
        ("a step in the future", TimelineOutOfOrder),
        ("too late to come back", TooLateToReopen),
        ("rated before anything was done", NothingToRate),
        ("rated twice", AlreadyRated),
        ("closed by another system's rule while ours watches", MoveRefused),
    ],
)
async def test_a_course_that_the_services_would_refuse_is_refused(
    runtime: Runtime, builder: TimelineBuilder, name: str, refusal: type[DomainError]
) -> None:
    timelines = [builder.timeline(steps=()), _impossible(builder, name).timeline()]
    with pytest.raises(refusal):
        await replayed(runtime, builder.replay_partner, timelines)


async def test_of_a_past_from_elsewhere_nobody_is_reminded_and_only_its_own_step_closes_it(
    runtime: Runtime, builder: TimelineBuilder
) -> None:
    waits = builder.triaged(5).resolved(60, builder.dispatcher).timeline(auto_close=False)
    closed = builder.closed(200).timeline(auto_close=False, external_number="INC0000045")
    async with runtime.units_of_work.begin(builder.replay_partner.company.system) as work:
        first, second = await Replay(work).write([waits, closed])
        tickets = {
            row.id: (row.state, row.confirmed_by)
            for row in await work.session.scalars(select(Ticket).where(Ticket.id.in_([first.id, second.id])))
        }
        due = await work.session.scalars(select(DueEntry).where(DueEntry.subject_id.in_(tickets)))
        lines = await work.session.scalars(select(TicketEvent).where(TicketEvent.ticket_id == second.id))
        assert tickets == {first.id: ("resolved", ""), second.id: ("closed", "silence")}
        assert due.all() == []
        assert {"channel": "employee", "external_number": "INC0000045"} in [line.details for line in lines]


async def test_numbers_go_on_where_the_day_stands(
    runtime: Runtime, builder: TimelineBuilder, clock: SettableClock
) -> None:
    async def live() -> str:
        async with runtime.units_of_work.begin(builder.replay_partner.reporter) as work:
            fault = TicketCreate(subject="上不了网", device_id=builder.replay_partner.device_id)
            return (await TicketCreation(work).create(fault, Channel.EMPLOYEE)).number

    before = await live()
    today = [
        TimelineBuilder(builder.replay_partner, END - timedelta(minutes=minutes)).timeline() for minutes in (5, 9, 2)
    ]
    async with runtime.units_of_work.begin(builder.replay_partner.company.system) as work:
        written = [ticket.number for ticket in await Replay(work).write(today)]
    after = await live()
    order = [before, written[1], written[0], written[2], after]
    first = int(before.rsplit("-", 1)[1])
    assert order == [f"FW-20261014-{number:04d}" for number in range(first, first + 5)]


async def test_nobody_is_told_of_a_past_and_the_audit_trail_says_who_brought_it(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    clock.set(END)
    replay_partner = await ReplayPartner.make(network)
    async with runtime.units_of_work.begin(replay_partner.company.owner) as work:
        await Replay(work).write(two_weeks(replay_partner))
    async with runtime.units_of_work.begin(replay_partner.company.system) as work:
        assert list(await work.session.scalars(select(OutboxEvent.topic))) == ["ticket.imported"]
        entries = (await work.session.scalars(select(AuditEntry))).all()
        entries_seen = [(entry.action, entry.membership_id, entry.details) for entry in entries]
    assert entries_seen == [("ticket.imported", replay_partner.company.owner.membership_id, {"tickets": 20})]


async def test_figures_stay_right_when_the_batch_is_told_twice(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    clock.set(END)
    replay_partner = await ReplayPartner.make(network)
    await replayed(runtime, replay_partner, two_weeks(replay_partner))
    before = await records(runtime, replay_partner)
    await bring_figures_up_to_date(runtime, replay_partner.company.id)
    await rebuild_quality(runtime, replay_partner.company.slug)
    assert differences(before, await records(runtime, replay_partner)) == []


async def test_another_partners_client_is_not_found_and_another_clients_device_refused(
    runtime: Runtime, network: Network, builder: TimelineBuilder
) -> None:
    stranger = await ReplayPartner.make(network)
    neighbour = await network.client(builder.replay_partner.company)
    with pytest.raises(NotFound):
        await replayed(runtime, builder.replay_partner, [builder.timeline(client_id=stranger.client.id)])
    with pytest.raises(ForeignKeyViolationError):
        await replayed(runtime, builder.replay_partner, [builder.timeline(client_id=neighbour.id)])
