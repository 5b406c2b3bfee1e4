"""What waits behind the entry of the navigation."""

from datetime import datetime

from sqlalchemy import Select, func, select

from app.platform.kernel.actor import Actor
from billing.payments.models import BankLine
from billing.payments.states import BankLineState


def waiting_lines(actor: Actor, _: datetime) -> Select[int]:
    """Lines of bank statements that nobody has said anything of."""
    return select(func.count(BankLine.id)).where(
        BankLine.tenant_id == actor.tenant_id, BankLine.state == BankLineState.OPEN
    )
