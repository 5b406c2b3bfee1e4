"""Events of royalties: a run waits for the worker; one side's statement or invoice changed."""

from typing import ClassVar
from uuid import UUID

from app.platform.background.mirrors import MirroredRecordChanged
from app.platform.kernel.outbox import DueKind, Event


class RoyaltyRunStarted(Event, frozen=True, kw_only=True):
    """In headquarters' tenant: a month's statements wait for the worker."""

    topic: ClassVar[str] = "royalty_run.started"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG
    run_id: UUID


class RoyaltyStatementChanged(MirroredRecordChanged, frozen=True, kw_only=True):
    """One side's statement has changed; `kind` is a move, or `made`."""

    topic: ClassVar[str] = "royalty_statement.changed"


class RoyaltyInvoiceChanged(MirroredRecordChanged, frozen=True, kw_only=True):
    """Headquarters' invoice was issued, paid or opened again."""

    topic: ClassVar[str] = "royalty_invoice.changed"


class PlanInvoiceFollowed(Event, frozen=True, kw_only=True):
    """In a partner's tenant: its copy of an invoice for its plan has followed headquarters'."""

    topic: ClassVar[str] = "royalty_invoice.plan_followed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    invoice_id: UUID
