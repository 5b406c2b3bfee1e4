"""The partner's consent to headquarters' access, as an approval."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from app.people.approvals import ApprovalRequest, ApprovalState, ApprovalSubject, Decision, Fact, Requester
from app.platform.background import reschedule
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.access_grants.lifecycle import ACCESS_GRANT, MOVE_ACTIONS, GrantMove, GrantState, Side
from tenants.access_grants.models import ACCESS_GRANTS, AccessGrant
from tenants.access_grants.schemas import RecordKind

ASKED: Final = N_("总部 %(person)s 申请查看贵公司的记录，请处理。原因：%(reason)s")
KIND_NAMES: Final = {
    frozenset({RecordKind.TICKET}): N_("服务单"),
    frozenset({RecordKind.DEVICE}): N_("设备"),
    frozenset(RecordKind): N_("服务单和设备"),
}
_MOVES: Final = {
    ApprovalState.APPROVED: GrantMove.CONSENT,
    ApprovalState.DECLINED: GrantMove.DECLINE,
    ApprovalState.EXPIRED: GrantMove.EXPIRE,
}


class ConsentTerms(msgspec.Struct, frozen=True):
    """For how long, and for which client; None is all."""

    hours: int
    client_id: UUID | None


async def _content(work: UnitOfWork, grant_id: UUID) -> object | None:
    grant = await locked_grant(work, grant_id)
    if grant is None:
        return None
    return {
        "requested_by": str(grant.requested_by),
        "reason": grant.reason,
        "record_kinds": grant.record_kinds,
        "hours": grant.hours,
    }


async def _follow(work: UnitOfWork, decision: Decision) -> None:
    grant = await locked_grant(work, decision.subject_id)
    step = _MOVES.get(ApprovalState(decision.state))
    if grant is None or step is None:
        return
    if step is GrantMove.CONSENT:
        terms = decision.terms or ConsentTerms(grant.hours, None)
        grant.client_id = terms.client_id
        grant.expires_at = work.now + timedelta(hours=terms.hours)
        await reschedule(work, DueKind.ACCESS_EXPIRY, grant.id, grant.expires_at)
    move_grant(work, grant, step, decision.reason)


ACCESS_CONSENT: Final = ApprovalSubject(
    kind="access_grant",
    label=N_("访问授权申请"),
    permission=Permission.ACCESS_GRANT_DECIDE,
    content=_content,
    follow=_follow,
    page="/workspace/access",
)


def consent_request(grant: AccessGrant) -> ApprovalRequest:
    """What the partner's owners are asked."""
    kinds = frozenset(RecordKind(each) for each in grant.record_kinds)
    return ApprovalRequest(
        subject_id=grant.id,
        title=ASKED,
        parameters={"person": grant.requested_by_name, "reason": grant.reason[:200]},
        facts=(
            Fact(N_("原因"), grant.reason),
            Fact(N_("要看哪些记录"), KIND_NAMES[kinds], is_text=True),
            Fact(N_("范围"), N_("全部客户"), is_text=True),
            Fact(N_("最长多少小时"), str(grant.hours)),
        ),
        expires_at=grant.expires_at,
        requester=Requester(grant.requested_by, grant.requested_by_account, grant.requested_by_name),
    )


async def locked_grant(work: UnitOfWork, grant_id: UUID) -> AccessGrant | None:
    """This side's row."""
    return await work.session.get(AccessGrant, (work.tenant_id, grant_id), with_for_update=True, populate_existing=True)


def move_grant(work: UnitOfWork, grant: AccessGrant, step: GrantMove, reason: str = "") -> None:
    """Make a move of this side's, or the platform's, on the locked row.

    Raises:
        GrantMoveRefused
    """
    side = Side(ACCESS_GRANT.moves[step].side)
    ACCESS_GRANTS.settle(grant, ACCESS_GRANT.after(step, grant.state, side), by_platform=side is Side.PLATFORM)
    if side is Side.PARTNER:
        grant.decided_by_name, grant.decided_at = work.actor.display_name, work.now
    if grant.state != GrantState.OPEN:
        grant.ended_at = work.now
    grant.decision = reason or grant.decision
    ACCESS_GRANTS.publish(work, grant)
    work.audit(MOVE_ACTIONS[step], "access_grant", grant.id, client_id=grant.client_id, expires_at=grant.expires_at)
