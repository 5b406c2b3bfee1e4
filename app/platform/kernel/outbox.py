"""The outbox: events are rows of the transaction that caused them, and are handed to consumers after its commit.

`due_entry` is the one table that the sweeper role may read: which tenant has work of which kind due when, nothing else.
Deadlines (SLA thresholds, reminders, automatic closing) and outbox events both stand in it.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

import msgspec
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_index, tenant_unique


class DueKind(StrEnum):
    """What a due entry is about; each kind has one handler. Those of `LANES` are about events."""

    OUTBOX = "outbox"
    """Notices for people and open pages."""
    OUTBOX_FOLLOW_UP = "outbox_follow_up"
    """Follow-up work that somebody waits for: preparing a new tenant, updating a copy in another tenant."""
    OUTBOX_DELIVERY = "outbox_delivery"
    """Messages to another server (e-mail, SMS)."""
    OUTBOX_FIGURES = "outbox_figures"
    """Updates of metrics; nobody waits for them."""
    OUTBOX_LONG = "outbox_long"
    """Minutes of work: an import, a document."""
    SLA_THRESHOLD = "sla_threshold"
    PROMISE = "promise"
    """A threshold of a promise on a record other than a ticket."""
    CONFIRMATION_REMINDER = "confirmation_reminder"
    DELIVERY_RETRY = "delivery_retry"
    CORRECTIVE_ACTION = "corrective_action"
    ACCESS_EXPIRY = "access_expiry"
    APPROVAL_EXPIRY = "approval_expiry"
    CONTRACT_DATE = "contract_date"
    """A day on which something of a contract falls due."""
    TENANT_EXPORT = "tenant_export"
    TENANT_ERASURE = "tenant_erasure"
    PERSON_ERASURE = "person_erasure"
    CLIENT_ERASURE = "client_erasure"


LANES: Final = (
    DueKind.OUTBOX,
    DueKind.OUTBOX_FOLLOW_UP,
    DueKind.OUTBOX_DELIVERY,
    DueKind.OUTBOX_FIGURES,
    DueKind.OUTBOX_LONG,
)
"""The queues of events, the most urgent first. An event with consumers in several passes them in this order."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened, for whoever listens. Carries ids and states, never content.

    `topic` is `record.past_participle` (docs/conventions.md). Consumers are idempotent by the event's id.
    """

    topic: ClassVar[str]
    lane: ClassVar[DueKind] = DueKind.OUTBOX
    """Where the event begins: the lane of its most urgent consumer."""


class OutboxEvent(TenantModel):
    """An event waiting for its consumers, or done (`relayed_at`). Kept for a month, for replay."""

    __tablename__ = "outbox_event"
    __isolation__ = Isolation.PROVIDER

    topic: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]
    relayed_at: Mapped[datetime | None]


class DueEntry(TenantModel):
    """One piece of work of one tenant that falls due at `due_at` (UTC)."""

    __tablename__ = "due_entry"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("due_entry", "kind", "subject_id"),
        # Each kind is read from its own earliest end, however much of another is due: across tenants, and in one.
        Index("ix_due_entry_kind_due_at", "kind", "due_at", "tenant_id"),
        tenant_index("due_entry", "kind", "due_at", "id"),
    )

    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[UUID]
    due_at: Mapped[datetime]


class ConsumedEvent(TenantModel):
    """Proof that one consumer has handled one event: the second delivery does nothing."""

    __tablename__ = "consumed_event"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_unique("consumed_event", "consumer", "event_id"),)

    consumer: Mapped[str] = mapped_column(String(80))
    event_id: Mapped[UUID]
    consumed_at: Mapped[datetime]
