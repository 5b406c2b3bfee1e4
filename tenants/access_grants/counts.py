"""The number of requests that wait for the partner's answer, for the navigation."""

from datetime import datetime

from sqlalchemy import Select, func, select

from app.platform.kernel.actor import Actor
from tenants.access_grants.lifecycle import GrantState
from tenants.access_grants.models import AccessGrant


def requested_access(actor: Actor, now: datetime) -> Select[int]:
    """Requests that can still be answered."""
    return select(func.count(AccessGrant.id)).where(
        AccessGrant.tenant_id == actor.tenant_id,
        AccessGrant.state == GrantState.REQUESTED,
        AccessGrant.expires_at > now,
    )
