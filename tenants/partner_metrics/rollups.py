"""Keeping the roll-ups: a ticket's fact is computed anew from the records, and the difference goes into its day and
month.

Nothing is counted up from what an event says, so duplicates, late arrivals and any order of deliveries do no harm.
Whether a ticket repeats an earlier fault depends on when the device's earlier tickets were resolved: each fact keeps
the resolution that the later ones were compared with, and when it has moved, those whose answer may have changed are
computed too, the ones reported within `REPEAT_WITHIN` after the old moment or the new one. Locks are taken in one
order, facts by ticket, then days, then months by date, so that no two of these wait for each other.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.desk.tickets.models import Ticket
from app.platform.kernel.errors import NotFound
from app.platform.kernel.performance import OnConflict, insert_rows
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.partner_metrics.fact_repository import (
    BATCH,
    Fact,
    batches,
    counts,
    locked_facts,
    locked_with_repeating,
    remember_resolutions,
    zone_of,
)
from tenants.partner_metrics.facts import FIGURE_NAMES, Figures, contribution, day_itself, day_of, differences, month_of
from tenants.partner_metrics.models import QualityDay, QualityFact, QualityRollup
from tenants.partner_metrics.ticket_queries import measured_tickets_of

_FACT = [getattr(QualityFact, name) for name in FIGURE_NAMES]
_GRAINS: tuple[tuple[type[QualityDay | QualityRollup], str, Callable[[date], date]], ...] = (
    (QualityDay, "day", day_itself),
    (QualityRollup, "month", month_of),
)
"""Table, the column of its first day, and how a day finds it; in the order in which they are locked."""


Change = tuple[date, Figures, date, Figures]
"""A fact's day and figures before and after."""


async def record_ticket(work: UnitOfWork, ticket_id: UUID) -> None:
    """Bring one ticket's fact and its sums up to date with the records, in the transaction of `work`.

    Raises:
        NotFound: the tenant has no such ticket.
    """
    if not await record_tickets(work, [ticket_id]):
        raise NotFound


async def record_tickets(work: UnitOfWork, ticket_ids: Collection[UUID]) -> int:
    """The same for many at once, of whatever age (a bulk import); how many facts were looked at, those of later tickets
    of the same devices included. Ids of no ticket are left out.

    Raises:
        FactContention: the same tickets were recorded by others again and again at the same moment.
    """
    moved, facts = await locked_with_repeating(work, ticket_ids)
    now_compared = {each.ticket_id: each.after for each in moved}
    changes: list[Change] = []
    for some in batches(facts):
        changes += await _bring_up_to_date(work, {ticket_id: facts[ticket_id] for ticket_id in some}, now_compared)
    for model, column, first_day_of in _GRAINS:
        await _add(work, model, column, differences(changes, first_day_of))
    return len(facts)


async def rebuild(work: UnitOfWork) -> int:
    """Compute every fact and every roll-up of the tenant anew; the number of tickets.

    Events may be recorded at the same time: what they change afterwards comes on top.
    """
    count, last = 0, None
    while ids := await _ids_after(work, last):
        await locked_facts(work, ids)
        await remember_resolutions(work, ids)
        count, last = count + len(ids), ids[-1]
    # Only now, when no resolution can move unseen any more: a later ticket may stand before an earlier one.
    last = None
    while ids := await _ids_after(work, last):
        await _bring_up_to_date(work, await locked_facts(work, ids), {})
        last = ids[-1]
    await _sum_up(work)
    return count


async def _ids_after(work: UnitOfWork, last: UUID | None) -> list[UUID]:
    statement = select(Ticket.id).order_by(Ticket.id).limit(BATCH)
    found = await work.session.scalars(statement if last is None else statement.where(Ticket.id > last))
    return list(found)


async def _bring_up_to_date(
    work: UnitOfWork, before: Mapping[UUID, Fact], now_compared: Mapping[UUID, datetime | None]
) -> list[Change]:
    """Write the facts as the records are now, and tell what changed.

    The records are read after the facts were locked: whoever comes later sees at least what was written here.
    `now_compared` are the resolutions with which later tickets are compared from now on, where that is another than
    before.
    """
    zone = await zone_of(work)
    found = await measured_tickets_of(work, before)
    after = {
        ticket_id: Fact(
            day_of(measured.reported_at, zone),
            contribution(measured),
            now_compared.get(ticket_id, before[ticket_id].resolved_at),
        )
        for ticket_id, measured in found.items()
    }
    changed = sorted(ticket_id for ticket_id in after if after[ticket_id] != before[ticket_id])
    rows = [
        {
            "id": ticket_id,
            "day": after[ticket_id].day,
            "resolved_at": after[ticket_id].resolved_at,
            **counts(after[ticket_id].figures),
        }
        for ticket_id in changed
    ]
    await insert_rows(work.session, QualityFact, rows, on_conflict=OnConflict.REPLACE)
    return [(before[each].day, before[each].figures, after[each].day, after[each].figures) for each in changed]


async def _add(
    work: UnitOfWork, model: type[QualityDay | QualityRollup], column: str, added: Mapping[date, Figures]
) -> None:
    """Add to these sums, in the order of time."""
    for first, figures in added.items():
        statement = insert(model).values(_row(work, column, first, figures))
        sums = {name: getattr(model, name) + statement.excluded[name] for name in FIGURE_NAMES}
        await work.session.execute(
            statement.on_conflict_do_update(index_elements=["tenant_id", column], set_={**sums, "updated_at": work.now})
        )


async def _sum_up(work: UnitOfWork) -> None:
    """Set every day and month to the sum of its facts.

    Each row is made and locked before the facts are read: an event that is being recorded has either shown its fact by
    then, or waits with its difference until this is done.
    """
    locked: dict[str, Sequence[date]] = {}
    for model, column, first_day_of in _GRAINS:
        days = await work.session.scalars(select(QualityFact.day).distinct())
        firsts = {first_day_of(day) for day in days}
        for some in batches(firsts):
            rows = [_row(work, column, first, Figures()) for first in some]
            await work.session.execute(insert(model).on_conflict_do_nothing(index_elements=["tenant_id", column]), rows)
        first_day = getattr(model, column)
        locked[column] = (await work.session.scalars(select(first_day).order_by(first_day).with_for_update())).all()
    sums = await work.session.execute(
        select(QualityFact.day, *(func.sum(column) for column in _FACT)).group_by(QualityFact.day)
    )
    by_day = {row[0]: Figures(*row[1:]) for row in sums}
    for model, column, first_day_of in _GRAINS:
        found: dict[date, Figures] = {}
        for day, figures in by_day.items():
            found[first_day_of(day)] = found.get(first_day_of(day), Figures()) + figures
        statement = insert(model)
        for some in batches(locked[column]):
            await work.session.execute(
                statement.on_conflict_do_update(
                    index_elements=["tenant_id", column],
                    set_={name: statement.excluded[name] for name in (*FIGURE_NAMES, "updated_at")},
                ),
                [_row(work, column, first, found.get(first, Figures())) for first in some],
            )


def _row(work: UnitOfWork, column: str, first: date, figures: Figures) -> dict[str, Any]:
    return {
        "tenant_id": work.tenant_id,
        "id": work.new_id(),
        column: first,
        "updated_at": work.now,
        **counts(figures),
    }
