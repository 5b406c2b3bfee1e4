"""Structs of the ledger. Amounts are whole minor units with their currency."""

from datetime import date, datetime
from typing import NamedTuple, Self
from uuid import UUID

import msgspec

from app.platform.kernel.input_text import Input
from billing.ledger.accounts import NORMAL_SIDES, AccountKind, LedgerAccountName, NormalSide
from billing.money import Money


class EntrySource(NamedTuple):
    """What an entry follows from: the kind and id of a record, and what of it ("issued", "fee"). Posted once."""

    kind: str
    id: UUID
    purpose: str


class Transfer(NamedTuple):
    """`amount` on the debit side of one account and the credit side of another.

    A negative amount is the same the other way round; nothing is not posted.
    """

    debit: LedgerAccountName
    credit: LedgerAccountName
    amount: Money

    def positive(self) -> Self:
        """The same transfer with an amount that is not negative."""
        if self.amount.minor >= 0:
            return self
        return type(self)(self.credit, self.debit, -self.amount)


class LedgerBalance(msgspec.Struct, frozen=True):
    """What stands on an account. `balance` is positive on the side on which the account grows."""

    account_id: UUID
    kind: AccountKind
    client_id: UUID | None
    detail: str
    currency: str
    debit: int
    credit: int

    @property
    def balance(self) -> Money:
        """Debit less credit, or the other way round where the account grows by credit."""
        difference = self.debit - self.credit
        return Money(
            difference if NORMAL_SIDES[self.kind] is NormalSide.DEBIT else -difference,
            self.currency,
        )


class LedgerPostingView(msgspec.Struct, frozen=True):
    """One posting of an entry."""

    debit_kind: AccountKind
    debit_client_id: UUID | None
    debit_detail: str
    credit_kind: AccountKind
    credit_client_id: UUID | None
    credit_detail: str
    amount: int
    currency: str


class LedgerEntryView(msgspec.Struct, frozen=True):
    """One entry with its postings."""

    id: UUID
    day: date
    source_kind: str
    source_id: UUID
    purpose: str
    reverses_id: UUID | None
    remark: str
    posted_at: datetime
    postings: list[LedgerPostingView]


class LedgerMonthView(msgspec.Struct, frozen=True):
    """A month of the books that was closed; `month` is its first day."""

    month: date
    closed_at: datetime
    closed_by: str


class MonthToClose(Input, frozen=True, forbid_unknown_fields=True):
    """The month of this day."""

    month: date


class LedgerFinding(msgspec.Struct, frozen=True):
    """Something in the books that does not hold: a kind of check, and the entry or account that failed it."""

    check: str
    record_id: UUID
