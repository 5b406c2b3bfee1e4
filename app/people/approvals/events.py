"""What approvals tell, after the commit."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import Event


class ApprovalRequested(Event, frozen=True, kw_only=True):
    """Something waits for a decision."""

    topic: ClassVar[str] = "approval.requested"

    approval_id: UUID


class ApprovalMoved(Event, frozen=True, kw_only=True):
    """It was decided, by one of two or for good, withdrawn, or its time is over."""

    topic: ClassVar[str] = "approval.moved"

    approval_id: UUID
    state: str
