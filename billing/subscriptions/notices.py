"""What the partner's owner and finance are told of their plan: every step, and in time what will cost something."""

from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.people.identity import in_roles, read_recipients
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import Notice, Severity, notify
from billing.subscriptions.models import PlanSubscription, PlanSubscriptionStep
from billing.subscriptions.services.catalogue import version_of
from billing.subscriptions.services.progress import OVER_PLAN, TRIAL_ENDING, oldest_due, patience_of
from billing.subscriptions.standing import read_only_from
from billing.subscriptions.states import SubscriptionMove

ROLES: Final = ("partner_owner", "partner_finance")
LINK: Final = "/workspace/plan"
_M = SubscriptionMove
STEP_TEXTS: Final = {
    "start": N_("套餐试用开始，%(end)s 起计费；可以在此之前更换或结束。"),
    _M.CONVERT: N_("试用结束，套餐从今天起计费；账单由总部开出。"),
    _M.FALL_DUE: N_("套餐账单已经逾期，请尽快付款；到 %(closed)s 仍未付清，公司将转为只读。"),
    _M.WARN: N_("套餐账单逾期，现在是宽限期；到 %(closed)s 仍未付清，公司将转为只读。"),
    _M.RESTRICT: N_("套餐账单没有付清，公司已转为只读：可以查看和导出，不能修改；付清后自动恢复。"),
    _M.SETTLE: N_("套餐账单已经付清，套餐恢复正常。"),
    _M.END: N_("套餐已经结束，公司转为只读；重新选择套餐后自动恢复。"),
}
REMINDER_TEXTS: Final = {
    TRIAL_ENDING: N_("套餐试用到 %(end)s 为止，之后开始计费。"),
    OVER_PLAN: N_(
        "现在有 %(engineers)s 位工程师、%(devices)s 台设备，超过套餐包含的 %(included_engineers)s 位、"
        "%(included_devices)s 台；超出的部分在 %(end)s 按最高数计费。"
    ),
}
_URGENT: Final = (_M.FALL_DUE, _M.WARN, _M.RESTRICT, _M.END)


async def tell_step(work: UnitOfWork, step_id: UUID, *, public_url: str) -> None:
    """Once for each step that says something new."""
    step = await work.session.scalar(select(PlanSubscriptionStep).where(PlanSubscriptionStep.id == step_id))
    if step is None or step.kind not in STEP_TEXTS:
        return
    severity = Severity.ATTENTION if step.kind in _URGENT else Severity.INFO
    await _tell(work, STEP_TEXTS[step.kind], f"plan:{step_id}", severity, public_url)


async def tell_reminder(work: UnitOfWork, kind: str, reference: str, *, public_url: str) -> None:
    """Once by its reference."""
    await _tell(work, REMINDER_TEXTS[kind], f"plan:{kind}:{reference}", Severity.ATTENTION, public_url)


async def _tell(work: UnitOfWork, text: str, reference: str, severity: Severity, public_url: str) -> None:
    row = await work.session.scalar(select(PlanSubscription))
    if row is None:
        return
    version, due = await version_of(work, row.version_id), await oldest_due(work)
    closed = read_only_from(due, await patience_of(work, row)) if due is not None else row.period_end
    notice = Notice(
        reference=reference,
        text=text,
        parameters={
            "end": row.period_end.isoformat(),
            "closed": closed.isoformat(),
            "engineers": str(row.engineers),
            "devices": str(row.devices),
            "included_engineers": str(version.included_engineers),
            "included_devices": str(version.included_devices),
        },
        link=LINK,
        severity=severity,
    )
    await notify(work, in_roles(await read_recipients(work), ROLES), notice, public_url=public_url)
