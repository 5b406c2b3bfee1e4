"""What waits for headquarters' decision: applications, corrective actions, access to partners' records."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from app.platform.kernel.texts import N_, Translator
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.access_grants import AccessGrants
from tenants.corrective_actions import ActionState, actions_for_headquarters
from tenants.partner_metrics import MEASURE_NAMES, Measure
from tenants.partners import Vetting

SHOWN: Final = 5
"""Decisions of each kind on the first page; the list of the kind holds the others."""
UNANSWERED_AFTER: Final = timedelta(days=2)
"""From then on a request for access that the partner does not answer is worth a call."""
RECENT_GRANTS: Final = 50


class Decision(NamedTuple):
    """One matter that waits: whose, what it is, since when, and where it is done."""

    icon: str
    title: str
    what: str
    since: datetime
    href: str
    button: str


class Queue(NamedTuple):
    """The oldest decisions of all kinds, and the lists in which there are more."""

    decisions: Sequence[Decision]
    more: Sequence[tuple[str, str]]
    """Label and address."""


async def decisions_of(work: UnitOfWork, vetting: Vetting, _: Translator) -> Queue:
    """What the actor may decide, waiting longest first."""
    found: list[Decision] = []
    more: list[tuple[str, str]] = []
    for decisions, label, href in (
        (await _applications(work, vetting, _), _(N_("全部申请")), "/hq/applications"),
        (await _corrective_actions(work, _), _(N_("全部整改单")), "/hq/corrective-actions"),
        (await _access(work, _), _(N_("全部访问授权")), "/hq/access"),
    ):
        found += decisions[:SHOWN]
        if len(decisions) > SHOWN:
            more.append((label, href))
    return Queue(sorted(found, key=lambda decision: decision.since), more)


async def _applications(work: UnitOfWork, vetting: Vetting, _: Translator) -> list[Decision]:
    if not work.actor.may(Permission.APPLICATION_DECIDE):
        return []
    waiting = await vetting.waiting(SHOWN + 1)
    return [
        Decision(
            "inbox",
            each.legal_name,
            _(N_("申请加入，%(city)s"), city=each.city),
            each.submitted_at,
            f"/hq/applications/{each.id}",
            _(N_("审核")),
        )
        for each in waiting
    ]


async def _corrective_actions(work: UnitOfWork, _: Translator) -> list[Decision]:
    if not work.actor.may(Permission.CORRECTIVE_ACTION_DECIDE):
        return []
    found = []
    for each in await actions_for_headquarters(work, SHOWN + 1):
        what, button = _next_step(each.state)
        measure = _(MEASURE_NAMES[Measure(each.measure)])
        found.append(
            Decision(
                "list-check",
                each.partner_name,
                f"{each.number} {measure}{_(N_('：'))}{_(what)}",
                _beginning_of(each.due_on if each.overdue else each.recheck_on),
                f"/hq/corrective-actions/{each.id}",
                _(button),
            )
        )
    return found


async def _access(work: UnitOfWork, _: Translator) -> list[Decision]:
    """The actor's own requests: answered and open, or unanswered for too long."""
    if not work.actor.may(Permission.ACCESS_GRANT_REQUEST):
        return []
    found = []
    for each in await AccessGrants(work).newest(limit=RECENT_GRANTS):
        if each.requested_by != work.actor.membership_id or each.expires_at <= work.now:
            continue
        href = f"/hq/access/{each.id}"
        if each.state == "open":
            what, button = _(N_("可以看它的记录了，看完请结束访问")), _(N_("去看"))
            found.append(Decision("eye", each.partner_name, what, each.decided_at or each.requested_at, href, button))
        elif each.state == "requested" and each.requested_at < work.now - UNANSWERED_AFTER:
            what, button = _(N_("访问申请还没有答复")), _(N_("看申请"))
            found.append(Decision("eye", each.partner_name, what, each.requested_at, href, button))
    return found


def _next_step(state: str) -> tuple[str, str]:
    """What headquarters does about an action in this state: what it is, and the button."""
    match state:
        case ActionState.DONE:
            return N_("整改完成，到了复查的日子"), N_("复查")
        case ActionState.EFFECTIVE:
            return N_("复查有效，可以关闭"), N_("关闭")
        case ActionState.INEFFECTIVE:
            return N_("复查无效：重新打开，或取消"), N_("决定")
        case _:
            return N_("过了完成期限还没做完"), N_("催办")


def _beginning_of(day: date) -> datetime:
    return datetime.combine(day, time.min, PLATFORM_ZONE)
