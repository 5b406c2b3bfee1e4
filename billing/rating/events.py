"""What rating tells itself."""

from typing import ClassVar

from app.platform.kernel.outbox import DueKind, Event


class RatingDue(Event, frozen=True, kw_only=True):
    """A day has begun: what is charged by the day falls due."""

    topic: ClassVar[str] = "rating_run.started"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG
