"""What waits behind the entry of the navigation."""

from datetime import datetime

from sqlalchemy import Select, func, select

from app.people.approvals.models import Approval
from app.people.approvals.services.reading import waiting_for
from app.platform.kernel.actor import Actor


def waiting_approvals(actor: Actor, now: datetime) -> Select[int]:
    """What the actor can decide now."""
    return select(func.count(Approval.id)).where(Approval.tenant_id == actor.tenant_id, *waiting_for(actor, now))
