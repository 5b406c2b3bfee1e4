"""Events: one side's row changed and the other side's is to be mirrored; a letter was written."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from app.platform.background.mirrors import MirroredRecordChanged
from app.platform.kernel.outbox import DueKind, Event


class CorrectiveActionChanged(MirroredRecordChanged, frozen=True, kw_only=True):
    """One side's row or lines have changed; `kind` is a move or what else `lifecycle.CHANGE_ACTIONS` names."""

    topic: ClassVar[str] = "corrective_action.changed"


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
