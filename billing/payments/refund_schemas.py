"""Structs of refunds. Amounts are whole minor units."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from app.platform.kernel.input_text import Input, Label
from app.platform.kernel.texts import N_
from billing.payments.refund_states import RefundState
from billing.payments.schemas import Why
from billing.payments.states import PaymentMethod


class RefundRequest(Input, frozen=True, forbid_unknown_fields=True):
    """How much of a payment's deposit is to go back to the client, and why. `version` is the payment's."""

    version: int
    amount: Annotated[int, msgspec.Meta(ge=1)]
    reason: Why


class RefundVersion(Input, frozen=True, forbid_unknown_fields=True):
    """The version of the refund that was read."""

    version: int


class RefundReason(Input, frozen=True, forbid_unknown_fields=True):
    """Why the owner of a company of one approves alone, or why it could not be paid."""

    version: int
    reason: Why


class RefundPaid(Input, frozen=True, forbid_unknown_fields=True):
    """The day on which the company's bank sent it."""

    version: int
    paid_on: Annotated[date, Label(N_("付款日期"), N_("请填写付款日期。"))]


class RefundLine(Input, frozen=True, forbid_unknown_fields=True):
    """The line of the bank statement with which it went out."""

    version: int
    bank_line_id: UUID


class RefundView(msgspec.Struct, frozen=True, kw_only=True):
    """Money of a payment that goes back to its client; `line_id` is the bank's line with which it went out."""

    id: UUID
    number: str
    payment_id: UUID
    client_id: UUID
    method: PaymentMethod
    amount: int
    currency: str
    reason: str
    state: RefundState
    author_id: UUID | None
    author_name: str
    created_at: datetime
    decided_by_name: str
    decision_reason: str
    paid_on: date | None
    line_id: UUID | None
    failure_reason: str
    version: int
