"""What credits tell, after the commit."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class ServiceCreditDecided(Event, frozen=True, kw_only=True):
    """A credit was approved, declined or withdrawn."""

    topic: ClassVar[str] = "service_credit.decided"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FIGURES
    credit_id: UUID
    client_id: UUID
    ticket_id: UUID
    state: str
