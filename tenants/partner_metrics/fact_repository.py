"""The facts of tickets as rows: found, locked in one order, and compared with the tickets that they may repeat."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, DateTime, Uuid, and_, any_, bindparam, column, func, select, update

from app.desk.tickets.models import Ticket
from app.platform.kernel.performance import OnConflict, PreparedStatement, insert_rows
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.models import TenantProfile
from tenants.partner_metrics.facts import FIGURE_NAMES, REPEAT_WITHIN, Figures, day_of
from tenants.partner_metrics.models import QualityFact

BATCH = 500
"""Tickets that are read at a time."""

_TRIES = 10


class FactContention(Exception):
    """Other transactions have recorded the same tickets again and again since this one began to."""


class MovedResolution(msgspec.Struct, frozen=True):
    """A ticket whose resolution was `before` when its device's later tickets were compared with it, and is `after`."""

    ticket_id: UUID
    device_id: UUID
    reported_at: datetime
    before: datetime | None
    after: datetime | None


class Fact(msgspec.Struct, frozen=True):
    """A ticket's fact as it stands."""

    day: date
    figures: Figures
    resolved_at: datetime | None


_IDS = bindparam("ids", type_=ARRAY(Uuid(as_uuid=True)))
_RESOLUTIONS = PreparedStatement(
    select(Ticket.id, Ticket.device_id, Ticket.reported_at, QualityFact.resolved_at, Ticket.resolved_at)
    .outerjoin(QualityFact, and_(QualityFact.tenant_id == Ticket.tenant_id, QualityFact.id == Ticket.id))
    .where(
        Ticket.tenant_id == bindparam("tenant_id"),
        Ticket.id == any_(_IDS),
        Ticket.device_id.is_not(None),
        Ticket.resolved_at.is_distinct_from(QualityFact.resolved_at),
    )
)
_moments = ARRAY(DateTime(timezone=True))
_windows = (
    func.unnest(
        bindparam("devices", type_=ARRAY(Uuid(as_uuid=True))),
        bindparam("after", type_=_moments),
        bindparam("begins", type_=_moments),
        bindparam("ends", type_=_moments),
    )
    .table_valued(
        column("device_id", Uuid(as_uuid=True)),
        column("after", DateTime(timezone=True)),
        column("begins", DateTime(timezone=True)),
        column("ends", DateTime(timezone=True)),
        name="compared",
    )
    .render_derived()
)
_REPEATING = PreparedStatement(
    select(Ticket.id)
    .join(
        _windows,
        and_(
            Ticket.device_id == _windows.c.device_id,
            Ticket.reported_at > _windows.c.after,
            Ticket.reported_at >= _windows.c.begins,
            Ticket.reported_at < _windows.c.ends,
        ),
    )
    .where(Ticket.tenant_id == bindparam("tenant_id"))
)
_REMEMBER = PreparedStatement(
    update(QualityFact)
    .where(QualityFact.tenant_id == bindparam("tenant_id"), QualityFact.id == any_(_IDS))
    .values(resolved_at=bindparam("resolved_at"))
    .returning(QualityFact.id)
)
_REPORTED = PreparedStatement(
    select(Ticket.id, Ticket.reported_at)
    .where(Ticket.tenant_id == bindparam("tenant_id"), Ticket.id == any_(_IDS))
    .order_by(Ticket.id)
)
_LOCKED = PreparedStatement(
    select(
        QualityFact.id, QualityFact.day, QualityFact.resolved_at, *(getattr(QualityFact, name) for name in FIGURE_NAMES)
    )
    .where(QualityFact.tenant_id == bindparam("tenant_id"), QualityFact.id == any_(_IDS))
    .order_by(QualityFact.id)
    .with_for_update()
)
_ZONE = PreparedStatement(select(TenantProfile.time_zone).where(TenantProfile.tenant_id == bindparam("tenant_id")))


Orderable = TypeVar("Orderable", UUID, date)


async def locked_with_repeating(
    work: UnitOfWork, ticket_ids: Collection[UUID]
) -> tuple[list[MovedResolution], dict[UUID, Fact]]:
    """What moved, and the locked facts of the tickets and of those that may repeat them.

    Which these are is asked before they are locked, because locks are taken in one order. Where another transaction
    has compared one of the tickets in between, the locks are given back and it is asked once more.
    """
    for _ in range(_TRIES):
        tried = await work.session.begin_nested()
        moved = await _moved_resolutions(work, ticket_ids)
        facts = await locked_facts(work, {*ticket_ids, *await _repeating(work, moved)})
        if all(facts[each.ticket_id].resolved_at == each.before for each in moved):
            await tried.commit()
            return moved, facts
        await tried.rollback()
    raise FactContention


async def _moved_resolutions(work: UnitOfWork, ticket_ids: Collection[UUID]) -> list[MovedResolution]:
    """Those of the tickets on devices whose resolution is not the one that later tickets were compared with."""
    found: list[MovedResolution] = []
    for some in batches(ticket_ids):
        rows = await _RESOLUTIONS.all(work.session, tenant_id=work.tenant_id, ids=some)
        found += [MovedResolution(*row) for row in rows]
    return found


async def _repeating(work: UnitOfWork, moved: Sequence[MovedResolution]) -> set[UUID]:
    """Later tickets of the same devices whose answer depends on what moved."""
    windows = [(each, at) for each in moved for at in (each.before, each.after) if at is not None]
    found: set[UUID] = set()
    for start in range(0, len(windows), BATCH):
        some = windows[start : start + BATCH]
        rows = await _REPEATING.all(
            work.session,
            tenant_id=work.tenant_id,
            devices=[each.device_id for each, _ in some],
            after=[each.reported_at for each, _ in some],
            begins=[at for _, at in some],
            ends=[at + REPEAT_WITHIN for _, at in some],
        )
        found.update(row[0] for row in rows)
    return found


async def remember_resolutions(work: UnitOfWork, ticket_ids: Sequence[UUID]) -> None:
    """Take the tickets' resolutions as those that all later tickets are compared with."""
    rows = await work.session.execute(select(Ticket.id, Ticket.resolved_at).where(Ticket.id.in_(ticket_ids)))
    by_moment: defaultdict[datetime | None, list[UUID]] = defaultdict(list)
    for ticket_id, resolved_at in rows:
        by_moment[resolved_at].append(ticket_id)
    for resolved_at, of_moment in by_moment.items():
        await _REMEMBER.all(work.session, tenant_id=work.tenant_id, ids=of_moment, resolved_at=resolved_at)


async def locked_facts(work: UnitOfWork, ticket_ids: Iterable[UUID]) -> dict[UUID, Fact]:
    """The facts as they stand, locked in the order of their ids until the transaction ends; a ticket that had none gets
    an empty one."""
    zone = await zone_of(work)
    found: dict[UUID, Fact] = {}
    for some in batches(ticket_ids):
        reported = await _REPORTED.all(work.session, tenant_id=work.tenant_id, ids=some)
        rows = [
            {"id": ticket_id, "day": day_of(reported_at, zone), **counts(Figures())}
            for ticket_id, reported_at in reported
        ]
        await insert_rows(work.session, QualityFact, rows, on_conflict=OnConflict.KEEP)
        locked = await _LOCKED.all(work.session, tenant_id=work.tenant_id, ids=some)
        found |= {row[0]: Fact(row[1], Figures(*row[3:]), row[2]) for row in locked}
    return found


async def zone_of(work: UnitOfWork) -> str:
    row = await _ZONE.first(work.session, tenant_id=work.tenant_id)
    return PLATFORM_ZONE.key if row is None else row[0] or PLATFORM_ZONE.key


def counts(figures: Figures) -> dict[str, int]:
    return {name: getattr(figures, name) for name in FIGURE_NAMES}


def batches(items: Iterable[Orderable]) -> Iterator[Sequence[Orderable]]:
    """`BATCH` at a time, in order."""
    ordered = sorted(items)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]
