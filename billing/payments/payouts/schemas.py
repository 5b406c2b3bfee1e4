"""Structs of payouts. Amounts are whole minor units with their currency."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from app.platform.kernel.input_text import Input
from billing.payments.payouts.states import PayoutState


class PayoutView(msgspec.Struct, frozen=True):
    """What the payment provider sends to the company's bank account. `bank_line_id`: the line of the bank statement
    with which it came."""

    id: UUID
    gateway_payout_id: str
    amount: int
    currency: str
    state: PayoutState
    arrives_on: date
    failure_reason: str
    bank_line_id: UUID | None
    recorded_at: datetime
    changed_at: datetime
    version: int


class PayoutLine(Input, frozen=True, forbid_unknown_fields=True):
    """Which line of the bank statement a payout came with. `version` is the payout's."""

    version: int
    bank_line_id: UUID


class PayoutVersion(Input, frozen=True, forbid_unknown_fields=True):
    """The version that was read."""

    version: int
