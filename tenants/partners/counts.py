"""The number of applications that wait for a decision, for the navigation."""

from datetime import datetime

from sqlalchemy import Select, func, select

from app.platform.kernel.actor import Actor
from tenants.partners.lifecycle import ApplicationState
from tenants.partners.models import PartnerApplication


def waiting_applications(actor: Actor, _: datetime) -> Select[int]:
    """Applications that nobody has decided."""
    return select(func.count(PartnerApplication.id)).where(
        PartnerApplication.tenant_id == actor.tenant_id, PartnerApplication.state == ApplicationState.APPLIED
    )
