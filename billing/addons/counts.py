"""What waits behind the entry of the navigation."""

from datetime import datetime

from sqlalchemy import Select, func, select

from app.platform.kernel.actor import Actor
from billing.addons.models import AddonOrder
from billing.addons.states import AddonOrderState


def waiting_orders(actor: Actor, _: datetime) -> Select[int]:
    """Clients' orders that nobody has answered."""
    return select(func.count(AddonOrder.id)).where(
        AddonOrder.tenant_id == actor.tenant_id, AddonOrder.state == AddonOrderState.ORDERED
    )
