"""The accounts of a company's ledger."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from app.platform.kernel.texts import N_


class AccountKind(StrEnum):
    """What an account is about."""

    RECEIVABLE = "receivable"
    """What a client owes, with tax."""
    BANK = "bank"
    GATEWAY_CLEARING = "gateway_clearing"
    """Paid to the payment provider, not paid out yet."""
    GATEWAY_FEE = "gateway_fee"
    """What the payment provider keeps for its work."""
    APPLICATION_FEE = "application_fee"
    """What headquarters keep of a payment that came through the payment provider."""
    DISPUTED_PAYMENT = "disputed_payment"
    """Taken by a payer's bank though the payment had gone back to the client already, until the bank decides."""
    CLIENT_DEPOSIT = "client_deposit"
    """Paid by a client for no invoice yet."""
    OUTPUT_TAX = "output_tax"
    """Value-added tax owed to the state; `detail` is the rate."""
    REVENUE = "revenue"
    """Without tax; `detail` is the kind of charge."""
    CREDIT_GRANTED = "credit_granted"
    """Given back for a promise that was not kept (B10), without tax."""
    WRITE_OFF = "write_off"
    """Receivables that nobody will pay."""
    PARTNER_RECEIVABLE = "partner_receivable"
    """At headquarters: what a partner owes, with tax; `detail` is the partner's id."""
    ROYALTY = "royalty"
    """At headquarters: what partners owe for their revenue, without tax."""
    PLAN_INCOME = "plan_income"
    """At headquarters: what partners owe for their plans, without tax."""
    OPENING_BALANCE = "opening_balance"
    """The other side of what was owed before the company came to this ledger."""


class NormalSide(StrEnum):
    """The side on which an account grows."""

    DEBIT = "debit"
    CREDIT = "credit"


NORMAL_SIDES: Final[Mapping[AccountKind, NormalSide]] = {
    AccountKind.RECEIVABLE: NormalSide.DEBIT,
    AccountKind.BANK: NormalSide.DEBIT,
    AccountKind.GATEWAY_CLEARING: NormalSide.DEBIT,
    AccountKind.GATEWAY_FEE: NormalSide.DEBIT,
    AccountKind.APPLICATION_FEE: NormalSide.DEBIT,
    AccountKind.DISPUTED_PAYMENT: NormalSide.DEBIT,
    AccountKind.CLIENT_DEPOSIT: NormalSide.CREDIT,
    AccountKind.OUTPUT_TAX: NormalSide.CREDIT,
    AccountKind.REVENUE: NormalSide.CREDIT,
    AccountKind.CREDIT_GRANTED: NormalSide.DEBIT,
    AccountKind.WRITE_OFF: NormalSide.DEBIT,
    AccountKind.PARTNER_RECEIVABLE: NormalSide.DEBIT,
    AccountKind.ROYALTY: NormalSide.CREDIT,
    AccountKind.PLAN_INCOME: NormalSide.CREDIT,
    AccountKind.OPENING_BALANCE: NormalSide.CREDIT,
}

ACCOUNT_NAMES: Final[Mapping[AccountKind, str]] = {
    AccountKind.RECEIVABLE: N_("应收账款"),
    AccountKind.BANK: N_("银行存款"),
    AccountKind.GATEWAY_CLEARING: N_("在线支付待结算"),
    AccountKind.GATEWAY_FEE: N_("支付手续费"),
    AccountKind.APPLICATION_FEE: N_("平台服务费"),
    AccountKind.DISPUTED_PAYMENT: N_("争议扣款"),
    AccountKind.CLIENT_DEPOSIT: N_("预收账款"),
    AccountKind.OUTPUT_TAX: N_("销项税额"),
    AccountKind.REVENUE: N_("服务收入"),
    AccountKind.CREDIT_GRANTED: N_("服务赔付"),
    AccountKind.WRITE_OFF: N_("坏账核销"),
    AccountKind.PARTNER_RECEIVABLE: N_("应收服务商款"),
    AccountKind.ROYALTY: N_("特许权使用费收入"),
    AccountKind.PLAN_INCOME: N_("套餐费收入"),
    AccountKind.OPENING_BALANCE: N_("期初余额"),
}

OF_A_CLIENT: Final = frozenset({AccountKind.RECEIVABLE, AccountKind.CLIENT_DEPOSIT})
"""Kinds of which each client has an account of its own."""


class LedgerAccountName(NamedTuple):
    """Which account of a company is meant; its currency is that of the money."""

    kind: AccountKind
    client_id: UUID | None = None
    detail: str = ""

    def check(self) -> None:
        """
        Raises:
            ValueError: a client's account without the client, or the company's own with one.
        """
        if (self.kind in OF_A_CLIENT) != (self.client_id is not None):
            raise ValueError(f"{self.kind}: exactly the accounts of a client name one")
