"""Structs of coverage. Times are UTC."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.platform.kernel.input_text import TEXT, Input, Label
from app.platform.kernel.texts import N_
from billing.terms import CoverageState


class AskedAbout(msgspec.Struct, frozen=True):
    """What a contract was asked: the ticket as it was. `proposed`: nobody has classified it yet, the categories follow
    from symptom and device."""

    device_id: UUID | None = None
    site_id: UUID | None = None
    service_category: str = ""
    product_category: str = ""
    proposed: bool = False


class CoverageReasonView(msgspec.Struct, frozen=True, kw_only=True):
    """Why, for staff. `text` is in the reader's language."""

    revision: int
    state: CoverageState
    reason: str
    text: str
    contract_id: UUID | None
    contract_version_id: UUID | None
    contract_number: str
    line_key: str
    line_name: str
    asked: AskedAbout
    explanation: str
    decided_at: datetime
    decided_by_name: str


class TicketCoverageView(msgspec.Struct, frozen=True, kw_only=True):
    """The answer about a ticket. `text` is the simple form in the reader's language; `why` is null for the client's
    people."""

    ticket_id: UUID
    client_id: UUID
    state: CoverageState
    text: str
    contract_number: str
    decided_at: datetime
    revision: int
    why: CoverageReasonView | None = None


class CoveragePreview(msgspec.Struct, frozen=True, kw_only=True):
    """What a contract would say of a report that is not made yet."""

    state: CoverageState
    reason: str
    text: str
    contract_id: UUID | None
    contract_number: str
    line_name: str


class CoverageOverride(Input, frozen=True, forbid_unknown_fields=True):
    """Another answer than the contract's, and why; `revision` is the one that was read."""

    state: CoverageState
    explanation: Annotated[
        str, TEXT, Meta(min_length=2, max_length=500), Label(N_("为什么"), N_("请说明理由，2 到 500 字。"))
    ]
    revision: int
