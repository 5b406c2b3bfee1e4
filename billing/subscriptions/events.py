"""Events of partners' plans, in the partner's tenant."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class PlanBilled(Event, frozen=True, kw_only=True):
    """A bill asks for money: headquarters is to invoice it."""

    topic: ClassVar[str] = "plan_subscription.billed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    bill_id: UUID


class SubscriptionStepped(Event, frozen=True, kw_only=True):
    """The subscription has taken a step, `kind`."""

    topic: ClassVar[str] = "plan_subscription.stepped"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    step_id: UUID
    kind: str


class PlanReminded(Event, frozen=True, kw_only=True):
    """People are to be told in time: the trial ends, or more is used than the plan includes. Once by `reference`."""

    topic: ClassVar[str] = "plan_subscription.reminded"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    kind: str
    reference: str
