"""Structs of charges. Amounts are minor units, quantities and unit prices decimals; days are of the contract's zone."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec

from app.platform.kernel.input_text import LINE, Input, Label
from app.platform.kernel.texts import N_
from billing.money import Money, PriceMode
from billing.periods import Period
from billing.rating.models import REASON_LENGTH
from billing.rating.vocabulary import ChargeCategory


class ChargeDue(msgspec.Struct, frozen=True, kw_only=True):
    """A charge to be made: what is owed, by which rule of which source, and for what.

    `unit_price` is in the main unit of the currency. `quantity` times `unit_price` is `amount`, rounded once; of a part
    of a billing period, `period_price` is what the whole period costs.
    """

    client_id: UUID
    source_kind: str
    source_id: UUID
    rule: str
    day: date
    name: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    amount: Money
    tax: str
    price_mode: PriceMode
    category: ChargeCategory
    contract_id: UUID | None = None
    contract_version_id: UUID | None = None
    quote_line_id: UUID | None = None
    addon_order_id: UUID | None = None
    ticket_id: UUID | None = None
    visit_id: UUID | None = None
    site_id: UUID | None = None
    department_id: UUID | None = None
    device_id: UUID | None = None
    period: Period | None = None
    period_price: int | None = None


class UnbilledCharge(msgspec.Struct, frozen=True):
    """A charge that is on no invoice yet. Where `goodwill` says why, it is shown and nothing is asked for it:
    `amount` is then zero, and `waived` what it would have cost."""

    id: UUID
    client_id: UUID
    contract_id: UUID | None
    contract_version_id: UUID | None
    quote_line_id: UUID | None
    addon_order_id: UUID | None
    ticket_id: UUID | None
    visit_id: UUID | None
    site_id: UUID | None
    department_id: UUID | None
    device_id: UUID | None
    day: date
    name: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    amount: int
    currency: str
    tax: str
    price_mode: PriceMode
    category: ChargeCategory
    period_start: date | None
    period_end: date | None
    reverses_id: UUID | None
    goodwill: str = ""
    waived: int = 0


class ChargeView(msgspec.Struct, frozen=True):
    """One charge. Negative amounts are given back; `reverses_id` names the charge that is taken back."""

    id: UUID
    client_id: UUID
    source_kind: str
    source_id: UUID
    rule: str
    revision: int
    reverses_id: UUID | None
    contract_id: UUID | None
    contract_version_id: UUID | None
    quote_line_id: UUID | None
    addon_order_id: UUID | None
    ticket_id: UUID | None
    visit_id: UUID | None
    site_id: UUID | None
    department_id: UUID | None
    device_id: UUID | None
    day: date
    name: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    amount: int
    currency: str
    tax: str
    price_mode: str
    category: str
    period_start: date | None
    period_end: date | None
    made_at: datetime


class ChargeRow(msgspec.Struct, frozen=True):
    """One charge in the list. `reversed`: it was taken back, or takes one back; `claimed`: it stands on an invoice or
    its draft."""

    id: UUID
    day: date
    client_name: str
    name: str
    category: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    amount: int
    currency: str
    ticket_id: UUID | None
    ticket_number: str | None
    reversed: bool
    goodwill: bool
    disputed: bool
    claimed: bool


class UnchargedRow(msgspec.Struct, frozen=True):
    """A visit that made no charge of its own, and why; `reason` says what is missing where something is."""

    id: UUID
    day: date
    client_name: str
    ticket_id: UUID
    ticket_number: str
    subject: str
    outcome: str
    reason: str
    line_key: str
    minutes_inside: int
    minutes_outside: int


class RatedWork(msgspec.Struct, frozen=True):
    """What became of a visit when it was rated last."""

    id: UUID
    source_id: UUID
    day: date
    outcome: str
    reason: str
    line_key: str
    minutes_inside: int
    minutes_outside: int


class MarkReason(Input, frozen=True, forbid_unknown_fields=True):
    """Why a charge is waived, disputed, or charged after all."""

    reason: Annotated[
        str, LINE, msgspec.Meta(min_length=1, max_length=REASON_LENGTH), Label(N_("原因"), N_("请写明原因。"))
    ]


class MarkView(msgspec.Struct, frozen=True):
    """One mark of a charge; it stands until it is lifted."""

    id: UUID
    kind: str
    reason: str
    marked_at: datetime
    marked_by: str
    lifted_at: datetime | None
    lifted_by: str
