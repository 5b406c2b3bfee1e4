"""Events: one side's row changed and the other side's is to be mirrored; a letter was written."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class CorrectiveActionChanged(Event, frozen=True, kw_only=True):
    """In the tenant that wrote. The handler copies the row as it stands then, so events may come late, twice and in any
    order."""

    topic: ClassVar[str] = "corrective_action.changed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    action_id: UUID
    partner_id: UUID
    kind: str


class PartnerLetterWritten(Event, frozen=True, kw_only=True):
    """In headquarters' tenant: its words about one figure, for the partner's owners. `month` is the first day of it,
    `value` percent or points of the score, `writer` the membership of who wrote."""

    topic: ClassVar[str] = "partner_letter.written"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    partner_id: UUID
    measure: str
    month: date
    value: float
    text: str
    writer: UUID
    writer_name: str
