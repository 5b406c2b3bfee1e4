"""Structs of credits. Amounts are minor units."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec

from app.platform.kernel.input_text import TEXT, Input, Label
from app.platform.kernel.texts import N_
from billing.credits.models import REASON_LENGTH
from billing.credits.states import CreditState
from billing.terms import PenaltyBasis


class ServiceCreditView(msgspec.Struct, frozen=True, kw_only=True):
    """One credit with how it was reckoned. Days of the period are `period_start` up to, not including, `period_end`.
    `share` is of `fee`; by any other `basis` it is `units` (started hours or days, or 1) times `rate`; never beyond
    what `period_limit` left."""

    id: UUID
    client_id: UUID
    client_name: str
    ticket_id: UUID
    ticket_number: str
    kind: str
    contract_id: UUID
    contract_number: str
    breached_at: datetime
    period_start: date
    period_end: date
    fee: int
    basis: PenaltyBasis
    share: Decimal | None
    rate: int | None
    units: int
    most: Decimal | None
    period_limit: int
    amount: int
    currency: str
    state: CreditState
    reason: str
    decided_at: datetime | None
    decided_by_name: str
    alone: bool
    created_at: datetime
    version: int


class ServiceCreditNoticeView(msgspec.Struct, frozen=True, kw_only=True):
    """What the client reads of a decided credit."""

    id: UUID
    ticket_id: UUID
    ticket_number: str
    kind: str
    contract_number: str
    breached_at: datetime
    period_start: date
    period_end: date
    fee: int
    basis: PenaltyBasis
    share: Decimal | None
    rate: int | None
    units: int
    most: Decimal | None
    period_limit: int
    amount: int
    currency: str
    state: str
    reason: str
    decided_at: datetime


class CreditApproval(Input, frozen=True, forbid_unknown_fields=True):
    """A yes; `reason` is asked of whoever decides alone about the own work."""

    version: int
    reason: Annotated[str, TEXT, msgspec.Meta(max_length=REASON_LENGTH), Label(N_("说明"))] = ""


class CreditRefusal(Input, frozen=True, forbid_unknown_fields=True):
    """Why nothing is given back: declined, or withdrawn by agreement. The client reads it."""

    version: int
    reason: Annotated[
        str,
        TEXT,
        msgspec.Meta(min_length=1, max_length=REASON_LENGTH),
        Label(N_("原因"), N_("请写明原因，客户会看到。")),
    ]
