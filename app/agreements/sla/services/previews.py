"""What a change of policy, calendar or assignment does to running clocks, before it is saved. [S3 of the features]

The change itself is made in a dry run (`UnitOfWorkFactory.dry_run`), then every running clock of the clients concerned
is measured anew as `ClockService.recompute` will do it after the saving.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.agreements.sla import models
from app.agreements.sla.clock_service import ClockService
from app.agreements.sla.events import TermsChanged
from app.agreements.sla.service_terms import ServiceTerms, TermsInForce
from app.agreements.sla.vocabulary import Priority, TargetKind
from app.assets.clients.models import Client
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import Clock, Phase, WaitReason, apply_terms
from rbac import Permission

MOVES_SHOWN = 100
"""Clocks that are listed one by one."""
MOST_MEASURED = 5_000
"""Running clocks that are measured for one effect; the rest is counted as unmeasured."""
_BATCH_SIZE = 500

_assignment = models.SlaAssignment


class Outcome(StrEnum):
    """What a change does to one running clock."""

    LATE = "late"
    """Its target is used up by the new terms: late at once."""
    ENDED = "ended"
    """The new terms do not promise it."""
    EARLIER = "earlier"
    LATER = "later"


class ClockMove(msgspec.Struct, frozen=True, kw_only=True):
    """One running clock that the change moves. Due times are UTC, null while the ticket waits."""

    ticket_id: UUID
    client_id: UUID
    client_name: str
    kind: TargetKind
    priority: Priority
    started_at: datetime
    due_before: datetime | None
    due_after: datetime | None
    outcome: Outcome


class ChangePreview(msgspec.Struct, frozen=True, kw_only=True):
    """What the change moves: the worst first, at most a hundred one by one, the counts of all.

    `running` clocks belong to the clients concerned; `unmeasured` of them were above the limit.
    """

    running: int
    moved: int
    late: int
    ended: int
    unmeasured: int
    moves: list[ClockMove]


def affected_clients(column: InstrumentedAttribute[UUID], change: TermsChanged) -> ColumnElement[bool]:
    """Whether `column` names a client whom `change` concerns: by its own assignment, or by the tenant's default."""
    own, default = aliased(_assignment), aliased(_assignment)
    with_own = select(own.client_id).where(own.client_id.is_not(None))
    if change.client_id is not None:
        return column == change.client_id
    if change.policy_id is None and change.calendar_id is None:
        return column.not_in(with_own)
    by_default = exists(select(default.id).where(default.client_id.is_(None), _names(default, change)))
    return or_(column.in_(with_own.where(_names(own, change))), and_(by_default, column.not_in(with_own)))


def _names(assignment: Any, change: TermsChanged) -> ColumnElement[bool]:
    if change.policy_id is not None:
        return and_(assignment.policy_id == change.policy_id)
    calendar = aliased(models.ServiceCalendarRecord)
    runs_by = select(calendar.id).where(
        or_(calendar.id == change.calendar_id, calendar.derived_from == change.calendar_id)
    )
    return and_(assignment.calendar_id.in_(runs_by))


class _RunningClock(NamedTuple):
    record: models.ClockRecord
    client_name: str


class PreviewService:
    """Reads running clocks in the transaction that has just made the change. Takes `service_level:write`."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._clocks = ClockService(work)
        self._in_force = TermsInForce(work.session, work.tenant_id)

    async def of(self, change: TermsChanged) -> ChangePreview:
        """What `change`, already written in this rehearsal, moves.

        Raises:
            Forbidden: without `service_level:write`.
        """
        self._work.actor.require(Permission.SERVICE_LEVEL_WRITE)
        total = await self._count(change)
        moves: list[ClockMove] = []
        after: UUID | None = None
        measured = 0
        while measured < MOST_MEASURED:
            batch = await self._running(change, after)
            if not batch:
                break
            measured, after = measured + len(batch), batch[-1].record.id
            moves += await self._moves(batch)
        moves.sort(key=_worst_first)
        return ChangePreview(
            running=total,
            moved=len(moves),
            late=sum(1 for move in moves if move.outcome is Outcome.LATE),
            ended=sum(1 for move in moves if move.outcome is Outcome.ENDED),
            unmeasured=max(0, total - measured),
            moves=moves[:MOVES_SHOWN],
        )

    def _conditions(self, change: TermsChanged) -> tuple[ColumnElement[bool], ...]:
        clock = models.ClockRecord
        return clock.stopped_at.is_(None), clock.cancelled_at.is_(None), affected_clients(clock.client_id, change)

    async def _count(self, change: TermsChanged) -> int:
        counted = select(func.count(models.ClockRecord.id)).where(*self._conditions(change))
        return await self._work.session.scalar(counted) or 0

    async def _running(self, change: TermsChanged, after: UUID | None) -> Sequence[_RunningClock]:
        clock = models.ClockRecord
        statement = (
            select(clock, Client.short_name)
            .join(Client, Client.id == clock.client_id)
            .where(*self._conditions(change))
            .order_by(clock.id)
            .limit(_BATCH_SIZE)
        )
        if after is not None:
            statement = statement.where(clock.id > after)
        return [_RunningClock(row[0], row[1]) for row in await self._work.session.execute(statement)]

    async def _moves(self, batch: Sequence[_RunningClock]) -> list[ClockMove]:
        stored = await self._clocks.load([each.record for each in batch])
        moves = []
        for each, (record, client_name) in zip(stored, batch, strict=True):
            terms = await self._in_force.of(record.client_id)
            move = None if terms is None else self._move(record, client_name, each.clock, terms)
            if move is not None:
                moves.append(move)
        return moves

    def _move(
        self, record: models.ClockRecord, client_name: str, clock: Clock, terms: ServiceTerms
    ) -> ClockMove | None:
        kind, priority, now = TargetKind(record.kind), Priority(record.priority), self._work.now
        before = clock.observed(now)
        waiting_for = WaitReason(record.waiting_for) if record.waiting_for else None
        after = apply_terms(
            before,
            terms.policy.targets_of(priority, terms.calendar).get(kind),
            now,
            waiting_for=waiting_for,
            pauses=waiting_for in terms.policy.pauses_of(kind),
            change=Clock.recompute,
        )
        outcome = _outcome(before, after, now)
        if outcome is None:
            return None
        return ClockMove(
            ticket_id=record.ticket_id,
            client_id=record.client_id,
            client_name=client_name,
            kind=kind,
            priority=priority,
            started_at=record.started_at,
            due_before=before.due_at,
            due_after=after.due_at,
            outcome=outcome,
        )


def _outcome(before: Clock, after: Clock, now: datetime) -> Outcome | None:
    if after.phase is Phase.CANCELLED:
        return Outcome.ENDED
    if after.breached_at is not None and before.breached_at is None:
        return Outcome.LATE
    gained = after.remaining_seconds(now) - before.remaining_seconds(now)
    if before.due_at is not None and after.due_at is not None:
        if before.due_at == after.due_at:
            return None
        return Outcome.EARLIER if after.due_at < before.due_at else Outcome.LATER
    return None if gained == 0 else Outcome.LATER if gained > 0 else Outcome.EARLIER


_ORDER = {Outcome.LATE: 0, Outcome.ENDED: 1, Outcome.EARLIER: 2, Outcome.LATER: 3}


def _worst_first(move: ClockMove) -> tuple[int, str, UUID]:
    due = move.due_after or move.due_before
    return _ORDER[move.outcome], due.isoformat() if due else "~", move.ticket_id
