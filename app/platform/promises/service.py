"""Promises on records of any kind: start, pause, resume, meet, cancel, other terms, and how they stand."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, cast
from uuid import UUID

import msgspec
from sqlalchemy import and_, select

from app.platform.kernel.columns import columns_of
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises.calendar import ServiceCalendar
from app.platform.promises.clock import Clock, Target, WaitReason
from app.platform.promises.clocks import (
    PendingTargets,
    Terms,
    Threshold,
    cancel_clocks,
    change_terms,
    meet_clocks,
    newly_promised,
    pause_clocks,
    reopen_clocks,
    resume_clocks,
)
from app.platform.promises.events import ThresholdReached
from app.platform.promises.ledger import ClockLedger, ClockTables, StoredClock, write_columns
from app.platform.promises.models import IntervalRow, PromiseInterval, PromiseRecord, PromiseThreshold
from app.platform.promises.views import ClockColumns, ClockPause, ClockView, clock_view

_TABLES: Final = ClockTables(PromiseRecord, PromiseInterval, PromiseThreshold, DueKind.PROMISE)


class Subject(NamedTuple):
    """The record that promises are about, by the kind that its area declares, and the rings that may read it."""

    kind: str
    id: UUID
    client_id: UUID | None = None
    reporter_id: UUID | None = None


class Reminder(Threshold, frozen=True):
    """A threshold, and whom it reaches: a word that the area's audience understands (`handler`, `manager`)."""

    tells: str
    by_email: bool = False

    @property
    def name(self) -> str:
        """`50%/handler`, `1800s/manager`."""
        return f"{super().name}/{self.tells}"


class PromiseTerms(msgspec.Struct, frozen=True):
    """What is promised: seconds of a calendar, or of elapsed time; who is reminded, and what it stands still for.

    The promise keeps these terms until others are given.
    """

    seconds: int
    calendar: ServiceCalendar | None = None
    reminders: tuple[Reminder, ...] = ()
    pauses: tuple[WaitReason, ...] = ()

    @property
    def of_clock(self) -> Terms:
        """What the clock runs by."""
        return Terms(Target(self.seconds, self.calendar), self.reminders, frozenset(self.pauses))


class PromiseService(ClockLedger[PromiseRecord]):
    """The promises of records, inside one unit of work in the tenant's scope.

    Whoever changes a record's promises holds the record's own lock, so that two never start or end one at once.
    Everything happens at `work.now`. Targets are named by what areas declare as `promised_targets`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        super().__init__(work, _TABLES)

    async def start(
        self, subject: Subject, promised: Mapping[str, PromiseTerms], waiting_for: WaitReason | None = None
    ) -> None:
        """Begin to measure these targets; one that was promised before keeps its clock."""
        known = [each.kind for each in await self._clocks(subject)]
        await self.save(self._begin(subject, promised, known, PendingTargets(frozenset(promised), waiting_for)))

    async def meet(self, subject: Subject, *targets: str) -> None:
        """What was promised is done."""
        await self.save(meet_clocks(await self._clocks(subject), targets, self.work.now))

    async def pause(self, subject: Subject, reason: WaitReason) -> None:
        """The record waits: clocks whose terms say so stand still, the others run on."""
        await self.save(pause_clocks(await self._clocks(subject), reason, self.work.now))

    async def resume(self, subject: Subject) -> None:
        """The record no longer waits."""
        await self.save(resume_clocks(await self._clocks(subject), self.work.now))

    async def reopen(self, subject: Subject, *targets: str) -> None:
        """What was done is to be done again; the time in between does not count."""
        await self.save(reopen_clocks(await self._clocks(subject), targets, self.work.now))

    async def cancel(self, subject: Subject) -> None:
        """Nothing is promised any more; a breach so far stays one."""
        await self.save(cancel_clocks(await self._clocks(subject), self.work.now))

    async def change_terms(
        self,
        subject: Subject,
        promised: Mapping[str, PromiseTerms],
        pending: PendingTargets,
        *,
        from_the_beginning: bool = False,
    ) -> None:
        """Other terms from now on, keeping what has elapsed; or as if they had held all along.

        A target that `promised` lacks is cancelled; one that had no clock begins, if it is `pending`.
        """
        clocks = await self._clocks(subject)
        change = Clock.recompute if from_the_beginning else Clock.change_target
        terms = {kind: each.of_clock for kind, each in promised.items()}
        changed = change_terms(clocks, terms, self.work.now, pending, change)
        for each in changed:
            if each.kind in promised:
                each.record.terms = msgspec.to_builtins(promised[each.kind])
        await self.save([*changed, *self._begin(subject, promised, [each.kind for each in clocks], pending)])

    async def explain(self, kind: str, subject_ids: Collection[UUID]) -> dict[UUID, list[ClockView]]:
        """How the promises of some records stand, the shortest first, with what paused them. Read in the actor's rings;
        the caller has read the records."""
        rows = (
            await self.work.session.execute(
                select(
                    PromiseRecord.id,
                    PromiseRecord.subject_id,
                    PromiseRecord.terms,
                    *columns_of(ClockColumns, PromiseRecord),
                )
                .where(PromiseRecord.subject_kind == kind, PromiseRecord.subject_id.in_(subject_ids))
                .order_by(PromiseRecord.target_seconds, PromiseRecord.kind)
            )
        ).all()
        paused = await pauses(self.work, PromiseInterval, [row[0] for row in rows])
        found: dict[UUID, list[ClockView]] = {subject_id: [] for subject_id in subject_ids}
        for promise_id, subject_id, terms, *columns in rows:
            calendar = msgspec.convert(terms, PromiseTerms).calendar
            view = clock_view(ClockColumns(*columns), calendar, self.work.now, paused[promise_id])
            found[subject_id].append(view)
        return found

    async def terms_of(self, record: PromiseRecord) -> Terms:
        """Those that the promise keeps."""
        return msgspec.convert(record.terms, PromiseTerms).of_clock

    def tell_threshold(self, record: PromiseRecord, threshold: Threshold, moment: datetime) -> None:
        """For those whom the reminder names."""
        self.work.session.add(
            PromiseThreshold(
                tenant_id=record.tenant_id,
                id=self.work.new_id(),
                clock_id=record.id,
                step=threshold.name,
                reached_at=moment,
            )
        )
        reminder = cast("Reminder", threshold)
        self.work.publish(
            ThresholdReached(
                promise_id=record.id,
                subject_kind=record.subject_kind,
                subject_id=record.subject_id,
                threshold=reminder.name,
                tells=reminder.tells,
                by_email=reminder.by_email,
            )
        )

    async def _clocks(self, subject: Subject) -> list[StoredClock[PromiseRecord]]:
        return await self.load(
            await self.locked(and_(PromiseRecord.subject_kind == subject.kind, PromiseRecord.subject_id == subject.id))
        )

    def _begin(
        self, subject: Subject, promised: Mapping[str, PromiseTerms], known: Collection[str], pending: PendingTargets
    ) -> list[StoredClock[PromiseRecord]]:
        terms = {kind: each.of_clock for kind, each in promised.items()}
        begun = []
        for kind, clock in newly_promised(terms, known, self.work.now, pending):
            record = PromiseRecord(
                tenant_id=self.work.tenant_id,
                id=self.work.new_id(),
                client_id=subject.client_id,
                reporter_id=subject.reporter_id,
                subject_kind=subject.kind,
                subject_id=subject.id,
                kind=kind,
                started_at=self.work.now,
                terms=msgspec.to_builtins(promised[kind]),
            )
            write_columns(record, clock)
            self.work.session.add(record)
            begun.append(StoredClock(record, clock, terms[kind]))
        return begun


async def pauses(work: UnitOfWork, table: type[IntervalRow], clock_ids: Sequence[UUID]) -> dict[UUID, list[ClockPause]]:
    """The ended pauses of some clocks, oldest first."""
    found: dict[UUID, list[ClockPause]] = {clock_id: [] for clock_id in clock_ids}
    if clock_ids:
        rows = await work.session.execute(
            select(table.clock_id, *columns_of(ClockPause, table))
            .where(table.clock_id.in_(clock_ids), table.waiting_for.is_not(None))
            .order_by(table.sequence)
        )
        for clock_id, *pause_columns in rows:
            found[clock_id].append(ClockPause(*pause_columns))
    return found
