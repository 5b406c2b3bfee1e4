"""Stored clocks: rows become values, values change, the difference is written; the sweep's check.

One way for every family of clock tables; a family says by its subclass what its clocks run by, and what is told when
one is late or reaches a threshold.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.platform.kernel.outbox import DueEntry, DueKind
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises.clock import Clock, Interval, Target, WaitReason
from app.platform.promises.clocks import PromisedClock, Terms, Threshold, next_check
from app.platform.promises.models import ClockRow, IntervalRow, ReachedRow

Record = TypeVar("Record", bound=ClockRow)
Intervals = TypeVar("Intervals", bound=IntervalRow)


class ClockTables(NamedTuple, Generic[Record]):
    """A family of clock tables, and the kind of due work that checks its clocks."""

    clock: type[Record]
    interval: type[IntervalRow]
    reached: type[ReachedRow]
    due: DueKind


class StoredClock(PromisedClock, Generic[Record]):
    """A clock with its row, and the value that the row stands for."""

    __slots__ = ("record", "stored")

    def __init__(self, record: Record, clock: Clock, terms: Terms) -> None:
        super().__init__(record.kind, clock, terms)
        self.record, self.stored = record, clock


class ClockLedger(ABC, Generic[Record]):
    """The stored clocks of one family of tables, inside one unit of work in the tenant's scope."""

    def __init__(self, work: UnitOfWork, tables: ClockTables[Record]) -> None:
        self.work = work
        self.tables = tables

    @abstractmethod
    async def terms_of(self, record: Record) -> Terms:
        """What the clock runs by."""

    @abstractmethod
    def tell_threshold(self, record: Record, threshold: Threshold, moment: datetime) -> None:
        """Record a threshold that was reached at `moment`, and publish what follows."""

    def tell_breach(self, record: Record) -> None:
        """Publish what follows when a clock turns late."""

    async def locked(self, condition: ColumnElement[bool]) -> Sequence[Record]:
        """The rows, locked until the transaction ends; in the order of their ids, so that two never wait for each other
        crosswise."""
        table = self.tables.clock
        found = await self.work.session.scalars(select(table).where(condition).order_by(table.id).with_for_update())
        return found.all()

    async def read(self, condition: ColumnElement[bool]) -> list[StoredClock[Record]]:
        """Some clocks without locks, for reading; the shortest target first."""
        table = self.tables.clock
        statement = select(table).where(condition).order_by(table.target_seconds, table.kind)
        return await self.load((await self.work.session.scalars(statement)).all())

    async def load(self, records: Sequence[Record]) -> list[StoredClock[Record]]:
        """The clocks that the rows stand for."""
        closed = await closed_intervals(self.work.session, self.tables.interval, [record.id for record in records])
        found = []
        for record in records:
            terms = await self.terms_of(record)
            found.append(StoredClock(record, clock_of(record, closed[record.id], terms.target), terms))
        return found

    async def save(self, changed: Sequence[StoredClock[Record]]) -> None:
        """Write the changed clocks and when each is checked next."""
        if not changed:
            return
        for each in changed:
            self._write(each)
        await self._reschedule(changed, await self._reached([each.record.id for each in changed]))

    async def check(self, clock_ids: Sequence[UUID]) -> None:
        """Record breaches and thresholds that have come by now, once each, and set the next check."""
        clocks = await self.load(await self.locked(self.tables.clock.id.in_(clock_ids)))
        reached = await self._reached([each.record.id for each in clocks])
        for each in clocks:
            new = list(each.newly_reached(self.work.now, reached[each.record.id]))
            if each.clock is not each.stored:
                self._write(each)
            for threshold, moment in new:
                self.tell_threshold(each.record, threshold, moment)
        await self._reschedule(clocks, reached)

    def _write(self, each: StoredClock[Record]) -> None:
        before, after, row = each.stored, each.clock, each.record
        rings: Any = row
        closed_before = sum(1 for interval in before.ledger if interval.ended_at is not None)
        for sequence, interval in enumerate(after.ledger):
            if interval.ended_at is None or sequence < closed_before:
                continue
            self.work.session.add(
                self.tables.interval(
                    tenant_id=row.tenant_id,
                    id=self.work.new_id(),
                    client_id=rings.client_id,
                    reporter_id=rings.reporter_id,
                    clock_id=row.id,
                    sequence=sequence,
                    started_at=interval.started_at,
                    ended_at=interval.ended_at,
                    waiting_for=interval.waiting_for,
                    seconds=interval.seconds,
                )
            )
        if after.breached_at is not None and before.breached_at is None:
            self.tell_breach(row)
        write_columns(row, after)
        each.stored = after

    async def _reached(self, clock_ids: Sequence[UUID]) -> dict[UUID, set[str]]:
        """The thresholds that each clock has already reached."""
        table = self.tables.reached
        found: dict[UUID, set[str]] = {clock_id: set() for clock_id in clock_ids}
        for clock_id, step in await self.work.session.execute(
            select(table.clock_id, table.step).where(table.clock_id.in_(clock_ids))
        ):
            found[clock_id].add(step)
        return found

    async def _reschedule(self, clocks: Iterable[StoredClock[Record]], reached: Mapping[UUID, set[str]]) -> None:
        """Set each clock's next check; one with nothing to come leaves the queue."""
        entries, finished = [], []
        for each in clocks:
            clock_id = each.record.id
            moment = next_check(each.clock, each.terms.thresholds, reached[clock_id])
            if moment is None:
                finished.append(clock_id)
            else:
                entries.append(
                    {
                        "tenant_id": self.work.tenant_id,
                        "id": self.work.new_id(),
                        "kind": self.tables.due,
                        "subject_id": clock_id,
                        "due_at": moment,
                    }
                )
        await self.work.session.flush()
        if finished:
            await self.work.session.execute(
                delete(DueEntry).where(DueEntry.kind == self.tables.due, DueEntry.subject_id.in_(finished))
            )
        if entries:
            statement = insert(DueEntry).values(entries)
            await self.work.session.execute(
                statement.on_conflict_do_update(
                    index_elements=[DueEntry.tenant_id, DueEntry.kind, DueEntry.subject_id],
                    set_={"due_at": statement.excluded.due_at},
                )
            )


async def closed_intervals(
    session: AsyncSession, table: type[Intervals], clock_ids: Sequence[UUID]
) -> dict[UUID, list[Intervals]]:
    """The closed intervals of some clocks, in order."""
    rows = await session.scalars(select(table).where(table.clock_id.in_(clock_ids)).order_by(table.sequence))
    found: dict[UUID, list[Intervals]] = {clock_id: [] for clock_id in clock_ids}
    for row in rows:
        found[row.clock_id].append(row)
    return found


def clock_of(record: ClockRow, closed: Sequence[IntervalRow], target: Target) -> Clock:
    """The value that a row and its closed intervals stand for."""
    ledger = [
        Interval(
            started_at=interval.started_at,
            waiting_for=WaitReason(interval.waiting_for) if interval.waiting_for else None,
            ended_at=interval.ended_at,
            seconds=interval.seconds,
        )
        for interval in closed
    ]
    if record.interval_started_at is not None:
        waiting_for = WaitReason(record.waiting_for) if record.waiting_for else None
        ledger.append(Interval(record.interval_started_at, waiting_for))
    return Clock(
        target=target,
        ledger=tuple(ledger),
        stopped_at=record.stopped_at,
        cancelled_at=record.cancelled_at,
        breached_at=record.breached_at,
    )


def clock_columns(clock: Clock) -> dict[str, Any]:
    """What `ClockRow` keeps of the value; closed intervals stand in `IntervalRow`."""
    last = clock.ledger[-1]
    is_open = last.ended_at is None
    return {
        "state": clock.state,
        "target_seconds": clock.target.seconds,
        "counted_seconds": clock.counted_seconds,
        "interval_started_at": last.started_at if is_open else None,
        "waiting_for": last.waiting_for if is_open else None,
        "due_at": clock.due_at,
        "stopped_at": clock.stopped_at,
        "cancelled_at": clock.cancelled_at,
        "breached_at": clock.breached_at,
    }


def write_columns(record: ClockRow, clock: Clock) -> None:
    """Write the value into its row."""
    for name, value in clock_columns(clock).items():
        setattr(record, name, value)
