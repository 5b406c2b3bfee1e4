"""Keeping the roll-ups: a ticket's fact is computed anew from the records, and the difference goes into its month.

Nothing is counted up from what an event says, so duplicates, late arrivals and any order of deliveries do no harm.
Locks are taken in one order, facts by ticket before months by date, so that no two of these wait for each other.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.kernel.errors import NotFound
from app.kernel.work import UnitOfWork
from app.tickets.models import Ticket
from tenants.models import TenantProfile
from tenants.network.facts import NAMES, Figures, contribution, day_of, differences, month_of
from tenants.network.models import QualityFact, QualityRollup
from tenants.network.records import courses

BATCH = 500
"""Tickets that a rebuild reads at a time."""
DEFAULT_ZONE = "Asia/Shanghai"

_FACT = [getattr(QualityFact, name) for name in NAMES]
_ROLLUP: dict[str, Any] = {name: getattr(QualityRollup, name) for name in NAMES}
_NOTHING: dict[str, int] = dict.fromkeys(NAMES, 0)


async def record_ticket(work: UnitOfWork, ticket_id: UUID) -> None:
    """Bring one ticket's fact and its month up to date with the records, in the transaction of `work`.

    Raises:
        NotFound: the tenant has no such ticket.
    """
    await record_tickets(work, [ticket_id])


async def record_tickets(work: UnitOfWork, ticket_ids: Collection[UUID]) -> None:
    """The same for some hundred tickets in one go.

    Raises:
        NotFound: the tenant has none of them.
    """
    changes = await _bring_up_to_date(work, ticket_ids)
    if not changes:
        raise NotFound
    await _add(work, differences(changes.values()))


async def rebuild(work: UnitOfWork) -> int:
    """Compute every fact and every roll-up of the tenant anew; the number of tickets.

    Events may be recorded at the same time: what they change afterwards comes on top.
    """
    count, last = 0, None
    while ids := await _ids_after(work, last):
        await _bring_up_to_date(work, ids)
        count, last = count + len(ids), ids[-1]
    await _sum_up(work)
    return count


async def _ids_after(work: UnitOfWork, last: UUID | None) -> list[UUID]:
    statement = select(Ticket.id).order_by(Ticket.id).limit(BATCH)
    found = await work.session.scalars(statement if last is None else statement.where(Ticket.id > last))
    return list(found)


async def _bring_up_to_date(
    work: UnitOfWork, ticket_ids: Collection[UUID]
) -> Mapping[UUID, tuple[date, Figures, date, Figures]]:
    """Ticket → its day and figures before and after. The facts stay locked until the transaction ends.

    The records are read after the lock: whoever comes later sees at least what was written here.
    """
    zone = await _zone(work)
    before = await _locked_facts(work, ticket_ids, zone)
    found = await courses(work.session, Ticket.id.in_(ticket_ids))
    changes = {
        ticket_id: (*before[ticket_id], day_of(course.reported_at, zone), contribution(course))
        for ticket_id, course in found.items()
        if ticket_id in before
    }
    rows = [
        {"tenant_id": work.tenant_id, "id": ticket_id, "day": day, **_counts(figures)}
        for ticket_id, (day_before, figures_before, day, figures) in sorted(changes.items())
        if (day_before, figures_before) != (day, figures)
    ]
    if rows:
        statement = insert(QualityFact)
        await work.session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "id"],
                set_={name: statement.excluded[name] for name in ("day", *NAMES)},
            ),
            rows,
        )
    return changes


async def _locked_facts(work: UnitOfWork, ticket_ids: Collection[UUID], zone: str) -> dict[UUID, tuple[date, Figures]]:
    """The facts as they stand, locked; a ticket that had none gets an empty one."""
    reported = await work.session.execute(
        select(Ticket.id, Ticket.reported_at).where(Ticket.id.in_(ticket_ids)).order_by(Ticket.id)
    )
    rows = [
        {"tenant_id": work.tenant_id, "id": ticket_id, "day": day_of(reported_at, zone), **_NOTHING}
        for ticket_id, reported_at in reported
    ]
    if rows:
        await work.session.execute(insert(QualityFact).on_conflict_do_nothing(), rows)
    found = await work.session.execute(
        select(QualityFact.id, QualityFact.day, *_FACT)
        .where(QualityFact.id.in_(ticket_ids))
        .order_by(QualityFact.id)
        .with_for_update()
    )
    return {row[0]: (row[1], Figures(**dict(zip(NAMES, row[2:], strict=True)))) for row in found}


async def _zone(work: UnitOfWork) -> str:
    return await work.session.scalar(select(TenantProfile.time_zone)) or DEFAULT_ZONE


async def _add(work: UnitOfWork, added: Mapping[date, Figures]) -> None:
    """Add to the sums of these months, in the order of time."""
    for month, figures in added.items():
        statement = insert(QualityRollup).values(_rollup(work, month, figures))
        sums = {name: column + statement.excluded[name] for name, column in _ROLLUP.items()}
        await work.session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "month"], set_={**sums, "updated_at": work.now}
            )
        )


async def _sum_up(work: UnitOfWork) -> None:
    """Set every month to the sum of its facts.

    Each month's row is made and locked before the facts are read: an event that is being recorded has either shown its
    fact by then, or waits with its difference until this is done.
    """
    month = func.date_trunc("month", QualityFact.day)
    days = await work.session.scalars(select(func.min(QualityFact.day)).group_by(month))
    for first in sorted({month_of(day) for day in days}):
        row = insert(QualityRollup).values(_rollup(work, first, Figures()))
        await work.session.execute(row.on_conflict_do_nothing(index_elements=["tenant_id", "month"]))
    locked = (
        await work.session.scalars(select(QualityRollup.month).order_by(QualityRollup.month).with_for_update())
    ).all()
    sums = await work.session.execute(
        select(func.min(QualityFact.day), *(func.sum(column) for column in _FACT)).group_by(month)
    )
    found = {month_of(row[0]): Figures(**dict(zip(NAMES, row[1:], strict=True))) for row in sums}
    for first in locked:
        await work.session.execute(
            update(QualityRollup)
            .where(QualityRollup.month == first)
            .values(updated_at=work.now, **_counts(found.get(first, Figures())))
            .execution_options(synchronize_session=False)
        )


def _rollup(work: UnitOfWork, month: date, figures: Figures) -> dict[str, Any]:
    return {
        "tenant_id": work.tenant_id,
        "id": work.new_id(),
        "month": month,
        "updated_at": work.now,
        **_counts(figures),
    }


def _counts(figures: Figures) -> dict[str, int]:
    return {name: getattr(figures, name) for name in NAMES}
