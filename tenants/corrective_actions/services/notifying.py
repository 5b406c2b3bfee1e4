"""Notices about corrective actions, to the action's owner and the partner's managers, or to headquarters' officers."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from app.people.identity import in_roles, read_recipients
from app.platform.background.mirrors import MirroredChange
from app.platform.kernel.texts import N_, Text
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import MemberRecipient, Notice, Severity, notify
from tenants.corrective_actions.lifecycle import WORKING, ActionState, Side
from tenants.corrective_actions.models import CorrectiveAction
from tenants.corrective_actions.services import records
from tenants.partner_metrics import MEASURE_NAMES, Measure

OFFICERS: Final = ("hq_quality_officer", "hq_administrator")
MANAGERS: Final = ("partner_owner", "service_manager")

_CHANGE_TEXTS: Final = {
    Side.PARTNER: {
        "opened": N_("总部开了整改单 %(number)s：%(measure)s，请在 %(due)s 前完成"),
        "breached_again": N_("整改单 %(number)s：%(measure)s 又一个月没有达标"),
        "due": N_("整改单 %(number)s 的日期改了：%(measure)s，%(due)s 前完成"),
        "confirm": N_("整改单 %(number)s 复查有效：%(measure)s 已经达标"),
        "reject": N_("整改单 %(number)s 复查无效：%(measure)s 还没有达标"),
        "open_again": N_("整改单 %(number)s 重新打开了：%(measure)s，请在 %(due)s 前完成"),
        "cancel": N_("整改单 %(number)s 取消了：%(measure)s"),
    },
    Side.HEADQUARTERS: {
        "plan": N_("%(partner)s 为整改单 %(number)s 制定了措施：%(measure)s"),
        "finish": N_("%(partner)s 完成了整改单 %(number)s，等待复查：%(measure)s"),
    },
}
_SOON: Final = N_("整改单 %(number)s 快到期了：%(measure)s，%(due)s 前完成")
_OVERDUE: Final = N_("整改单 %(number)s 已过期：%(partner)s，%(measure)s，应在 %(due)s 前完成")
_RECHECK: Final = N_("整改单 %(number)s 该复查了：%(partner)s，%(measure)s")


class ActionNotice(NamedTuple):
    """One notice about an action: once for each `reference`."""

    text: str
    reference: str
    severity: Severity = Severity.ATTENTION


async def notify_change(work: UnitOfWork, action: CorrectiveAction, change: MirroredChange, public_url: str) -> None:
    """Notify this side's people of the other side's change; once for each event, however often it is delivered."""
    text = _CHANGE_TEXTS[records.side_of(work)].get(change.kind)
    if text is not None:
        await _notify(work, action, ActionNotice(text, str(change.event_id)), public_url)


async def remind(work: UnitOfWork, action: CorrectiveAction, public_url: str) -> None:
    """Remind this side's people of the date that has come."""
    action_notice = _date_that_has_come(work, action)
    if action_notice is not None:
        await _notify(work, action, action_notice, public_url)


def _date_that_has_come(work: UnitOfWork, action: CorrectiveAction) -> ActionNotice | None:
    side = records.side_of(work)
    if action.state in WORKING:
        if work.now >= _reminder_time(action, days=1):
            return ActionNotice(_OVERDUE, f"overdue:{action.due_on}", Severity.URGENT)
        if side is Side.PARTNER and work.now >= _reminder_time(action, days=-records.SOON.days):
            return ActionNotice(_SOON, f"soon:{action.due_on}")
    elif action.state == ActionState.DONE and side is Side.HEADQUARTERS and records.today_of(work) >= action.recheck_on:
        return ActionNotice(_RECHECK, f"recheck:{action.recheck_on}")
    return None


def _reminder_time(action: CorrectiveAction, days: int) -> datetime:
    return datetime.combine(action.due_on + timedelta(days=days), records.REMINDER_TIME, PLATFORM_ZONE)


async def _notify(work: UnitOfWork, action: CorrectiveAction, action_notice: ActionNotice, public_url: str) -> None:
    headquarters = records.side_of(work) is Side.HEADQUARTERS
    place = "/hq" if headquarters else "/workspace"
    notice = Notice(
        reference=f"corrective_action:{action.id}:{action_notice.reference}",
        text=action_notice.text,
        parameters={
            "number": action.number,
            "partner": action.partner_name,
            "measure": Text(MEASURE_NAMES[Measure(action.measure)]),
            "due": action.due_on.isoformat(),
        },
        link=f"{place}/corrective-actions/{action.id}",
        severity=action_notice.severity,
    )
    await notify(work, await _people(work, action), notice, public_url=public_url)


async def _people(work: UnitOfWork, action: CorrectiveAction) -> list[MemberRecipient]:
    everybody = await read_recipients(work)
    if records.side_of(work) is Side.HEADQUARTERS:
        return in_roles(everybody, OFFICERS)
    owner = [each.address for each in everybody if each.address.membership_id == action.owner_membership_id]
    return [*owner, *in_roles(everybody, MANAGERS)]
