"""What follows on this side when the other's row of an action has changed."""

from typing import Final

from sqlalchemy import select

from app.people.identity import Membership
from app.platform.background.mirrors import MirroredChange, MirrorSide
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.corrective_actions.models import CorrectiveAction
from tenants.corrective_actions.services import records
from tenants.corrective_actions.services.notifying import notify_change

OWNERS: Final = ("partner_owner", "service_manager")


async def follow(work: UnitOfWork, runtime: Runtime, action: CorrectiveAction, change: MirroredChange) -> None:
    """Somebody answers for a new action; reminders follow the dates; this side's people are notified."""
    if change.created and action.side is MirrorSide.OTHER:
        await _choose_owner(work, action)
    await records.schedule_reminder(work, action)
    await notify_change(work, action, change, runtime.settings.public_url)


async def _choose_owner(work: UnitOfWork, action: CorrectiveAction) -> None:
    """The partner's owner answers for a new action until somebody else is chosen."""
    rows = await work.session.execute(
        select(Membership.id, Membership.display_name, Membership.roles)
        .where(Membership.state == "active", Membership.client_id.is_(None))
        .order_by(Membership.created_at, Membership.id)
    )
    people = rows.all()
    for role in OWNERS:
        for membership_id, name, roles in people:
            if role in roles:
                action.owner_membership_id, action.owner_name = membership_id, name
                records.add_line(work, action, "owner", name)
                await records.publish_change(work, action, "owner")
                return
