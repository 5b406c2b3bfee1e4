"""What policies tell, after the commit."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class CertificateIssued(Event, frozen=True, kw_only=True):
    """A policy has a new certificate."""

    topic: ClassVar[str] = "insurance_certificate.created"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG

    certificate_id: UUID
    policy_id: UUID
    client_id: UUID
