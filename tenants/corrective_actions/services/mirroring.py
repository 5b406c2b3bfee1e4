"""Keeping the two rows of an action in step.

The event says only that one side's row changed; what is carried over is that row as it stands, so events may come late,
twice and in any order. Each side's fields are taken over when its revision is newer; the state when its revision is
higher, and of two moves at the same time headquarters' stands (the partner's line remains in the story).
"""

from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.people.identity import Membership
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.corrective_actions.lifecycle import Side
from tenants.corrective_actions.models import CorrectiveAction, CorrectiveActionLine
from tenants.corrective_actions.services import records
from tenants.corrective_actions.services.notifying import MirroredChange, notify_change

OPENING: Final = (
    "number",
    "partner_id",
    "partner_name",
    "threshold_id",
    "measure",
    "comparison",
    "limit_hundredths",
    "fewest_cases",
    "month",
    "months",
    "value_hundredths",
    "cases",
    "opened_at",
)
FIELDS: Final = {
    Side.HEADQUARTERS: (
        "due_on",
        "recheck_on",
        "rechecked_at",
        "recheck_month",
        "recheck_value_hundredths",
        "recheck_cases",
        "round",
        "hq_revision",
    ),
    Side.PARTNER: ("owner_membership_id", "owner_name", "cause", "planned_measures", "partner_revision"),
}
REVISION: Final = {Side.HEADQUARTERS: "hq_revision", Side.PARTNER: "partner_revision"}
STATE: Final = ("state", "revision", "settled_by")
LINE: Final = ("id", "action_id", "occurred_at", "kind", "side", "actor_name", "text")
OWNERS: Final = ("partner_owner", "service_manager")


class Snapshot(msgspec.Struct, frozen=True):
    """One side's row and lines, as values."""

    side: Side
    row: dict[str, Any]
    lines: list[dict[str, Any]]


async def mirror(runtime: Runtime, tenant_id: UUID, action_id: UUID, change: MirroredChange) -> None:
    """Mirror the row that `tenant_id` wrote to the other side, and notify its people."""
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        snapshot = await _snapshot(work, action_id)
    if snapshot is None:
        return
    other = snapshot.row["partner_id"] if tenant_id == HQ_TENANT_ID else HQ_TENANT_ID
    async with runtime.units_of_work.begin(Actor.system(other)) as work:
        action = await _take_over(work, action_id, snapshot)
        await work.session.flush()
        await records.schedule_reminder(work, action)
        await notify_change(work, action, change, runtime.settings.public_url)


async def _snapshot(work: UnitOfWork, action_id: UUID) -> Snapshot | None:
    action = await work.session.get(CorrectiveAction, (work.tenant_id, action_id))
    if action is None:
        return None
    names = ("id", *OPENING, *STATE, *FIELDS[Side.HEADQUARTERS], *FIELDS[Side.PARTNER])
    lines = await records.lines_of(work, action_id)
    return Snapshot(
        records.side_of(work),
        {name: getattr(action, name) for name in names},
        [{name: getattr(each, name) for name in LINE} for each in lines],
    )


async def _take_over(work: UnitOfWork, action_id: UUID, snapshot: Snapshot) -> CorrectiveAction:
    first = await work.session.scalar(
        insert(CorrectiveAction)
        .values(tenant_id=work.tenant_id, **snapshot.row)
        .on_conflict_do_nothing(index_elements=["tenant_id", "id"])
        .returning(CorrectiveAction.id)
    )
    action = await records.locked_action(work, action_id)
    row = snapshot.row
    if row[REVISION[snapshot.side]] > getattr(action, REVISION[snapshot.side]):
        for name in FIELDS[snapshot.side]:
            setattr(action, name, row[name])
    newer = row["revision"] > action.revision
    if newer or (row["revision"] == action.revision and snapshot.side is Side.HEADQUARTERS):
        for name in STATE:
            setattr(action, name, row[name])
    if snapshot.lines:
        await work.session.execute(
            insert(CorrectiveActionLine).on_conflict_do_nothing(index_elements=["tenant_id", "id"]),
            [{"tenant_id": work.tenant_id, **each} for each in snapshot.lines],
        )
    if first is not None and records.side_of(work) is Side.PARTNER:
        await _choose_owner(work, action)
    return action


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
