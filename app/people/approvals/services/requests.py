"""Asking for a decision, taking the request back, and noticing that its record has changed."""

from uuid import UUID

import msgspec
from sqlalchemy.dialects.postgresql import insert

from app.people.approvals.declaration import ApprovalSubject, hash_of
from app.people.approvals.errors import ApprovalAlreadyRequested, ApprovalMoveRefused
from app.people.approvals.events import ApprovalRequested
from app.people.approvals.models import Approval
from app.people.approvals.schemas import ApprovalRequest, Limits, Requester
from app.people.approvals.services import records
from app.people.approvals.states import WAITING, ApprovalMove, ApprovalState
from app.platform.background import reschedule
from app.platform.kernel.errors import NotFound
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.unit_of_work import UnitOfWork


async def request_approval(work: UnitOfWork, subject: ApprovalSubject, wanted: ApprovalRequest) -> UUID:
    """Ask for a decision about a record as it is now. Runs in the tenant's own scope; deciders are notified.

    Raises:
        NotFound: there is no such record.
        ApprovalAlreadyRequested: it waits for a decision already.
        ValueError: limits without an amount.
    """
    if wanted.amount is None and wanted.limits != Limits():
        raise ValueError("limits need an amount")
    content = await subject.content(work, wanted.subject_id)
    if content is None:
        raise NotFound
    actor = work.actor
    requester = wanted.requester or Requester(actor.membership_id, actor.account_id, actor.display_name)
    made: UUID | None = await work.session.scalar(
        insert(Approval)
        .values(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=wanted.client_id,
            subject_kind=subject.kind,
            subject_id=wanted.subject_id,
            content_hash=hash_of(content),
            title=wanted.title,
            parameters=dict(wanted.parameters),
            facts=msgspec.to_builtins(wanted.facts),
            amount_minor=wanted.amount.minor if wanted.amount else None,
            currency=wanted.amount.currency if wanted.amount else "",
            limits=dict(wanted.limits.by_role),
            second_above_minor=wanted.limits.second_above,
            state=ApprovalState.REQUESTED,
            requested_by=requester.membership_id,
            requested_by_account=requester.account_id,
            requested_by_name=requester.name,
            requested_at=work.now,
            expires_at=wanted.expires_at,
            first_decided_by_name="",
            first_decided_by_email="",
            decided_by_name="",
            decided_by_email="",
            reason="",
        )
        .on_conflict_do_nothing()
        .returning(Approval.id)
    )
    if made is None:
        raise ApprovalAlreadyRequested
    await reschedule(work, DueKind.APPROVAL_EXPIRY, made, wanted.expires_at)
    work.publish(ApprovalRequested(approval_id=made))
    work.audit("approval.requested", "approval", made, subject_kind=subject.kind, subject=wanted.subject_id)
    return made


async def withdraw(work: UnitOfWork, subject: ApprovalSubject, subject_id: UUID, *, missing_ok: bool = False) -> None:
    """Take back what waits about a record: for the record's area, which knows who may.

    Raises:
        ApprovalMoveRefused: nothing waits (any more); not with `missing_ok`.
    """
    approval = await _waiting(work, subject, subject_id)
    if approval is not None:
        records.move(work, approval, ApprovalMove.WITHDRAW)
        await records.end(work, subject, approval)
    elif not missing_ok:
        raise ApprovalMoveRefused


async def void_if_changed(work: UnitOfWork, subject: ApprovalSubject, subject_id: UUID) -> bool:
    """Make void what waits about a record that has changed; whether it did. For the transaction that changes it."""
    await work.session.flush()
    approval = await _waiting(work, subject, subject_id)
    if approval is None or await records.unchanged(work, subject, approval):
        return False
    records.move(work, approval, ApprovalMove.MAKE_VOID)
    await records.end(work, subject, approval)
    return True


async def _waiting(work: UnitOfWork, subject: ApprovalSubject, subject_id: UUID) -> Approval | None:
    """Locked after its record."""
    found = await records.waiting_of(work, subject, subject_id)
    if found is None:
        return None
    await subject.content(work, subject_id)
    approval = await records.locked(work, found.id)
    return approval if approval.state in WAITING else None
