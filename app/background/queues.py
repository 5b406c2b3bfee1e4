"""Celery's queues of wake-ups, and which kind of work is announced on which."""

from enum import StrEnum
from typing import Final

from app.kernel.outbox import LANES, DueKind


class Queue(StrEnum):
    """A queue of wake-ups, named by how urgent the work is."""

    NEWS = "news"
    ERRANDS = "errands"
    LETTERS = "letters"
    FIGURES = "figures"
    LONG = "long"


QUEUES: Final = {
    DueKind.OUTBOX: Queue.NEWS,
    DueKind.OUTBOX_ERRAND: Queue.ERRANDS,
    DueKind.OUTBOX_LETTER: Queue.LETTERS,
    DueKind.OUTBOX_FIGURES: Queue.FIGURES,
    DueKind.OUTBOX_LONG: Queue.LONG,
    DueKind.TENANT_EXPORT: Queue.LONG,
    DueKind.TENANT_ERASURE: Queue.LONG,
}
"""What workers do: the lanes of events, and what takes minutes to hours. All else that falls due is the relay's."""

CHORES: Final = tuple(kind for kind in QUEUES if kind not in LANES)

URGENT: Final = (Queue.NEWS, Queue.ERRANDS, Queue.LETTERS)
PATIENT: Final = (Queue.FIGURES, Queue.LONG)
KINDS_OF_PROCESS: Final = (URGENT, PATIENT)
"""A worker's processes listen to the one or to the other, so that nothing urgent
waits behind long work."""


def kinds_of(queues: tuple[Queue, ...]) -> tuple[DueKind, ...]:
    """What is announced on these queues, the most urgent first."""
    return tuple(kind for kind, queue in QUEUES.items() if queue in queues)
