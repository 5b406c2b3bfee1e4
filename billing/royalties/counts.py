"""What waits behind the entries of the navigation."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select

from app.platform.kernel.actor import Actor
from billing.royalties.models import RoyaltyStatement
from billing.royalties.states import StatementState


def waiting_for_partner(actor: Actor, _: datetime) -> Select[int]:
    """Statements that the partner has to answer."""
    return _count(actor, RoyaltyStatement.state == StatementState.PROPOSED)


def waiting_for_headquarters(actor: Actor, _: datetime) -> Select[int]:
    """Statements that are disputed, or to be invoiced."""
    return _count(actor, RoyaltyStatement.state.in_((StatementState.AGREED, StatementState.DISPUTED)))


def _count(actor: Actor, condition: ColumnElement[bool]) -> Select[int]:
    return select(func.count(RoyaltyStatement.id)).where(RoyaltyStatement.tenant_id == actor.tenant_id, condition)
