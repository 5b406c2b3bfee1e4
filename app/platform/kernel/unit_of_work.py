"""The unit of work: one request or task, one transaction, one actor."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from ipaddress import AddressValueError, IPv6Address, IPv6Network
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.platform.kernel.actor import Actor
from app.platform.kernel.audit import AuditEntry, AuditPending
from app.platform.kernel.errors import Forbidden
from app.platform.kernel.ids import IdSource, new_id
from app.platform.kernel.live_updates import Change, ChangePublisher
from app.platform.kernel.outbox import DueEntry, DueKind, Event, OutboxEvent
from app.platform.kernel.row_scope import privacy_criteria, row_scope
from app.platform.kernel.time_source import TimeSource
from app.platform.kernel.transactions import SNAPSHOT


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a piece of work came from, for audit and logs."""

    request_id: str | None = None
    network_address: str | None = None

    @property
    def network(self) -> str:
        """What throttles count as one caller's network: an IPv4 address; of IPv6 the /64, which is the least that one
        subscriber is given and which holds more addresses than anybody could count [RFC 6177]. Empty when unknown."""
        address = self.network_address or ""
        try:
            parsed = IPv6Address(address)
        except AddressValueError:
            return address
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(IPv6Network((int(parsed), 64), strict=False))


class UnitOfWork:
    """What a service gets: the session, the actor, the time, the outbox and the audit log.

    `now` is fixed for the whole transaction. Nothing in here commits; whoever opened the unit of work does.
    """

    def __init__(
        self,
        session: AsyncSession,
        actor: Actor,
        clock: TimeSource,
        ids: IdSource = new_id,
        origin: Origin | None = None,
    ) -> None:
        self.session = session
        self.actor = actor
        self.clock = clock
        self.now: datetime = clock.now()
        self.new_id = ids
        self.origin = origin or Origin()
        self.changes: list[Change] = []
        self._after_commit: list[Callable[[], Awaitable[None]]] = []

    @property
    def tenant_id(self) -> UUID:
        return self.actor.tenant_id

    def publish(self, event: Event) -> UUID:
        """Put `event` into the outbox; it leaves after the commit. Returns its id."""
        rows = self.event_rows(event)
        self.session.add_all(rows)
        return rows[0].id

    def event_rows(self, event: Event) -> tuple[OutboxEvent, DueEntry]:
        """What `publish` adds, for a service that writes its rows together."""
        event_id = self.new_id()
        row = OutboxEvent(
            tenant_id=self.tenant_id,
            id=event_id,
            topic=event.topic,
            payload=msgspec.to_builtins(event),
            occurred_at=self.now,
        )
        return row, self.due_row(event.lane, event_id, self.now)

    def schedule(self, kind: DueKind, subject_id: UUID, due_at: datetime) -> None:
        """Have `kind` handled for `subject_id` at `due_at` or soon after."""
        self.session.add(self.due_row(kind, subject_id, due_at))

    def due_row(self, kind: DueKind, subject_id: UUID, due_at: datetime) -> DueEntry:
        """What `schedule` adds."""
        return DueEntry(tenant_id=self.tenant_id, id=self.new_id(), kind=kind, subject_id=subject_id, due_at=due_at)

    def audit(self, action: str, record_kind: str, record_id: UUID | None = None, /, **details: object) -> None:
        """Write down that the actor did `action` (`record.past_participle`). `details`: ids, states, field names."""
        self.session.add_all(self.audit_rows(action, record_kind, record_id, **details))

    def audit_as(
        self, actor: Actor, action: str, record_kind: str, record_id: UUID | None = None, /, **details: object
    ) -> None:
        """The same for somebody of this tenant for whom the platform works: a person who is only now signing in."""
        self.session.add_all(self._audit_rows(actor, action, record_kind, record_id, details))

    def audit_rows(
        self, action: str, record_kind: str, record_id: UUID | None = None, /, **details: object
    ) -> tuple[AuditEntry, AuditPending]:
        """What `audit` adds, for a service that writes its rows together."""
        return self._audit_rows(self.actor, action, record_kind, record_id, details)

    def _audit_rows(
        self, actor: Actor, action: str, record_kind: str, record_id: UUID | None, details: dict[str, object]
    ) -> tuple[AuditEntry, AuditPending]:
        entry_id = self.new_id()
        entry = AuditEntry(
            tenant_id=self.tenant_id,
            id=entry_id,
            occurred_at=self.now,
            actor_kind=actor.kind,
            account_id=actor.account_id,
            membership_id=actor.membership_id,
            client_id=actor.client_id,
            reporter_id=actor.reporter_id,
            action=action,
            record_kind=record_kind,
            record_id=record_id,
            request_id=self.origin.request_id,
            network_address=self.origin.network_address,
            details=msgspec.to_builtins(details),
        )
        return entry, AuditPending(tenant_id=self.tenant_id, id=entry_id)

    def require_writable(self) -> None:
        """
        Raises:
            Forbidden: while the tenant is suspended or terminated (read-only, data kept, exportable: N1).
        """
        if self.actor.read_only:
            raise Forbidden

    def announce(self, change: Change) -> None:
        """Tell open pages of `change` once the transaction has committed."""
        self.changes.append(change)

    @asynccontextmanager
    async def part(self) -> AsyncIterator[None]:
        """A part of the transaction that may fail alone: when the block raises, what was done, announced and planned in
        it is undone, and the rest of the transaction stands. Entities that were loaded before are read anew."""
        changes, actions = len(self.changes), len(self._after_commit)
        try:
            async with self.session.begin_nested():
                yield
        except BaseException:
            del self.changes[changes:], self._after_commit[actions:]
            raise

    def after_commit(self, action: Callable[[], Awaitable[None]]) -> None:
        """Run `action` once the transaction has committed: for hints whose loss does no harm (a live update)."""
        self._after_commit.append(action)

    async def run_after_commit(self) -> None:
        for action in self._after_commit:
            await action()
        self._after_commit.clear()


class UnitOfWorkFactory:
    """Opens units of work on one engine: the only place where transactions begin and end."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        clock: TimeSource,
        ids: IdSource = new_id,
        announcer: ChangePublisher | None = None,
    ) -> None:
        """Without `announcer` open pages are not told of changes."""
        self.clock = clock
        self._sessions = sessions
        self._ids = ids
        self._announcer = announcer

    def _context(self, actor: Actor) -> dict[str, object]:
        """What the session's transaction and statements need to know about the actor."""
        return {
            "context": actor.database_context(),
            "tenant_id": actor.tenant_id,
            "client_id": actor.client_id,
            "row_scope": row_scope(actor, self.clock.now()),
            "private_rows": privacy_criteria(actor),
        }

    @asynccontextmanager
    async def snapshot(self, actor: Actor) -> AsyncIterator[AsyncSession]:
        """A read-only transaction as `actor` in which every statement sees the same moment, however long it takes."""
        async with self._sessions() as session:
            session.info.update(self._context(actor), mode=SNAPSHOT)
            async with session.begin():
                yield session

    @asynccontextmanager
    async def dry_run(self, actor: Actor, origin: Origin | None = None) -> AsyncIterator[UnitOfWork]:
        """One transaction as `actor` that is always rolled back and announces nothing; shows what a change would do."""
        async with aclosing(self._sessions()) as session:
            session.info.update(self._context(actor))
            async with session.begin() as transaction:
                yield UnitOfWork(session, actor, self.clock, self._ids, origin)
                await transaction.rollback()

    @asynccontextmanager
    async def begin(self, actor: Actor, origin: Origin | None = None) -> AsyncIterator[UnitOfWork]:
        """One transaction as `actor`: committed when the block ends, rolled back when it raises."""
        # `aclosing`, not the session's own block, which would start a task for closing what the commit has left empty.
        async with aclosing(self._sessions()) as session:
            session.info.update(self._context(actor))
            work = UnitOfWork(session, actor, self.clock, self._ids, origin)
            async with session.begin():
                yield work
        await work.run_after_commit()
        if work.changes and self._announcer is not None:
            await self._announcer(actor.tenant_id, work.changes)
