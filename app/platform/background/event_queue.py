"""The queue of events: due entries that a worker takes, moves to the next lane, or retries later after a failure.

PostgreSQL is the queue. An entry leaves its lane in the transaction that proves the work, so a worker that dies at any
point leaves it where it was.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Select, Uuid, and_, any_, bindparam, delete, select, update

from app.platform.background.consumers import Consumers, ReceivedEvent
from app.platform.kernel.outbox import ConsumedEvent, DueEntry, DueKind, OutboxEvent
from app.platform.kernel.performance import PreparedStatement, insert_missing
from app.platform.kernel.unit_of_work import UnitOfWork

FIRST_RETRY_DELAY: Final = timedelta(seconds=2)
LONGEST_RETRY_DELAY: Final = timedelta(minutes=5)
RETRY_LIFETIME: Final = timedelta(days=7)
"""How long an event is retried before it is given up with an error in the log."""


class QueuedEvent(msgspec.Struct, frozen=True):
    """An event in a lane, taken by whoever holds this."""

    id: UUID
    event: ReceivedEvent
    leased_until: datetime | None = None
    """While it is leased: the `due_at` that the lease has set, by which its holder recognises it."""


_IDS: Final = bindparam("ids", type_=ARRAY(Uuid(as_uuid=True)))
_OWN: Final = (DueEntry.tenant_id == bindparam("tenant_id"), DueEntry.id == any_(_IDS))


def _entries(*conditions: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(DueEntry.id, OutboxEvent.id, OutboxEvent.topic, OutboxEvent.payload, OutboxEvent.occurred_at)
        .join(OutboxEvent, and_(OutboxEvent.tenant_id == DueEntry.tenant_id, OutboxEvent.id == DueEntry.subject_id))
        .where(DueEntry.tenant_id == bindparam("tenant_id"), *conditions)
        .with_for_update(of=DueEntry, skip_locked=True)
    )


_DUE: Final = PreparedStatement(
    _entries(DueEntry.kind == bindparam("lane"), DueEntry.due_at <= bindparam("now"))
    .order_by(DueEntry.due_at, DueEntry.id)
    .limit(bindparam("limit"))
)
_THESE: Final = PreparedStatement(_entries(DueEntry.id == any_(_IDS)).order_by(DueEntry.due_at, DueEntry.id))
_PROOFS: Final = PreparedStatement(
    select(ConsumedEvent.consumer, ConsumedEvent.event_id).where(
        ConsumedEvent.tenant_id == bindparam("tenant_id"),
        ConsumedEvent.consumer == any_(bindparam("consumers", type_=ARRAY(ConsumedEvent.consumer.type))),
        ConsumedEvent.event_id == any_(_IDS),
    )
)
_PUT_OFF: Final = PreparedStatement(
    update(DueEntry).where(*_OWN).values(due_at=bindparam("until")).returning(DueEntry.id)
)
_RENEW: Final = PreparedStatement(
    update(DueEntry)
    .where(*_OWN, DueEntry.due_at == bindparam("leased_until"))
    .values(due_at=bindparam("until"))
    .returning(DueEntry.id)
)
_LEAVE: Final = PreparedStatement(delete(DueEntry).where(*_OWN).returning(DueEntry.id))
_DONE: Final = PreparedStatement(
    update(OutboxEvent)
    .where(OutboxEvent.tenant_id == bindparam("tenant_id"), OutboxEvent.id == any_(_IDS))
    .values(relayed_at=bindparam("now"))
)


async def take_due(work: UnitOfWork, lane: DueKind, limit: int) -> list[QueuedEvent]:
    """The longest due entries of `lane`, locked until the transaction ends; what another worker holds is left out."""
    rows = await _DUE.all(work.session, tenant_id=work.tenant_id, lane=lane, now=work.now, limit=limit)
    return [_entry(row) for row in rows]


async def take_by_id(work: UnitOfWork, entry_ids: Sequence[UUID]) -> list[QueuedEvent]:
    """The same for known entries, as far as they are still there and nobody holds them."""
    rows = await _THESE.all(work.session, tenant_id=work.tenant_id, ids=entry_ids)
    return [_entry(row) for row in rows]


def _entry(row: Sequence[Any]) -> QueuedEvent:
    entry_id, event_id, topic, payload, occurred_at = row
    return QueuedEvent(entry_id, ReceivedEvent(event_id, topic, payload, occurred_at))


async def lease(work: UnitOfWork, entries: Sequence[QueuedEvent], until: datetime) -> list[QueuedEvent]:
    """Keep locked entries away from others until `until`, beyond this transaction."""
    await _PUT_OFF.all(work.session, tenant_id=work.tenant_id, ids=[entry.id for entry in entries], until=until)
    return [msgspec.structs.replace(entry, leased_until=until) for entry in entries]


async def renew(work: UnitOfWork, entry: QueuedEvent, until: datetime) -> QueuedEvent | None:
    """Extend the lease of an entry, or release it (`until` at or before now); None when another worker has it."""
    if not await _RENEW.all(
        work.session, tenant_id=work.tenant_id, ids=[entry.id], leased_until=entry.leased_until, until=until
    ):
        return None
    return msgspec.structs.replace(entry, leased_until=until)


async def proofs(work: UnitOfWork, consumers: Collection[str], event_ids: Sequence[UUID]) -> set[tuple[str, UUID]]:
    """Which of these consumers have handled which of these events."""
    rows = await _PROOFS.all(work.session, tenant_id=work.tenant_id, consumers=list(consumers), ids=event_ids)
    return {(consumer, event_id) for consumer, event_id in rows}


async def complete(work: UnitOfWork, consumers: Consumers, lane: DueKind, entries: Sequence[QueuedEvent]) -> None:
    """Remove (locked) entries from the lane: each moves to its event's next lane, or is deleted."""
    await _LEAVE.all(work.session, tenant_id=work.tenant_id, ids=[entry.id for entry in entries])
    await enqueue_next_lane(work, consumers, lane, entries)
    done = [entry.event.id for entry in entries if consumers.next_lane(entry.event.topic, lane) is None]
    if done:
        await _DONE.all(work.session, tenant_id=work.tenant_id, ids=done, now=work.now)


async def enqueue_next_lane(
    work: UnitOfWork, consumers: Consumers, lane: DueKind, entries: Sequence[QueuedEvent]
) -> None:
    """Enqueue the events in their next lanes, whatever the outcome in this one."""
    rows = [
        {"id": work.new_id(), "kind": following, "subject_id": entry.event.id, "due_at": work.now}
        for entry in entries
        if (following := consumers.next_lane(entry.event.topic, lane)) is not None
    ]
    if rows:
        await insert_missing(work.session, DueEntry, rows, key=("kind", "subject_id"))


async def retry_later(work: UnitOfWork, entry: QueuedEvent) -> None:
    """Schedule a retry of a (locked) entry; the delay grows with the event's age, up to `LONGEST_RETRY_DELAY`."""
    retry_delay = min(max(work.now - entry.event.occurred_at, FIRST_RETRY_DELAY), LONGEST_RETRY_DELAY)
    await _PUT_OFF.all(work.session, tenant_id=work.tenant_id, ids=[entry.id], until=work.now + retry_delay)
