"""Structs of invoices. Amounts are whole minor units of the record's currency."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.platform.kernel.input_text import LINE, TEXT, Input, Label
from app.platform.kernel.texts import N_
from billing.invoicing.findings import Finding
from billing.invoicing.models import (
    ACCOUNT_LENGTH,
    ADDRESS_LENGTH,
    BANK_LENGTH,
    PHONE_LENGTH,
    TITLE_LENGTH,
)
from billing.invoicing.states import CreditNoteRequestState, DraftState, RunState
from billing.money import PriceMode

MOST_PAYMENT_DAYS = 365
NOTE_LENGTH = 1_000


class FapiaoKind(StrEnum):
    """Which 发票 a buyer wants."""

    SPECIAL = "special"
    """数电专票: its tax is deducted by the buyer, so it names the buyer's tax number."""
    GENERAL = "general"
    """数电普票."""
    NONE = "none"


FAPIAO_KIND_NAMES = {
    FapiaoKind.SPECIAL: N_("增值税专用发票"),
    FapiaoKind.GENERAL: N_("普通发票"),
    FapiaoKind.NONE: N_("不需要发票"),
}

TaxNumber = Annotated[
    str,
    LINE,
    Meta(pattern=r"^([0-9A-Z]{15}|[0-9A-Z]{18}|[0-9A-Z]{20})?$"),
    Label(N_("税号"), N_("统一社会信用代码是 18 位数字和大写字母（旧税号 15 或 20 位）。")),
]
Title = Annotated[str, LINE, Meta(max_length=TITLE_LENGTH), Label(N_("发票抬头"), hint=N_("与营业执照上的名称一致。"))]
Address = Annotated[str, LINE, Meta(max_length=ADDRESS_LENGTH), Label(N_("注册地址"))]
Phone = Annotated[str, LINE, Meta(max_length=PHONE_LENGTH), Label(N_("注册电话"))]
BankName = Annotated[str, LINE, Meta(max_length=BANK_LENGTH), Label(N_("开户银行"))]
BankAccount = Annotated[str, LINE, Meta(max_length=ACCOUNT_LENGTH, pattern=r"^[0-9 -]*$"), Label(N_("银行账号"))]
PaymentDays = Annotated[int, Meta(ge=0, le=MOST_PAYMENT_DAYS), Label(N_("付款期限（天）"))]


class SellerProfileWrite(Input, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the company itself stands on its invoices. `version` is the one that was read; 0 where there was none."""

    title: Annotated[
        str,
        LINE,
        Meta(min_length=1, max_length=TITLE_LENGTH),
        Label(N_("公司名称"), N_("请填写公司名称。"), N_("与营业执照上的名称一致。")),
    ]
    tax_number: Annotated[
        str,
        LINE,
        Meta(pattern=r"^([0-9A-Z]{15}|[0-9A-Z]{18}|[0-9A-Z]{20})$"),
        Label(N_("税号"), N_("统一社会信用代码是 18 位数字和大写字母（旧税号 15 或 20 位）。")),
    ]
    address: Address = ""
    phone: Phone = ""
    bank_name: BankName = ""
    bank_account: BankAccount = ""
    payment_days: PaymentDays = 30
    approval_above: Annotated[
        Decimal | None,
        Label(N_("超过多少元要另一人审批"), N_("请填写金额。"), N_("不填则不需要审批。")),
    ] = None
    tax_item_name: Annotated[
        str,
        LINE,
        Meta(max_length=40),
        Label(N_("发票上的项目名称"), hint=N_("例如信息技术服务；不填用默认的项目和编码。")),
    ] = ""
    tax_item_code: Annotated[
        str, LINE, Meta(pattern=r"^(\d{19})?$"), Label(N_("税收分类编码"), N_("税收分类编码是 19 位数字。"))
    ] = ""
    first_reminder_days: Annotated[int, Meta(ge=1, le=365), Label(N_("逾期几天后第一次提醒"))] = 3
    second_reminder_days: Annotated[int, Meta(ge=1, le=365), Label(N_("逾期几天后第二次提醒"))] = 10
    third_reminder_days: Annotated[int, Meta(ge=1, le=365), Label(N_("逾期几天后第三次提醒"))] = 20
    version: int = 0


class SellerProfileView(msgspec.Struct, frozen=True, kw_only=True):
    """How the company itself stands on its invoices; `approval_above` is of the main unit."""

    title: str
    tax_number: str
    address: str
    phone: str
    bank_name: str
    bank_account: str
    payment_days: int
    approval_above: Decimal | None
    tax_item_name: str
    tax_item_code: str
    first_reminder_days: int
    second_reminder_days: int
    third_reminder_days: int
    version: int


class BillingProfileWrite(Input, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a client is invoiced. `version` is the one that was read; 0 where there was none."""

    title: Title = ""
    tax_number: TaxNumber = ""
    address: Address = ""
    phone: Phone = ""
    bank_name: BankName = ""
    bank_account: BankAccount = ""
    fapiao_kind: Annotated[FapiaoKind, Label(N_("发票种类"))] = FapiaoKind.GENERAL
    recipient_email: Annotated[str, LINE, Meta(max_length=254), Label(N_("收账单的邮箱"))] = ""
    payment_days: Annotated[
        Annotated[int, Meta(ge=0, le=MOST_PAYMENT_DAYS)] | None,
        Label(N_("付款期限（天）"), hint=N_("不填则按合同或本公司的规定。")),
    ] = None
    payer_client_id: Annotated[UUID | None, Label(N_("由谁付款"), hint=N_("集团统一付款时选择付款的公司。"))] = None
    version: int = 0


class BillingProfileView(msgspec.Struct, frozen=True, kw_only=True):
    """How a client is invoiced."""

    client_id: UUID
    title: str
    tax_number: str
    address: str
    phone: str
    bank_name: str
    bank_account: str
    fapiao_kind: FapiaoKind
    recipient_email: str
    payment_days: int | None
    payer_client_id: UUID | None
    version: int


class InvoiceRunStart(Input, frozen=True, forbid_unknown_fields=True):
    """The last day whose charges are invoiced."""

    last_day: Annotated[date, Label(N_("计费到哪一天（含）"))]


class InvoiceRunView(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run is; charges before the day `period_end` were looked at."""

    id: UUID
    period_start: date
    period_end: date
    state: RunState
    clients_all: int
    clients_done: int
    drafts: int
    lines: int
    started_at: datetime
    started_by: str
    finished_at: datetime | None


class InvoiceDraftView(msgspec.Struct, frozen=True, kw_only=True):
    """A draft as reviewers see it."""

    id: UUID
    client_id: UUID
    client_name: str
    run_id: UUID | None
    state: DraftState
    currency: str
    period_start: date
    period_end: date
    note: str
    net: int
    tax_amount: int
    gross: int
    findings: list[Finding]
    previous_gross: int | None
    author_name: str
    approved_by_name: str
    approval_reason: str
    invoice_id: UUID | None
    created_at: datetime
    version: int


class DraftLineView(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a draft with the charge that stands on it. `branch` is whose it is, of a group's invoice."""

    id: UUID
    charge_id: UUID
    position: int
    name: str
    day: date
    period_start: date | None
    period_end: date | None
    quantity: Decimal
    unit: str
    unit_price: Decimal
    price_mode: PriceMode
    tax: str
    tax_rate: Decimal | None
    net: int
    tax_amount: int
    gross: int
    category: str
    branch: str
    department: str
    ticket_id: UUID | None
    ticket_number: str


class DraftChange(Input, frozen=True, forbid_unknown_fields=True):
    """What the client reads under the lines; `version` is the one that was read."""

    note: Annotated[str, TEXT, Meta(max_length=NOTE_LENGTH), Label(N_("写给客户的话"))]
    version: int


class LinesToLeaveOut(Input, frozen=True, forbid_unknown_fields=True):
    """Lines that wait for the next invoice."""

    line_ids: Annotated[list[UUID], Meta(min_length=1, max_length=200)]
    version: int


class DraftVersion(Input, frozen=True, forbid_unknown_fields=True):
    """The version that was read."""

    version: int


class AloneApproval(Input, frozen=True, forbid_unknown_fields=True):
    """Why whoever owns a company of one approves alone."""

    reason: Annotated[str, TEXT, Meta(min_length=1, max_length=NOTE_LENGTH), Label(N_("理由"), N_("请写明理由。"))]
    version: int


class InvoiceView(msgspec.Struct, frozen=True, kw_only=True):
    """An issued invoice. `open` is what nobody has paid or credited yet."""

    id: UUID
    client_id: UUID
    number: str
    issued_on: date
    due_on: date
    period_start: date
    period_end: date
    currency: str
    net: int
    tax_amount: int
    gross: int
    open: int
    buyer_title: str
    issued_by: str
    issued_at: datetime


class InvoiceLineView(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an invoice."""

    id: UUID
    position: int
    name: str
    day: date
    period_start: date | None
    period_end: date | None
    quantity: Decimal
    unit: str
    unit_price: Decimal
    price_mode: PriceMode
    tax_rate: Decimal | None
    net: int
    tax_amount: int
    gross: int
    branch: str
    department: str
    ticket_number: str


class DepartmentShareView(msgspec.Struct, frozen=True, kw_only=True):
    """What of an invoice belongs to a department; empty names: to none."""

    branch: str
    department: str
    cost_centre: str
    net: int
    tax_amount: int
    gross: int


class OpenItemView(msgspec.Struct, frozen=True, kw_only=True):
    """What a document asks for, and what of it is open."""

    id: UUID
    client_id: UUID
    document_kind: str
    document_id: UUID
    number: str
    issued_on: date
    due_on: date
    currency: str
    total: int
    open: int


class LineCredit(Input, frozen=True, forbid_unknown_fields=True):
    """How much of a line is given back, with tax."""

    line_id: UUID
    gross: int


class CreditNoteRequestCreate(Input, frozen=True, forbid_unknown_fields=True):
    """What is to be given back; without `lines`, all that is left of the invoice."""

    reason: Annotated[
        str, TEXT, Meta(min_length=1, max_length=NOTE_LENGTH), Label(N_("原因"), N_("请写明原因，客户会看到。"))
    ]
    lines: Annotated[tuple[LineCredit, ...], Meta(max_length=1_000)] = ()


class CreditNoteRequestView(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a credit note."""

    id: UUID
    invoice_id: UUID
    lines: list[LineCredit]
    gross: int
    currency: str
    reason: str
    state: CreditNoteRequestState
    author_name: str
    decided_by_name: str
    decision_reason: str
    credit_note_id: UUID | None
    created_at: datetime
    version: int


class CreditNoteView(msgspec.Struct, frozen=True, kw_only=True):
    """An issued credit note; amounts are above zero."""

    id: UUID
    client_id: UUID
    number: str
    issued_on: date
    invoice_id: UUID
    invoice_number: str
    currency: str
    net: int
    tax_amount: int
    gross: int
    reason: str
    issued_by: str
    issued_at: datetime
