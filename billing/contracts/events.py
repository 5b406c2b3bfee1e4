"""What contracts tell others. Whoever listens reads the rest."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class _OfContract(Event, frozen=True, kw_only=True):
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    contract_id: UUID
    version_id: UUID
    client_id: UUID


class ContractActivated(_OfContract, frozen=True, kw_only=True):
    """The first version holds, from its first day on."""

    topic: ClassVar[str] = "contract.activated"


class ContractAmended(_OfContract, frozen=True, kw_only=True):
    """A later version holds from its effective day on: an amendment or a renewal."""

    topic: ClassVar[str] = "contract.amended"


class ContractEnded(_OfContract, frozen=True, kw_only=True):
    """The contract is over, or its end was brought forward to a later day."""

    topic: ClassVar[str] = "contract.ended"


class ContractDateCame(Event, frozen=True, kw_only=True):
    """A day has come on which somebody should act: the day of notice, the acceptance before the end, the end."""

    topic: ClassVar[str] = "contract.date_reached"
    contract_id: UUID
    client_id: UUID
    kind: str
    day: str


class PrepaidBlockBought(Event, frozen=True, kw_only=True):
    """A client bought hours or visits ahead."""

    topic: ClassVar[str] = "prepaid_block.bought"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    block_id: UUID


class PrepaidRunsLow(Event, frozen=True, kw_only=True):
    """A fifth or less is left of what was bought ahead."""

    topic: ClassVar[str] = "prepaid_block.nearly_used"
    contract_id: UUID
    client_id: UUID
    line_key: str
    left: int


class MilestoneAccepted(Event, frozen=True, kw_only=True):
    """The client has accepted a part of a project."""

    topic: ClassVar[str] = "milestone.accepted"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    milestone_id: UUID
