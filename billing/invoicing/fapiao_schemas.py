"""Structs of 发票. Amounts are whole minor units of the record's currency."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.platform.kernel.input_text import LINE, Input, Label
from app.platform.kernel.texts import N_
from billing.invoicing.fapiao_states import EnteredBy, FapiaoState, RedReason
from billing.invoicing.schemas import FapiaoKind

FapiaoNumber = Annotated[
    str,
    LINE,
    Meta(pattern=r"^[0-9]{20}$"),
    Label(N_("发票号码"), N_("数电发票的号码是 20 位数字。")),
]


class FapiaoNumbered(Input, frozen=True, forbid_unknown_fields=True):
    """What the tax office answered."""

    number: FapiaoNumber
    issued_on: Annotated[date, Label(N_("开票日期"))]
    version: int


class RedRequest(Input, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """That a 发票 is taken back. `used`: the buyer has deducted its tax or booked it, and the other side confirms."""

    reason: Annotated[RedReason, Label(N_("红冲原因"))]
    entered_by: Annotated[EnteredBy, Label(N_("由谁录入确认单"))] = EnteredBy.SELLER
    used: Annotated[bool, Label(N_("购买方已经抵扣或入账"))] = False
    confirmation: Annotated[str, LINE, Meta(max_length=40), Label(N_("红字信息确认单编号"))] = ""
    credit_note_id: UUID | None = None
    version: int


class FapiaoView(msgspec.Struct, frozen=True, kw_only=True):
    """A 发票 as it is read; amounts are minor units."""

    id: UUID
    client_id: UUID
    invoice_id: UUID
    invoice_number: str
    state: FapiaoState
    kind: FapiaoKind
    buyer_title: str
    buyer_tax_number: str
    currency: str
    net: int
    tax_amount: int
    gross: int
    requested_at: datetime
    requested_by: str
    number: str
    issued_on: date | None
    red_reason: str
    red_entered_by: str
    red_confirmation: str
    red_lapses_at: datetime | None
    red_number: str
    red_issued_on: date | None
    credit_note_id: UUID | None
    version: int
