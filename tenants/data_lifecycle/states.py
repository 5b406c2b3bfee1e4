"""States of a tenant's archive."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition


class ExportState(StrEnum):
    """Where an archive stands. A failed attempt is repeated; `failed` is the last one."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


class ExportMove(StrEnum):
    """What becomes of an archive."""

    START = "start"
    FINISH = "finish"
    FAIL = "fail"
    EXPIRE = "expire"


UNFINISHED: Final = frozenset({ExportState.QUEUED, ExportState.RUNNING})

TENANT_EXPORT: Final = StateMachine(
    record="tenant_export",
    columns=("tenant_export.state",),
    states=ExportState,
    started=frozenset({ExportState.QUEUED}),
    moves={
        ExportMove.START: transition({*UNFINISHED}, ExportState.RUNNING),
        ExportMove.FINISH: transition({ExportState.RUNNING}, ExportState.READY),
        ExportMove.FAIL: transition({ExportState.RUNNING}, ExportState.FAILED),
        ExportMove.EXPIRE: transition({ExportState.READY}, ExportState.EXPIRED),
    },
)
"""Workers and the daily job write under the condition of the present state, so nobody is refused."""
