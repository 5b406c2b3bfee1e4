"""The number of corrective actions that wait for either side, for the navigation and headquarters' first page."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.platform.kernel.actor import Actor
from app.platform.kernel.time_source import platform_day
from tenants.corrective_actions.lifecycle import WORKING, ActionState
from tenants.corrective_actions.models import CorrectiveAction


def waiting_for_partner(actor: Actor, _: datetime) -> Select[int]:
    """Actions whose measures the partner plans, takes or finishes next."""
    return _count(actor, CorrectiveAction.state.in_(sorted(WORKING)))


def waiting_for_headquarters(actor: Actor, now: datetime) -> Select[int]:
    """Actions to be re-checked, closed or opened again, and those that the partner let run over their due date."""
    return _count(actor, is_for_headquarters(now))


def is_for_headquarters(now: datetime) -> ColumnElement[bool]:
    """Whether headquarters has to do something about an action. A re-check waits for its date."""
    today = platform_day(now)
    state = CorrectiveAction.state
    return or_(
        state.in_((ActionState.EFFECTIVE, ActionState.INEFFECTIVE)),
        and_(state == ActionState.DONE, CorrectiveAction.recheck_on <= today),
        and_(state.in_(sorted(WORKING)), CorrectiveAction.due_on < today),
    )


def _count(actor: Actor, condition: ColumnElement[bool]) -> Select[int]:
    return select(func.count(CorrectiveAction.id)).where(CorrectiveAction.tenant_id == actor.tenant_id, condition)
