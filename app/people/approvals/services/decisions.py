"""Deciding: by a member who may, or by whoever holds a link; once, by somebody else than whoever asked."""

from uuid import UUID

import msgspec
from sqlalchemy import delete

from app.people.approvals.declaration import ApprovalSubject
from app.people.approvals.errors import ApprovalMoveRefused, BeyondLimit, OwnRequest, RecordChanged
from app.people.approvals.models import Approval, ApprovalLink
from app.people.approvals.schemas import Verdict
from app.people.approvals.services import records
from app.people.approvals.states import WAITING, ApprovalMove, ApprovalState
from app.platform.kernel.errors import Forbidden, NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.context import Command, elevated


class Decider(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever decides. `roles` is None for a person by link, whom the record's area has chosen."""

    id: UUID
    account_id: UUID | None = None
    name: str
    email: str = ""
    roles: tuple[str, ...] | None = None


async def decide(
    work: UnitOfWork,
    subject: ApprovalSubject,
    subject_id: UUID,
    verdict: Verdict,
    *,
    reason: str = "",
    terms: object = None,
) -> UUID:
    """A member decides what was asked about a record. `terms` reach the record's area as they are. The approval's id.

    Raises:
        Forbidden: without the subject's permission, or by an API token where the subject does not allow it.
        NotFound: nothing was asked about this record, or of a client's people where the actor is none of them.
        ApprovalMoveRefused, RecordChanged, OwnRequest, BeyondLimit, and what the record's area refuses.
    """
    actor = work.actor
    actor.require(subject.permission)
    work.require_writable()
    if actor.membership_id is None or (actor.by_token and not subject.by_programs):
        raise Forbidden
    seen = await records.latest_of(work, subject, subject_id)
    if seen is None or seen.client_id != actor.client_id:
        raise NotFound
    by = Decider(id=actor.membership_id, account_id=actor.account_id, name=actor.display_name, roles=actor.roles)
    async with elevated(work, Command.DECIDE_APPROVAL):
        await decide_as(work, subject, seen, by, verdict, reason=reason, terms=terms)
    return seen.id


async def decide_as(
    work: UnitOfWork,
    subject: ApprovalSubject,
    seen: Approval,
    by: Decider,
    verdict: Verdict,
    *,
    reason: str,
    terms: object = None,
) -> None:
    """In the tenant's own scope. Of two at once the second finds it decided. Raises as `decide`."""
    same = await records.unchanged(work, subject, seen)
    approval = await records.locked(work, seen.id)
    if approval.state not in WAITING or approval.expires_at <= work.now:
        raise ApprovalMoveRefused
    if not same:
        raise RecordChanged
    _refuse_own(approval, by)
    _refuse_beyond_limit(approval, by)
    approval.reason = reason.strip()
    link = by.id if by.roles is None else None
    if verdict is Verdict.APPROVE and approval.state == ApprovalState.REQUESTED and _needs_second(approval):
        approval.first_decided_by, approval.first_decided_by_account = by.id, by.account_id
        approval.first_decided_by_name, approval.first_decided_by_email = by.name, by.email
        approval.first_decided_at = work.now
        records.move(work, approval, ApprovalMove.APPROVE_FIRST, link=link)
        await work.session.execute(delete(ApprovalLink).where(ApprovalLink.id == by.id))
        return
    approval.decided_by, approval.decided_by_name, approval.decided_by_email = by.id, by.name, by.email
    approval.decided_at = work.now
    step = ApprovalMove.APPROVE if verdict is Verdict.APPROVE else ApprovalMove.DECLINE
    records.move(work, approval, step, link=link)
    await records.end(work, subject, approval, terms)


def _refuse_own(approval: Approval, by: Decider) -> None:
    memberships = {approval.requested_by, approval.first_decided_by} - {None}
    accounts = {approval.requested_by_account, approval.first_decided_by_account} - {None}
    addresses = {approval.first_decided_by_email} - {""}
    if by.id in memberships or by.account_id in accounts or by.email.lower() in addresses:
        raise OwnRequest


def _refuse_beyond_limit(approval: Approval, by: Decider) -> None:
    if not approval.limits or by.roles is None or approval.amount_minor is None:
        return
    for role in by.roles:
        if role in approval.limits:
            limit = approval.limits[role]
            if limit is None or abs(approval.amount_minor) <= limit:
                return
    raise BeyondLimit


def _needs_second(approval: Approval) -> bool:
    above, amount = approval.second_above_minor, approval.amount_minor
    return above is not None and amount is not None and abs(amount) > above
