"""What goes into and comes out of service reports. Times are UTC."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.documents import SIGNATURE_BYTES_LIMIT, ServiceReport


class ReportSigning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The client's signature. `content_hash` is that of the content on the screen; `image` is a PNG, in base64."""

    name: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"\S")]
    content_hash: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    image: Annotated[bytes, Meta(max_length=SIGNATURE_BYTES_LIMIT)]
    client_confirms: bool = True
    """The client also confirms that the fault is gone."""


class Edition(msgspec.Struct, frozen=True):
    """One edition of a visit's report; its document is at /api/v1/service-reports/{id}/document."""

    id: UUID
    visit_id: UUID
    number: str
    edition: int
    created_at: datetime
    signed_by: str
    signed_at: datetime | None


class ServiceReportView(msgspec.Struct, frozen=True):
    """The newest edition with its content, and all editions, the first one first."""

    id: UUID
    visit_id: UUID
    ticket_id: UUID
    number: str
    edition: int
    content: ServiceReport
    content_hash: str
    created_at: datetime
    signed_by: str
    signed_at: datetime | None
    editions: list[Edition]
