"""Rows of approvals: locking in one order, moving, and what follows an end."""

from uuid import UUID

from sqlalchemy import delete, select

from app.people.approvals.declaration import ApprovalSubject, hash_of
from app.people.approvals.events import ApprovalMoved
from app.people.approvals.models import Approval, ApprovalLink
from app.people.approvals.schemas import Decision
from app.people.approvals.states import APPROVAL, MOVE_ACTIONS, WAITING, ApprovalMove
from app.platform.kernel.unit_of_work import UnitOfWork


async def unchanged(work: UnitOfWork, subject: ApprovalSubject, approval: Approval) -> bool:
    """Whether the record, locked from here on, is still what was asked about. Always locked before the approval, as by
    whoever changes it."""
    content = await subject.content(work, approval.subject_id)
    return content is not None and hash_of(content) == approval.content_hash


async def locked(work: UnitOfWork, approval_id: UUID) -> Approval:
    """The approval as it stands, until the end of the transaction."""
    return await work.session.get_one(
        Approval, (work.tenant_id, approval_id), with_for_update=True, populate_existing=True
    )


async def waiting_of(work: UnitOfWork, subject: ApprovalSubject, subject_id: UUID) -> Approval | None:
    """What waits about this record."""
    found: Approval | None = await work.session.scalar(
        select(Approval).where(
            Approval.subject_kind == subject.kind, Approval.subject_id == subject_id, Approval.state.in_(WAITING)
        )
    )
    return found


async def latest_of(work: UnitOfWork, subject: ApprovalSubject, subject_id: UUID) -> Approval | None:
    """The last that was asked about this record."""
    found: Approval | None = await work.session.scalar(
        select(Approval)
        .where(Approval.subject_kind == subject.kind, Approval.subject_id == subject_id)
        .order_by(Approval.requested_at.desc(), Approval.id.desc())
        .limit(1)
    )
    return found


def move(work: UnitOfWork, approval: Approval, step: ApprovalMove, **details: object) -> None:
    """
    Raises:
        ApprovalMoveRefused: it has ended.
    """
    approval.state = APPROVAL.after(step, approval.state)
    work.audit(
        MOVE_ACTIONS[step],
        "approval",
        approval.id,
        subject_kind=approval.subject_kind,
        subject=approval.subject_id,
        **details,
    )
    work.publish(ApprovalMoved(approval_id=approval.id, state=approval.state))


async def end(work: UnitOfWork, subject: ApprovalSubject, approval: Approval, terms: object = None) -> None:
    """Close the links, and let the record's area follow."""
    await work.session.execute(delete(ApprovalLink).where(ApprovalLink.approval_id == approval.id))
    await work.session.flush()
    await subject.follow(
        work,
        Decision(
            approval_id=approval.id,
            subject_id=approval.subject_id,
            state=approval.state,
            decided_by_name=approval.decided_by_name,
            reason=approval.reason,
            terms=terms,
        ),
    )
