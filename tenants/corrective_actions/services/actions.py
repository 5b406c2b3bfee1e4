"""Both sides' work on corrective actions: reading, the partner's answer, headquarters' re-check."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.people.identity import Membership
from app.platform.kernel.errors import Invalid, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.corrective_actions.errors import MoveRefused, TooEarlyToRecheck, TooFewToRecheck
from tenants.corrective_actions.lifecycle import ENDED, WORKING, ActionState, Move, Side
from tenants.corrective_actions.models import CorrectiveAction
from tenants.corrective_actions.schemas import (
    Action,
    ActionSummary,
    Cancellation,
    Candidate,
    Dates,
    OwnerChange,
    Plan,
    Progress,
)
from tenants.corrective_actions.services import records
from tenants.corrective_actions.services.creation import is_bad
from tenants.corrective_actions.services.records import HUNDREDTHS
from tenants.partner_metrics import Grain, Measure, beginning, measured_months, preceding


class ActionService:
    """The actions of the actor's own tenant: headquarters sees every partner's, a partner its own."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def going_on(self, partner_ids: Collection[UUID]) -> list[ActionSummary]:
        """What these partners are correcting now."""
        self.work.actor.require(Permission.CORRECTIVE_ACTION_READ)
        found = await self.work.session.scalars(
            select(CorrectiveAction)
            .where(CorrectiveAction.partner_id.in_(partner_ids), CorrectiveAction.state.not_in(ENDED))
            .order_by(CorrectiveAction.opened_at, CorrectiveAction.id)
        )
        today = records.today_of(self.work)
        return [records.summary_of(row, today) for row in found]

    async def action(self, action_id: UUID) -> Action:
        """
        Raises:
            NotFound
        """
        self.work.actor.require(Permission.CORRECTIVE_ACTION_READ)
        found = await self.work.session.get(CorrectiveAction, (self.work.tenant_id, action_id))
        if found is None:
            raise NotFound
        return await records.to_view(self.work, found)

    async def candidates(self) -> list[Candidate]:
        """The partner's own people, of whom one answers for the action."""
        self.work.actor.require(Permission.CORRECTIVE_ACTION_ANSWER)
        rows = await self.work.session.execute(
            select(Membership.id, Membership.display_name)
            .where(Membership.state == "active", Membership.client_id.is_(None))
            .order_by(Membership.display_name, Membership.id)
        )
        return [Candidate(membership_id, name) for membership_id, name in rows]

    async def plan(self, action_id: UUID, plan: Plan) -> Action:
        """The partner plans: cause and measures.

        Raises:
            NotFound, MoveRefused
        """
        action = await self._answering(action_id)
        records.take_step(self.work, action, Move.PLAN, plan.planned_measures)
        action.cause, action.planned_measures = plan.cause, plan.planned_measures
        return await self._done(action, Move.PLAN)

    async def start(self, action_id: UUID) -> Action:
        """Start the measures. Raises like `plan`."""
        action = await self._answering(action_id)
        records.take_step(self.work, action, Move.START)
        return await self._done(action, Move.START)

    async def report_progress(self, action_id: UUID, progress: Progress) -> Action:
        """Add a line on the progress, while the measures are not done. Raises like `plan`."""
        action = await self._answering(action_id)
        if action.state not in WORKING:
            raise MoveRefused
        records.add_line(self.work, action, "progress", progress.text)
        return await self._done(action, "progress")

    async def finish(self, action_id: UUID, progress: Progress) -> Action:
        """Report the measures as done, for headquarters' re-check. Raises like `plan`."""
        action = await self._answering(action_id)
        records.take_step(self.work, action, Move.FINISH, progress.text)
        return await self._done(action, Move.FINISH)

    async def change_owner(self, action_id: UUID, change: OwnerChange) -> Action:
        """Another of the partner's people answers for it.

        Raises:
            NotFound, MoveRefused
            Invalid: not one of the partner's active people.
        """
        action = await self._answering(action_id)
        if action.state in ENDED:
            raise MoveRefused
        owner = next((each for each in await self.candidates() if each.membership_id == change.membership_id), None)
        if owner is None:
            raise Invalid(fields={"membership_id": N_("请选择本公司在职的人。")})
        action.owner_membership_id, action.owner_name = owner.membership_id, owner.name
        records.add_line(self.work, action, "owner", owner.name)
        return await self._done(action, "owner")

    async def change_dates(self, action_id: UUID, dates: Dates) -> Action:
        """Headquarters moves the due date or the re-check.

        Raises:
            NotFound, MoveRefused
            Invalid: the re-check before the due date, or dates past or far away.
        """
        action = await self._deciding(action_id)
        if action.state in ENDED:
            raise MoveRefused
        self._set_dates(action, dates)
        return await self._done(action, "due")

    def _set_dates(self, action: CorrectiveAction, dates: Dates) -> None:
        records.check_dates(self.work, dates.due_on, dates.recheck_on, before=action.due_on)
        action.due_on, action.recheck_on = dates.due_on, dates.recheck_on
        records.add_line(self.work, action, "due", f"{dates.due_on} / {dates.recheck_on}")

    async def recheck(self, action_id: UUID, engine: AsyncEngine) -> Action:
        """Compute the figure of the last complete month from the roll-ups and judge by the action's own limit.

        `engine` is the network role's.

        Raises:
            NotFound, MoveRefused
            TooEarlyToRecheck: no complete month since the one that opened the action.
            TooFewToRecheck: that month has fewer cases than the threshold asked for.
        """
        action = await self._deciding(action_id)
        if action.state != ActionState.DONE:
            raise MoveRefused
        month = preceding(Grain.MONTH, beginning(Grain.MONTH, records.today_of(self.work)))
        if month <= max(action.month, action.recheck_month or action.month):
            raise TooEarlyToRecheck
        measured = await measured_months(engine, Measure(action.measure), month, month, action.partner_id)
        now = measured[0].months[-1] if measured else None
        if now is None or now.value is None or now.cases < action.fewest_cases:
            raise TooFewToRecheck(cases=now.cases if now else 0, fewest=action.fewest_cases)
        value = round(now.value * HUNDREDTHS)
        bad = is_bad(value, action.comparison, action.limit_hundredths)
        step = Move.REJECT if bad else Move.CONFIRM
        records.take_step(self.work, action, step, f"{month:%Y-%m} {now.value:g}")
        action.rechecked_at, action.recheck_month = self.work.now, month
        action.recheck_value_hundredths, action.recheck_cases = value, now.cases
        return await self._done(action, step)

    async def close(self, action_id: UUID) -> Action:
        """Close an effective action. Raises like `plan`."""
        action = await self._deciding(action_id)
        records.take_step(self.work, action, Move.CLOSE)
        return await self._done(action, Move.CLOSE)

    async def open_again(self, action_id: UUID, dates: Dates) -> Action:
        """Reopen an ineffective action with new dates; the partner plans anew. Raises like `change_dates`."""
        action = await self._deciding(action_id)
        records.take_step(self.work, action, Move.OPEN_AGAIN)
        action.round += 1
        self._set_dates(action, dates)
        return await self._done(action, Move.OPEN_AGAIN)

    async def cancel(self, action_id: UUID, cancellation: Cancellation) -> Action:
        """Cancel an action that is not needed, with the reason. Raises like `plan`."""
        action = await self._deciding(action_id)
        records.take_step(self.work, action, Move.CANCEL, cancellation.reason)
        return await self._done(action, Move.CANCEL)

    async def _answering(self, action_id: UUID) -> CorrectiveAction:
        return await self._locked(action_id, Permission.CORRECTIVE_ACTION_ANSWER, Side.PARTNER)

    async def _deciding(self, action_id: UUID) -> CorrectiveAction:
        return await self._locked(action_id, Permission.CORRECTIVE_ACTION_DECIDE, Side.HEADQUARTERS)

    async def _locked(self, action_id: UUID, permission: Permission, side: Side) -> CorrectiveAction:
        self.work.actor.require(permission)
        self.work.require_writable()
        action = await records.locked_action(self.work, action_id)
        if records.side_of(self.work) is not side:
            raise MoveRefused
        return action

    async def _done(self, action: CorrectiveAction, kind: str) -> Action:
        await records.publish_change(self.work, action, kind)
        return await records.to_view(self.work, action)
