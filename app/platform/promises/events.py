"""Events of promises."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import Event


class ThresholdReached(Event, frozen=True, kw_only=True):
    """A promise on a record reached a threshold; published once per promise and threshold."""

    topic: ClassVar[str] = "promise.threshold_reached"
    promise_id: UUID
    subject_kind: str
    subject_id: UUID
    threshold: str
    tells: str
    by_email: bool
