"""What waits behind the entry of the navigation."""

from datetime import datetime

from sqlalchemy import Select, func, select

from app.platform.kernel.actor import Actor
from billing.credits.models import ServiceCredit
from billing.credits.states import CreditState


def waiting_credits(actor: Actor, _: datetime) -> Select[int]:
    """Credits that nobody has decided about."""
    return select(func.count(ServiceCredit.id)).where(
        ServiceCredit.tenant_id == actor.tenant_id, ServiceCredit.state == CreditState.PROPOSED
    )
