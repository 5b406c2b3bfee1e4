"""What quotes tell, after the commit."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class QuoteOffered(Event, frozen=True, kw_only=True):
    """A version was put before the client."""

    topic: ClassVar[str] = "quote.offered"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG

    quote_id: UUID
    offered_quote_id: UUID
    client_id: UUID


class QuoteApproved(Event, frozen=True, kw_only=True):
    """The client approved a quote, whole or in part: what it says may be done and charged."""

    topic: ClassVar[str] = "quote.approved"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP

    quote_id: UUID
    ticket_id: UUID | None
    client_id: UUID


class QuoteLapsed(Event, frozen=True, kw_only=True):
    """An offer came to nothing: the client declined it, it ran out, or the company took it back."""

    topic: ClassVar[str] = "quote.lapsed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP

    quote_id: UUID
    client_id: UUID
