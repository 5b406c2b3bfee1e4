"""Celery's queues of wake-ups, and which kind of work is announced on which."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.outbox import DueKind


class Queue(StrEnum):
    """A queue of wake-ups, named by how urgent the work is."""

    NOTICES = "notices"
    FOLLOW_UPS = "follow_ups"
    DELIVERIES = "deliveries"
    FIGURES = "figures"
    LONG = "long"


QUEUES: Final = {
    DueKind.OUTBOX: Queue.NOTICES,
    DueKind.OUTBOX_FOLLOW_UP: Queue.FOLLOW_UPS,
    DueKind.OUTBOX_DELIVERY: Queue.DELIVERIES,
    DueKind.OUTBOX_FIGURES: Queue.FIGURES,
    DueKind.OUTBOX_LONG: Queue.LONG,
    DueKind.TENANT_EXPORT: Queue.LONG,
    DueKind.TENANT_ERASURE: Queue.LONG,
}
"""What workers do: the lanes of events, and what takes minutes to hours. All else that falls due is the relay's."""

URGENT: Final = (Queue.NOTICES, Queue.FOLLOW_UPS, Queue.DELIVERIES)
NOT_URGENT: Final = (Queue.FIGURES, Queue.LONG)
KINDS_OF_PROCESS: Final = (URGENT, NOT_URGENT)
"""A worker's processes listen to the one or to the other, so that nothing urgent
waits behind long work."""


def kinds_of(queues: tuple[Queue, ...]) -> tuple[DueKind, ...]:
    """What is announced on these queues, the most urgent first."""
    return tuple(kind for kind, queue in QUEUES.items() if queue in queues)
