"""What recovery cases tell, after the commit."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class OfACase(Event, frozen=True, kw_only=True):
    """Something happened to a case."""

    case_id: UUID
    client_id: UUID


class RecoveryReported(OfACase, frozen=True, kw_only=True):
    """The client may read the result."""

    topic: ClassVar[str] = "recovery_case.reported"


class RecoveryDecided(OfACase, frozen=True, kw_only=True):
    """The result was accepted or sent back, or the case was stopped: `move` says which."""

    topic: ClassVar[str] = "recovery_case.decided"

    move: str


class CustodyReceiptSigned(OfACase, frozen=True, kw_only=True):
    """The media are with the company."""

    topic: ClassVar[str] = "custody_receipt.signed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG

    receipt_id: UUID


class DisposalCertified(OfACase, frozen=True, kw_only=True):
    """A medium went back, or was destroyed."""

    topic: ClassVar[str] = "disposal_certificate.created"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG

    certificate_id: UUID
