"""Request and response structs of service reports. Times are UTC."""

import hashlib
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.desk.tickets.service_reports.document import ReportContent
from app.platform.documents import SIGNATURE_BYTES_LIMIT, Signing
from app.platform.kernel.input_text import LINE, SECRET, TEXT, Input


def report_facts_hash(ticket_number: str, fault: str, device_number: str) -> str:
    """SHA-256 of the facts shown before the work is written down, as 64 hexadecimal digits."""
    return hashlib.sha256(f"{ticket_number}\x00{fault}\x00{device_number}".encode()).hexdigest()


class ReportSigning(Signing, frozen=True, forbid_unknown_fields=True):
    """The client's signature. `content_hash` is that of the content on the screen; `image` is a PNG, in base64."""

    client_confirms: bool = False
    """The client also confirms that the fault is gone. Nobody says so who was not asked: left out, it is no."""


class OfflineSigning(Input, frozen=True, forbid_unknown_fields=True):
    """The client's signature on a phone without a network, where no report could be made: what was on the screen.

    `facts_hash` is that of `report_facts_hash`; the texts are those the engineer had typed.
    """

    name: Annotated[str, LINE, Meta(min_length=1, max_length=60, pattern=r"\S")]
    image: Annotated[bytes, Meta(max_length=SIGNATURE_BYTES_LIMIT)]
    facts_hash: Annotated[str, SECRET, Meta(pattern="^[0-9a-f]{64}$")]
    work_done: Annotated[str, TEXT, Meta(min_length=1, max_length=4_000)]
    cause: Annotated[str, TEXT, Meta(max_length=4_000)] = ""
    work_minutes: Annotated[int, Meta(ge=0, le=1_440)] = 0
    client_confirms: bool = False


class ReportEdition(msgspec.Struct, frozen=True):
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
    content: ReportContent
    content_hash: str
    created_at: datetime
    signed_by: str
    signed_at: datetime | None
    editions: list[ReportEdition]
    missing_characters: list[str]
    """Characters missing in every font, printed as code points; to be shown before signing."""
