"""What waits behind the entries of the navigation."""

from datetime import datetime

from sqlalchemy import Select, func, select

from app.platform.kernel.actor import Actor
from billing.data_recovery.models import RecoveryCase
from billing.data_recovery.states import ENDED, RecoveryState


def cases_to_return(actor: Actor, _: datetime) -> Select[int]:
    """Cases that have ended while their media are still here."""
    return select(func.count(RecoveryCase.id)).where(
        RecoveryCase.tenant_id == actor.tenant_id, RecoveryCase.state.in_(ENDED)
    )


def results_to_accept(actor: Actor, _: datetime) -> Select[int]:
    """Results that the client has not answered."""
    return select(func.count(RecoveryCase.id)).where(
        RecoveryCase.tenant_id == actor.tenant_id, RecoveryCase.state == RecoveryState.REPORTED
    )
