"""What agreeing tells others."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class ContractOffered(Event, frozen=True, kw_only=True):
    """A version was put before the client; `offer_id` is its paper."""

    topic: ClassVar[str] = "contract.offered"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG
    contract_id: UUID
    version_id: UUID
    client_id: UUID
    offer_id: UUID
