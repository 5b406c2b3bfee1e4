"""Roll-ups that events keep are the roll-ups that a rebuild makes, whatever order the events come in."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.desk.tickets.models import Ticket
from app.platform.kernel.errors import NotFound
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from tenants.partner_metrics.commands import rebuild_quality
from tenants.partner_metrics.facts import FIGURE_NAMES, day_itself, month_of
from tenants.partner_metrics.rollups import record_ticket, record_tickets
from tests.conftest import START
from tests.factories.network import Network
from tests.partner_metrics.partner_scene import PartnerScene, PastTicket, Rows

pytestmark = pytest.mark.usefixtures("monday_morning")


ACTIONS = st.sampled_from(
    [
        "report",
        "report",
        "history",
        "triage",
        "resolve",
        "visit",
        "visit that settles it",
        "confirm",
        "reopen",
        "cancel",
        "rate",
        "wait a day",
        "wait a week",
        "some",
    ]
)
DEVICES = st.sampled_from([0, 0, 1, None])
HISTORY = st.lists(
    st.builds(
        PastTicket,
        hours_ago=st.integers(1, 60 * 24),
        took_hours=st.sampled_from([0, 1, 30, 400]),
        device=DEVICES,
        reopened=st.sampled_from([0, 0, 1]),
        rating=st.sampled_from([None, 5, 1]),
    ),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # each example is a story of transactions: shrinking takes an hour
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
async def test_any_deliveries_make_what_a_rebuild_makes(
    runtime: Runtime, network: Network, clock: SettableClock, data: st.DataObject
) -> None:
    """Reports, visits, re-openings, ratings, imports of the past; events in any order, late, doubled, or in between."""
    clock.set(START)
    partner = await PartnerScene.begin(runtime, network)
    await partner.report(0)
    for action in data.draw(st.lists(ACTIONS, min_size=4, max_size=16)):
        match action:
            case "report":
                await partner.report(data.draw(DEVICES))
            case "history":
                await partner.write_history(data.draw(HISTORY))
            case "wait a day" | "wait a week":
                clock.advance(timedelta(days=1 if action == "wait a day" else 7))
                await partner.sweep()
            case "some":
                for event in data.draw(st.lists(st.sampled_from(await partner.events()), max_size=4)):
                    await partner.deliver(event)
            case _:
                await partner.act(action, data.draw(st.sampled_from(partner.tickets)))
    everything = await partner.events()
    for event in [*data.draw(st.permutations(everything)), *data.draw(st.lists(st.sampled_from(everything)))]:
        await partner.deliver(event)

    facts, days, months = await partner.figures()
    assert _not_zero(days) == _not_zero(await partner.slow_count(day_itself))
    assert _not_zero(months) == _not_zero(await partner.slow_count(month_of))
    await partner.rebuild()
    assert await partner.figures() == (facts, days, months)
    await partner.forget()
    await partner.rebuild()
    assert await partner.figures() == (facts, days, months)


def _not_zero(rows: Rows) -> list[tuple[object, dict[str, int]]]:
    """Only what is not nought, so that a failure can be read."""
    return [
        (first, {name: figure for name, figure in zip(FIGURE_NAMES, figures, strict=True) if figure})
        for first, figures in sorted(rows.items(), key=str)
    ]


async def test_an_imported_ticket_makes_its_later_neighbours_repeat_faults(runtime: Runtime, network: Network) -> None:
    partner = await PartnerScene.begin(runtime, network)
    await partner.report(0)
    await partner.report(1)
    for event in await partner.events():
        await partner.deliver(event)
    assert await repeated(partner) == 0
    await partner.write_history([PastTicket(hours_ago=50, took_hours=2, device=0)])
    for event in await partner.events():
        await partner.deliver(event)
    assert await repeated(partner) == 1


async def repeated(partner: PartnerScene) -> int:
    (month,) = (await partner.months()).values()
    return month[FIGURE_NAMES.index("repeated")]


async def test_histories_recorded_at_the_same_moment_wait_for_each_other_and_not_crosswise(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    partner = await PartnerScene.begin(runtime, network)
    for day in range(4):
        await partner.write_history([PastTicket(hours_ago=24 * (12 - 3 * day), took_hours=5, device=day % 2)] * 2)
    tickets = [*partner.tickets]

    async def record(*ticket_ids: UUID) -> None:
        async with runtime.units_of_work.begin(partner.system) as work:
            await record_tickets(work, ticket_ids)

    await asyncio.gather(record(*tickets[::-1]), *(record(each) for each in tickets), record(*tickets[::2]))
    figures = await partner.figures()
    assert _not_zero(figures[1]) == _not_zero(await partner.slow_count(day_itself))
    await partner.rebuild()
    assert await partner.figures() == figures


async def test_a_ticket_costs_only_those_later_ones_of_its_device_whose_answer_may_change(
    runtime: Runtime, network: Network
) -> None:
    """However many there are: what moves is a resolution, and a fault repeats within thirty days after one."""
    partner = await PartnerScene.begin(runtime, network)
    await partner.write_history([PastTicket(hours_ago=24 * (100 - day), took_hours=0, device=0) for day in range(90)])
    first = partner.tickets[0]

    async def looked_at() -> int:
        async with runtime.units_of_work.begin(partner.system) as work:
            return await record_tickets(work, [first])

    async def resolve(at: timedelta | None) -> None:
        async with runtime.units_of_work.begin(partner.system) as work:
            ticket = await work.session.get_one(Ticket, (partner.company.id, first))
            ticket.resolved_at = None if at is None else ticket.reported_at + at

    async with runtime.units_of_work.begin(partner.system) as work:
        assert await record_tickets(work, partner.tickets) == 90
    assert await looked_at() == 1
    await resolve(timedelta(hours=1))
    assert await looked_at() == 1 + 30
    assert await repeated_in_all(partner) == 30
    assert await looked_at() == 1
    await resolve(timedelta(days=20, hours=1))
    assert await looked_at() == 1 + 50
    await resolve(None)
    assert await looked_at() == 1 + 30
    assert await repeated_in_all(partner) == 0


async def repeated_in_all(partner: PartnerScene) -> int:
    return sum(month[FIGURE_NAMES.index("repeated")] for month in (await partner.months()).values())


async def test_recording_the_same_ticket_again_changes_nothing(runtime: Runtime, network: Network) -> None:
    partner = await PartnerScene.begin(runtime, network)
    ticket_id = await partner.report()
    for _ in range(3):
        async with runtime.units_of_work.begin(partner.system) as work:
            await record_ticket(work, ticket_id)
    assert [row[0] for row in (await partner.months()).values()] == [1]


async def test_tickets_recorded_at_the_same_moment_are_all_counted(runtime: Runtime, network: Network) -> None:
    partner = await PartnerScene.begin(runtime, network)
    tickets = [await partner.report() for _ in range(6)]

    async def record(ticket_id: UUID) -> None:
        async with runtime.units_of_work.begin(partner.system) as work:
            await record_ticket(work, ticket_id)

    await asyncio.gather(*(record(ticket_id) for ticket_id in tickets * 3), partner.rebuild())
    assert [row[0] for row in (await partner.months()).values()] == [6]


async def test_a_late_promise_counts_as_breached_when_the_sweep_tells(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    partner = await PartnerScene.begin(runtime, network)
    await partner.report()
    clock.advance(timedelta(days=30))
    await partner.sweep()
    for event in await partner.events():
        await partner.deliver(event)
    (sums,) = (await partner.months()).values()
    told = dict(zip(FIGURE_NAMES, sums, strict=True))
    assert (told["response_breached"], told["arrival_breached"], told["resolution_breached"]) == (1, 1, 1)
    assert told["response_met"] == told["resolved"] == 0


async def test_the_command_rebuilds_one_partner_or_all(runtime: Runtime, network: Network) -> None:
    one, other = await PartnerScene.begin(runtime, network), await PartnerScene.begin(runtime, network)
    await one.report()
    assert await rebuild_quality(runtime, one.company.slug) == {one.company.slug: 1}
    done = await rebuild_quality(runtime)
    assert (done[one.company.slug], done[other.company.slug]) == (1, 0)
    with pytest.raises(NotFound):
        await rebuild_quality(runtime, "nobody-here")


async def test_a_ticket_of_nobody_is_refused(runtime: Runtime, network: Network) -> None:
    partner = await PartnerScene.begin(runtime, network)
    with pytest.raises(NotFound):
        async with runtime.units_of_work.begin(partner.system) as work:
            await record_ticket(work, new_id())
