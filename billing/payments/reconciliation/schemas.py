"""Structs of the comparison with the payment provider's books. Amounts are whole minor units with their currency."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from app.platform.kernel.input_text import Input
from billing.payments.reconciliation.states import FindingKind, FindingState, Subject
from billing.payments.schemas import Why


class FindingView(msgspec.Struct, frozen=True):
    """Something of which the provider's books say another thing than ours. `ours` and `theirs` are null where the
    record is missing; `record_id` is the payment's, or the payout's."""

    id: UUID
    kind: FindingKind
    subject: Subject
    subject_id: str
    day: date
    currency: str
    ours: int | None
    theirs: int | None
    record_id: UUID | None
    state: FindingState
    reason: str
    settled_by_name: str
    settled_at: datetime | None
    found_at: datetime
    version: int


class ProviderLineView(msgspec.Struct, frozen=True):
    """A line of the provider's own books. `kind` is the provider's word."""

    gateway_line_id: str
    kind: str
    currency: str
    amount: int
    fee: int
    application_fee: int
    made_at: datetime


class ReconciledUntil(msgspec.Struct, frozen=True):
    """How far the provider's books are compared: the last day; null before the first one."""

    day: date | None


class FindingSettlement(Input, frozen=True, forbid_unknown_fields=True):
    """Why nobody has to look at a finding any more. `version` is the one that was read."""

    version: int
    reason: Why
