"""What waits behind the entries of the navigation."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from app.desk.security.models import SecurityFinding
from app.desk.security.services.subscribers import bought_by
from app.desk.security.states import FindingState
from app.platform.kernel.actor import Actor


def findings_to_decide(actor: Actor, _: datetime) -> Select[int]:
    """Findings that have neither a ticket nor a reason."""
    return select(func.count(SecurityFinding.id)).where(
        SecurityFinding.tenant_id == actor.tenant_id, SecurityFinding.state == FindingState.OPEN
    )


def open_findings_of_client(actor: Actor, _: datetime) -> Select[Any]:
    """Of the client's own devices; nothing at all, not even zero, where it never bought the service."""
    return select(
        select(func.count(SecurityFinding.id))
        .where(SecurityFinding.tenant_id == actor.tenant_id, SecurityFinding.state == FindingState.OPEN)
        .scalar_subquery()
    ).where(bought_by(actor.client_id).exists())
