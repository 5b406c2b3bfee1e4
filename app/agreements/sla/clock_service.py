"""The clocks of tickets: what starts, pauses, meets and ends them, by the policy that the ticket is served by."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, cast
from uuid import UUID

from app.agreements.sla.events import ClockBreached, StepReached
from app.agreements.sla.models import ClockInterval, ClockRecord, Escalation
from app.agreements.sla.policy import EscalationStep
from app.agreements.sla.service_terms import ServiceTerms, terms_of_versions
from app.agreements.sla.vocabulary import MEASURED_TARGETS, Priority, TargetKind
from app.platform.kernel.actor import Actor
from app.platform.kernel.model import Model
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import (
    Clock,
    ClockLedger,
    ClockTables,
    PendingTargets,
    StoredClock,
    Target,
    Terms,
    Threshold,
    WaitReason,
    cancel_clocks,
    change_terms,
    meet_clocks,
    newly_promised,
    next_check,
    pause_clocks,
    reopen_clocks,
    resume_clocks,
    write_columns,
)

_TABLES: Final = ClockTables(ClockRecord, ClockInterval, Escalation, DueKind.SLA_THRESHOLD)


class TicketReference(NamedTuple):
    """The ticket that clocks belong to, and the rings that may read them."""

    ticket_id: UUID
    client_id: UUID
    reporter_id: UUID | None


class ClockService(ClockLedger[ClockRecord]):
    """The clocks of tickets, inside one unit of work in the tenant's scope."""

    def __init__(self, work: UnitOfWork) -> None:
        super().__init__(work, _TABLES)
        self._locked: dict[UUID, Sequence[ClockRecord]] = {}
        self._terms: dict[tuple[UUID, UUID, str], Mapping[str, Terms]] = {}

    async def of_ticket(self, ticket_id: UUID) -> Sequence[ClockRecord]:
        """The ticket's clocks, locked, read once per unit of work."""
        if ticket_id not in self._locked:
            self._locked[ticket_id] = await self.locked(ClockRecord.ticket_id == ticket_id)
        return self._locked[ticket_id]

    async def nearest_due(self, ticket_id: UUID) -> datetime | None:
        """The nearest promised time of the ticket that still counts, UTC."""
        moments = [record.due_at for record in await self.of_ticket(ticket_id)]
        return min((moment for moment in moments if moment is not None), default=None)

    def start(
        self,
        terms: ServiceTerms,
        priority: Priority,
        *,
        ticket_id: UUID,
        client_id: UUID,
        reporter_id: UUID | None,
        at: datetime,
    ) -> list[Model]:
        """Rows for a new ticket's clocks and their first checks; the caller writes them with the ticket."""
        rows: list[Model] = []
        ring = TicketReference(ticket_id, client_id, reporter_id)
        for kind, of_target in terms.clock_terms(priority).items():
            if kind not in MEASURED_TARGETS:
                continue
            clock = of_target.start(at)
            record = self._new_record(ring, terms, priority, kind=kind, clock=clock, at=at)
            rows.append(record)
            check = next_check(clock, of_target.thresholds, ())
            if check is not None:
                rows.append(self.work.due_row(_TABLES.due, record.id, check))
        return rows

    async def meet(self, ticket_id: UUID, kinds: Iterable[TargetKind], at: datetime) -> None:
        """What was promised is done; clocks that have ended already stay as they are."""
        await self.save(meet_clocks(await self._clocks(ticket_id), kinds, at))

    async def cancel(self, ticket_id: UUID, at: datetime) -> None:
        """The ticket was cancelled: every clock that still runs is cancelled."""
        await self.save(cancel_clocks(await self._clocks(ticket_id), at))

    async def pause(self, ticket_id: UUID, reason: WaitReason, at: datetime) -> None:
        """The ticket waits; the policy says which targets stand still."""
        await self.save(pause_clocks(await self._clocks(ticket_id), reason, at))

    async def resume(self, ticket_id: UUID, at: datetime) -> None:
        """The ticket no longer waits: paused clocks run on."""
        await self.save(resume_clocks(await self._clocks(ticket_id), at))

    async def reopen(self, ticket_id: UUID, at: datetime) -> None:
        """Resolution goes on; the time since it was resolved does not count."""
        await self.save(reopen_clocks(await self._clocks(ticket_id), (TargetKind.RESOLUTION,), at))

    async def change_priority(
        self, ring: TicketReference, terms: ServiceTerms, priority: Priority, pending: PendingTargets
    ) -> None:
        """Another promise from now on; what has elapsed is kept.

        A promise that the new priority lacks is cancelled; one that it has and the old one lacked begins now.
        """
        await self._change_terms(ring, terms, priority, pending, Clock.change_target)

    async def recompute(
        self, ring: TicketReference, terms: ServiceTerms, priority: Priority, pending: PendingTargets
    ) -> None:
        """Another policy, calendar or client's assignment, as if it had held all along: the ledgers measured anew.

        A promise that the new policy lacks is cancelled; one that it has and the old one lacked begins now.
        """
        await self._change_terms(ring, terms, priority, pending, Clock.recompute)

    async def terms_of(self, record: ClockRecord) -> Terms:
        """By the versions that the clock names; a promise that its policy no longer has keeps its own time."""
        versions = record.policy_version_id, record.calendar_version_id
        terms = await terms_of_versions(self.work.session, *versions)
        of_priority = self._terms.get((*versions, record.priority))
        if of_priority is None:
            of_priority = terms.clock_terms(Priority(record.priority))
            self._terms[*versions, record.priority] = of_priority
        return of_priority.get(record.kind) or Terms(Target(record.target_seconds, terms.calendar))

    def tell_breach(self, record: ClockRecord) -> None:
        """For the figures."""
        self.work.publish(ClockBreached(clock_id=record.id, ticket_id=record.ticket_id, kind=record.kind))

    def tell_threshold(self, record: ClockRecord, threshold: Threshold, moment: datetime) -> None:
        """For the people of the step's level (S4)."""
        step = cast("EscalationStep", threshold)
        escalation_id = self.work.new_id()
        self.work.session.add(
            Escalation(
                tenant_id=record.tenant_id,
                id=escalation_id,
                clock_id=record.id,
                ticket_id=record.ticket_id,
                kind=record.kind,
                step=step.name,
                level=step.level,
                channels=list(step.channels),
                reached_at=moment,
            )
        )
        self.work.publish(
            StepReached(
                escalation_id=escalation_id,
                clock_id=record.id,
                ticket_id=record.ticket_id,
                kind=record.kind,
                step=step.name,
                level=step.level,
                channels=tuple(step.channels),
            )
        )

    async def _clocks(self, ticket_id: UUID) -> list[StoredClock[ClockRecord]]:
        return await self.load(await self.of_ticket(ticket_id))

    async def _change_terms(
        self,
        ring: TicketReference,
        terms: ServiceTerms,
        priority: Priority,
        pending: PendingTargets,
        change: Callable[[Clock, Target, datetime], Clock],
    ) -> None:
        at = self.work.now
        clocks = await self._clocks(ring.ticket_id)
        new_terms = terms.clock_terms(priority)
        changed = change_terms(clocks, new_terms, at, pending, change)
        for each in changed:
            each.record.priority = priority
            each.record.policy_version_id, each.record.calendar_version_id = terms.versions
        for kind, clock in newly_promised(new_terms, [each.kind for each in clocks], at, pending):
            record = self._new_record(ring, terms, priority, kind=kind, clock=clock, at=at)
            self.work.session.add(record)
            changed.append(StoredClock(record, clock, new_terms[kind]))
        self._locked.pop(ring.ticket_id, None)
        await self.save(changed)

    def _new_record(
        self,
        ring: TicketReference,
        terms: ServiceTerms,
        priority: Priority,
        *,
        kind: str,
        clock: Clock,
        at: datetime,
    ) -> ClockRecord:
        record = ClockRecord(
            tenant_id=self.work.tenant_id,
            id=self.work.new_id(),
            client_id=ring.client_id,
            reporter_id=ring.reporter_id,
            ticket_id=ring.ticket_id,
            kind=kind,
            priority=priority,
            policy_version_id=terms.policy_version_id,
            calendar_version_id=terms.calendar_version_id,
            started_at=at,
        )
        write_columns(record, clock)
        return record


async def check_clocks(runtime: Runtime, tenant_id: UUID, clock_ids: Sequence[UUID]) -> None:
    """The sweep's handler for `DueKind.SLA_THRESHOLD`."""
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        await ClockService(work).check(clock_ids)
