"""Notices about approvals, and the end of those that nobody decided in time."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.people.approvals.declaration import subjects
from app.people.approvals.events import ApprovalMoved, ApprovalRequested
from app.people.approvals.models import Approval
from app.people.approvals.services import records
from app.people.approvals.states import OUTCOME_NOTICES, WAITING, ApprovalMove, ApprovalState
from app.people.identity import kind_of_member, read_recipients
from app.platform.background import Consumers, ReceivedEvent, Sweeps, reschedule
from app.platform.kernel.actor import Actor
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import Text
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import MemberRecipient, Notice, Severity, notify
from rbac import permissions_of

consumers = Consumers()
sweeps = Sweeps()

PAGE: Final = "/workspace/approvals"


@consumers.on_batch(ApprovalRequested.topic, name="approvals.notify_deciders")
async def notify_deciders(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """Whoever may decide hears of it."""
    for event in events:
        approval = await work.session.get(Approval, (work.tenant_id, UUID(event.payload["approval_id"])))
        if approval is not None and approval.state in WAITING:
            await _ask(work, runtime, approval)


@consumers.on_batch(ApprovalMoved.topic, name="approvals.notify_outcome")
async def notify_outcome(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """Whoever asked hears how it ended; after the first of two approvals, who else may decide."""
    for event in events:
        moved = msgspec.convert(event.payload, ApprovalMoved)
        approval = await work.session.get(Approval, (work.tenant_id, moved.approval_id))
        if approval is None:
            continue
        if moved.state == ApprovalState.FIRST_APPROVED and approval.state in WAITING:
            await _ask(work, runtime, approval)
        text = OUTCOME_NOTICES.get(ApprovalState(moved.state))
        if text is None:
            continue
        subject = subjects()[approval.subject_kind]
        asker = [
            each.address for each in await read_recipients(work) if each.address.membership_id == approval.requested_by
        ]
        notice = Notice(
            reference=f"approval:{approval.id}:{moved.state}",
            text=text,
            parameters={
                "person": approval.decided_by_name,
                "subject": Text(subject.label),
                "reason": approval.reason[:200],
            },
            link=subject.requester_page_of(approval.subject_id),
        )
        await notify(work, asker, notice, public_url=runtime.settings.public_url)


async def _ask(work: UnitOfWork, runtime: Runtime, approval: Approval) -> None:
    notice = Notice(
        reference=f"approval:{approval.id}:{approval.state}",
        text=approval.title,
        parameters=approval.parameters,
        link=subjects()[approval.subject_kind].page_of(approval.subject_id) or f"{PAGE}/{approval.id}",
        severity=Severity.ATTENTION,
    )
    await notify(work, await _deciders(work, approval), notice, public_url=runtime.settings.public_url)


async def _deciders(work: UnitOfWork, approval: Approval) -> list[MemberRecipient]:
    """Members whose roles let them decide, but for who asked or has approved already."""
    needed = subjects()[approval.subject_kind].permission
    kind = kind_of_member(work.tenant_id, approval.client_id)
    out = (approval.requested_by, approval.first_decided_by)
    return [
        each.address
        for each in await read_recipients(work, approval.client_id)
        if each.address.membership_id not in out and needed in permissions_of(kind, sorted(each.roles))
    ]


@sweeps.on(DueKind.APPROVAL_EXPIRY)
async def expire(runtime: Runtime, tenant_id: UUID, approval_ids: Sequence[UUID]) -> None:
    """End what nobody decided in time; one whose record has changed is void."""
    for approval_id in approval_ids:
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            seen = await work.session.scalar(select(Approval).where(Approval.id == approval_id))
            if seen is None:
                continue
            subject = subjects()[seen.subject_kind]
            same = await records.unchanged(work, subject, seen)
            approval = await records.locked(work, approval_id)
            if approval.state not in WAITING:
                continue
            if approval.expires_at > work.now:
                await reschedule(work, DueKind.APPROVAL_EXPIRY, approval_id, approval.expires_at)
                continue
            records.move(work, approval, ApprovalMove.EXPIRE if same else ApprovalMove.MAKE_VOID)
            await records.end(work, subject, approval)
