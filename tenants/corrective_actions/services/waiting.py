"""What waits for headquarters among the corrective actions."""

from sqlalchemy import select

from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.corrective_actions.counts import is_for_headquarters
from tenants.corrective_actions.models import CorrectiveAction
from tenants.corrective_actions.schemas import ActionSummary
from tenants.corrective_actions.services import records


async def actions_for_headquarters(work: UnitOfWork, limit: int) -> list[ActionSummary]:
    """At most `limit` actions about which headquarters has to do something, the one due longest first.

    Raises:
        Forbidden: without `corrective_action:read`.
    """
    work.actor.require(Permission.CORRECTIVE_ACTION_READ)
    found = await work.session.scalars(
        select(CorrectiveAction)
        .where(CorrectiveAction.tenant_id == work.tenant_id, is_for_headquarters(work.now))
        .order_by(CorrectiveAction.due_on, CorrectiveAction.id)
        .limit(limit)
    )
    today = records.today_of(work)
    return [records.summary_of(row, today) for row in found]
