"""Rows of corrective actions: loading with a lock, adding lines, publishing changes, views."""

from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.platform.background import reschedule
from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import Invalid, NotFound
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.texts import N_
from app.platform.kernel.time_source import PLATFORM_ZONE, platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.corrective_actions.lifecycle import CHANGE_ACTIONS, CORRECTIVE_ACTION, WORKING, ActionState, Move, Side
from tenants.corrective_actions.models import CORRECTIVE_ACTIONS, CorrectiveAction, CorrectiveActionLine
from tenants.corrective_actions.schemas import Action, ActionLine, ActionSummary

REMINDER_TIME: Final = time(9)
"""When people are reminded, on headquarters' clocks."""
SOON: Final = timedelta(days=3)
LONGEST_AHEAD: Final = timedelta(days=730)
HUNDREDTHS: Final = 100


def side_of(work: UnitOfWork) -> Side:
    """The side of the actor's tenant."""
    return Side.HEADQUARTERS if work.tenant_id == HQ_TENANT_ID else Side.PARTNER


def today_of(work: UnitOfWork) -> date:
    """Headquarters' calendar day."""
    return platform_day(work.now)


def check_dates(work: UnitOfWork, due_on: date, recheck_on: date, *, before: date | None = None) -> None:
    """
    Raises:
        Invalid: the re-check before the due date, or dates past or far away; a due date as `before` may have passed.
    """
    today = today_of(work)
    if due_on != before and not today <= due_on <= today + LONGEST_AHEAD:
        raise Invalid(fields={"due_on": N_("请选择今天以后、两年以内的日期。")})
    if not due_on <= recheck_on <= today + LONGEST_AHEAD:
        raise Invalid(fields={"recheck_on": N_("复查日期不能早于完成期限，也不能在两年以后。")})


async def locked_action(work: UnitOfWork, action_id: UUID) -> CorrectiveAction:
    """
    Raises:
        NotFound: this side has no such action.
    """
    found = await work.session.get(
        CorrectiveAction, (work.tenant_id, action_id), with_for_update=True, populate_existing=True
    )
    if found is None:
        raise NotFound
    return found


def take_step(work: UnitOfWork, action: CorrectiveAction, step: Move, text: str = "") -> None:
    """Take `step`, with its line.

    Raises:
        MoveRefused
    """
    CORRECTIVE_ACTIONS.settle(action, CORRECTIVE_ACTION.after(step, action.state, side_of(work)))
    add_line(work, action, step, text)


def add_line(work: UnitOfWork, action: CorrectiveAction, kind: str, text: str = "") -> None:
    """Write down that something happened."""
    work.session.add(
        CorrectiveActionLine(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            action_id=action.id,
            occurred_at=work.now,
            kind=kind,
            side=side_of(work),
            actor_name=work.actor.display_name,
            text=text,
        )
    )


async def publish_change(work: UnitOfWork, action: CorrectiveAction, kind: str) -> None:
    """After every change of this side: audit, the event for the other side, the next reminder."""
    work.audit(CHANGE_ACTIONS[kind], "corrective_action", action.id, state=action.state)
    CORRECTIVE_ACTIONS.publish(work, action, kind)
    await schedule_reminder(work, action)
    await work.session.flush()


async def schedule_reminder(work: UnitOfWork, action: CorrectiveAction) -> None:
    """Schedule the reminder for the action's next date."""
    moments = [moment for moment in reminder_times(action) if moment > work.now]
    if moments:
        await reschedule(work, DueKind.CORRECTIVE_ACTION, action.id, min(moments))


def reminder_times(action: CorrectiveAction) -> list[datetime]:
    """The times of the action's reminders, UTC."""
    if action.state in WORKING:
        days = [action.due_on - SOON, action.due_on + timedelta(days=1)]
    else:
        days = [action.recheck_on] if action.state == ActionState.DONE else []
    return [datetime.combine(day, REMINDER_TIME, PLATFORM_ZONE) for day in days]


async def lines_of(work: UnitOfWork, action_id: UUID) -> list[CorrectiveActionLine]:
    """The lines, oldest first."""
    return list(
        await work.session.scalars(
            select(CorrectiveActionLine)
            .where(CorrectiveActionLine.action_id == action_id)
            .order_by(CorrectiveActionLine.occurred_at, CorrectiveActionLine.id)
        )
    )


def summary_of(action: CorrectiveAction, today: date) -> ActionSummary:
    """One row of a list."""
    return view_of(
        ActionSummary,
        action,
        limit=action.limit_hundredths / HUNDREDTHS,
        value=action.value_hundredths / HUNDREDTHS,
        overdue=action.state in WORKING and today > action.due_on,
    )


async def to_view(work: UnitOfWork, action: CorrectiveAction) -> Action:
    """The action's full view for this side."""
    head, side = summary_of(action, today_of(work)), side_of(work)
    value = action.recheck_value_hundredths
    return Action(
        **{name: getattr(head, name) for name in head.__struct_fields__},
        fewest_cases=action.fewest_cases,
        months=action.months,
        cases=action.cases,
        round=action.round,
        owner_membership_id=action.owner_membership_id,
        cause=action.cause,
        planned_measures=action.planned_measures,
        rechecked_at=action.rechecked_at,
        recheck_month=action.recheck_month,
        recheck_value=None if value is None else value / HUNDREDTHS,
        recheck_cases=action.recheck_cases,
        moves=[*CORRECTIVE_ACTION.moves_from(action.state, side)],
        lines=[
            ActionLine(
                occurred_at=each.occurred_at,
                kind=each.kind,
                side=each.side,
                actor_name=each.actor_name,
                text=each.text,
            )
            for each in await lines_of(work, action.id)
        ],
        version=action.state_revision + action.owner_revision + action.other_revision,
    )
