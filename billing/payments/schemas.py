"""Structs of payments. Amounts are whole minor units with their currency."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from app.platform.kernel.input_text import TEXT, Input, Label
from app.platform.kernel.texts import N_
from billing.money import Money
from billing.payments.matching import MatchReason
from billing.payments.states import (
    BankLineState,
    CheckoutState,
    DisputeState,
    PaymentMethod,
    PaymentStanding,
    PaymentState,
)

Why = Annotated[str, TEXT, msgspec.Meta(min_length=1, max_length=200), Label(N_("原因"), N_("请写明原因。"))]
MOST_PARTS = 200


class AllocationPart(Input, frozen=True, forbid_unknown_fields=True):
    """How much of a payment is for an open document, in minor units."""

    open_item_id: UUID
    amount: Annotated[int, msgspec.Meta(ge=1)]


class LineBooking(Input, frozen=True, forbid_unknown_fields=True):
    """Whose a line is, and for what; what the parts leave stays with the client as a deposit. `remember`: the payer's
    account is the client's from now on. `version` is the one that was read."""

    version: int
    client_id: UUID
    parts: Annotated[tuple[AllocationPart, ...], msgspec.Meta(max_length=MOST_PARTS)] = ()
    remember: bool = True


class LineSetAside(Input, frozen=True, forbid_unknown_fields=True):
    """Why a line is no client's payment."""

    version: int
    reason: Why


class LineVersion(Input, frozen=True, forbid_unknown_fields=True):
    """The version that was read."""

    version: int


class PaymentReversal(Input, frozen=True, forbid_unknown_fields=True):
    """Why a payment is taken back."""

    version: int
    reason: Why


class PaymentSharing(Input, frozen=True, forbid_unknown_fields=True):
    """What of a payment's deposit is for which documents."""

    version: int
    parts: Annotated[tuple[AllocationPart, ...], msgspec.Meta(min_length=1, max_length=MOST_PARTS)]


class BankLineView(msgspec.Struct, frozen=True):
    """A line of a bank statement; a positive `amount` came in. `reverses_id` is the line that it takes back."""

    id: UUID
    own_account: str
    day: date
    amount: int
    currency: str
    payer_name: str
    payer_account: str
    text: str
    reference: str
    balance: int | None
    state: BankLineState
    reason: str
    reverses_id: UUID | None
    imported_at: datetime
    version: int


class OpenDocumentView(msgspec.Struct, frozen=True):
    """An open document of a client, and how much of a payment is suggested for it."""

    open_item_id: UUID
    number: str
    due_on: date
    open: int
    suggested: int


class LineSuggestion(msgspec.Struct, frozen=True):
    """Whose a line seems to be and for what. `sure`: who pays and how much both fit. `rest` would stay a deposit."""

    client_id: UUID
    client_name: str
    documents: list[OpenDocumentView]
    reasons: list[MatchReason]
    sure: bool
    rest: int


class LinePosition(msgspec.Struct, frozen=True):
    """Where a batch of lines ends, in their order."""

    day: date
    id: UUID


class SureLines(msgspec.Struct, frozen=True):
    """How many lines were booked. `more`: behind this one there may be others, which a worker looks at."""

    booked: int
    more: LinePosition | None


class AllocationView(msgspec.Struct, frozen=True):
    """What of a payment settled a document; `reversed` where it does not any more."""

    id: UUID
    open_item_id: UUID
    document_number: str
    amount: int
    day: date
    made_by_name: str
    reversed: bool


class PaymentView(msgspec.Struct, frozen=True):
    """Money of a client that came in; `unallocated` is its deposit, `withdrawn` what the payer's bank took back,
    `refunded` what the company gave back; `standing` says in a word what that comes to."""

    id: UUID
    number: str
    client_id: UUID
    client_name: str
    method: PaymentMethod
    line_id: UUID | None
    received_on: date
    amount: int
    currency: str
    unallocated: int
    withdrawn: int
    refunded: int
    payer_name: str
    text: str
    state: PaymentState
    standing: PaymentStanding
    reason: str
    recorded_at: datetime
    recorded_by_name: str
    version: int


class CapturedPayment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that the provider has taken. `parts` is what it was started for; what is not open any more stays a
    deposit."""

    gateway_payment_id: str
    client_id: UUID
    amount: Money
    fee: Money
    application_fee: Money
    captured_at: datetime
    payer_name: str = ""
    parts: tuple[AllocationPart, ...] = ()


class CheckoutStart(Input, frozen=True, forbid_unknown_fields=True):
    """Which open documents of the own company are to be paid online, each whole."""

    open_item_ids: Annotated[tuple[UUID, ...], msgspec.Meta(min_length=1, max_length=MOST_PARTS)]


class CheckoutView(msgspec.Struct, frozen=True):
    """One attempt of a client to pay online what it owes."""

    id: UUID
    client_id: UUID
    amount: int
    currency: str
    state: CheckoutState
    payment_id: UUID | None
    expires_at: datetime | None
    started_by_name: str
    started_at: datetime
    ended_at: datetime | None
    version: int


class PaymentPage(msgspec.Struct, frozen=True):
    """Where the provider takes the money."""

    url: str


class CollectedPayment(msgspec.Struct, frozen=True, kw_only=True):
    """What the provider has taken on the page of a checkout."""

    gateway_payment_id: str
    amount: Money
    fee: Money
    application_fee: Money
    captured_at: datetime


class OpenedDispute(msgspec.Struct, frozen=True, kw_only=True):
    """A dispute for which the provider has taken the money out."""

    gateway_dispute_id: str
    gateway_payment_id: str
    amount: Money
    fee: Money
    reason: str = ""


class DisputeView(msgspec.Struct, frozen=True):
    """A payer's objection to an online payment."""

    id: UUID
    gateway_dispute_id: str
    amount: int
    fee: int
    reason: str
    state: DisputeState
    opened_at: datetime
    decided_at: datetime | None


class OnlineReceiptView(msgspec.Struct, frozen=True):
    """What the payment provider tells of a payment: what it and headquarters keep, and the payer's objections."""

    gateway_payment_id: str
    fee: int
    application_fee: int
    captured_at: datetime
    disputes: list[DisputeView]
