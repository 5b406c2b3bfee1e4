"""What the product asks of a payment provider, in its own words; Stripe's adapter answers.

Amounts are `Money` in whole minor units, moments aware UTC. Every call that changes something carries a key of ours:
the same key again is the same wish, and is answered as the first time.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from billing.money import Money


class GatewayRefused(Exception):
    """The provider has decided: it will not. `code` is its own, such as `charge_already_refunded`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class GatewayForbidden(GatewayRefused):
    """The company has removed the platform at the provider's."""


class GatewayUnreachable(Exception):
    """Nobody knows whether it was done: the answer did not arrive. Asked again with the same key it is."""


class ObjectKind(StrEnum):
    """What the provider keeps, and tells about."""

    ACCOUNT = "account"
    CHECKOUT = "checkout"
    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    PAYOUT = "payout"


class GatewayAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A company's account with the provider."""

    id: str
    charges_enabled: bool
    payouts_enabled: bool
    currency: str
    """ISO 4217, of the payouts."""
    missing: tuple[str, ...] = ()
    """What the provider still wants to know, in its own words."""


class CheckoutState(StrEnum):
    """What became of a page on which somebody pays."""

    OPEN = "open"
    PAID = "paid"
    PROCESSING = "processing"
    """The payer has done its part; the money is on its way."""
    EXPIRED = "expired"


class CheckoutRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A page on which a client pays one sum."""

    amount: Money
    application_fee: Money
    """What headquarters keeps of it: at most the amount."""
    reference: str
    """Our id of what is paid, which the provider gives back with the payment."""
    description: str
    success_url: str
    cancel_url: str
    expires_at: datetime


class CheckoutSession(msgspec.Struct, frozen=True, kw_only=True):
    """The page."""

    id: str
    state: CheckoutState
    url: str | None
    """Where the payer is sent; None once it is over."""
    payment_id: str | None
    reference: str
    expires_at: datetime


class PaymentState(StrEnum):
    """Whether money was taken."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    CANCELLED = "cancelled"


class GatewayPayment(msgspec.Struct, frozen=True, kw_only=True):
    """Money of a payer."""

    id: str
    state: PaymentState
    amount: Money
    """What was taken; nothing while pending."""
    refunded: Money
    fee: Money
    """What the provider keeps for its work."""
    application_fee: Money
    """What headquarters keeps, before refunds of it."""
    reference: str
    captured_at: datetime | None


class RefundState(StrEnum):
    """Whether the money went back."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class GatewayRefund(msgspec.Struct, frozen=True, kw_only=True):
    """Money that goes back to a payer."""

    id: str
    payment_id: str
    amount: Money
    state: RefundState
    application_fee: Money
    """What headquarters gave back of its fee with it, as the provider's books say."""
    failure_reason: str
    reference: str
    """Our id of the refund; empty for one that was made on the provider's own pages."""
    payment_reference: str
    """Our id of what was paid; empty where the payment was not begun here."""


class DisputeState(StrEnum):
    """What the payer's bank says."""

    WARNING = "warning"
    """An inquiry: no money has moved."""
    OPEN = "open"
    WON = "won"
    LOST = "lost"


class GatewayDispute(msgspec.Struct, frozen=True, kw_only=True):
    """A payer's bank has asked for the money back, and taken it until somebody decides."""

    id: str
    payment_id: str
    amount: Money
    state: DisputeState
    reason: str
    fee: Money
    """What the provider takes for the trouble, and keeps when it is lost."""
    reference: str
    """Our id of what was paid; empty where the payment was not begun here."""


class PayoutState(StrEnum):
    """Whether the provider has sent what it owes."""

    ON_ITS_WAY = "on_its_way"
    PAID = "paid"
    FAILED = "failed"


class GatewayPayout(msgspec.Struct, frozen=True, kw_only=True):
    """What the provider sends to the company's bank account."""

    id: str
    amount: Money
    state: PayoutState
    arrives_on: date
    failure_reason: str


class BalanceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the provider's own books about an account."""

    id: str
    kind: str
    """The provider's: charge, refund, adjustment, payout …"""
    about: ObjectKind | None
    """What of that which the provider keeps it moves money for; None: for something else."""
    about_id: str
    amount: Money
    """Before fees; negative for what goes out."""
    fee: Money
    """What the provider keeps, and `application_fee`."""
    application_fee: Money
    """What headquarters keep; negative for what they give back."""
    net: Money
    created_at: datetime
    available_on: date


class BalancePage(msgspec.Struct, frozen=True, kw_only=True):
    """Some of its lines, the newest first."""

    lines: Sequence[BalanceLine]
    next_after: str | None
    """Where the next page begins; None: this was the last."""


GatewayObject = GatewayAccount | CheckoutSession | GatewayPayment | GatewayRefund | GatewayDispute | GatewayPayout


class PaymentGateway(Protocol):
    """A provider of payments. `account` is the company's id there.

    Raises:
        GatewayRefused: the provider will not, or knows no such thing.
        GatewayUnreachable: nobody knows whether it was done.
    """

    async def moves_real_money(self) -> bool:
        """Whether the platform's key is one for real money, and not for tests."""
        ...

    async def open_account(self, email: str, key: str) -> GatewayAccount:
        """A new account for a company, empty yet."""
        ...

    async def account_link(self, account: str, return_url: str, refresh_url: str) -> str:
        """The address, for a few minutes, at which the company tells the provider who it is."""
        ...

    async def create_checkout(self, account: str, request: CheckoutRequest, key: str) -> CheckoutSession:
        """A page on which somebody pays."""
        ...

    async def expire_checkout(self, account: str, checkout_id: str) -> CheckoutSession:
        """Close it: nobody can pay there any more."""
        ...

    async def create_refund(
        self, account: str, payment_id: str, amount: Money, *, refund_application_fee: bool, reference: str, key: str
    ) -> GatewayRefund:
        """Give money back; headquarters' fee in proportion, where asked."""
        ...

    async def find_refund(self, account: str, payment_id: str, reference: str) -> GatewayRefund | None:
        """The refund of a payment that was asked for with our reference; None: the provider knows of none."""
        ...

    async def fetch_account(self, account: str) -> GatewayAccount:
        """As it is now; so are the others below."""
        ...

    async def fetch_checkout(self, account: str, checkout_id: str) -> CheckoutSession: ...

    async def fetch_payment(self, account: str, payment_id: str) -> GatewayPayment: ...

    async def fetch_refund(self, account: str, refund_id: str) -> GatewayRefund: ...

    async def fetch_dispute(self, account: str, dispute_id: str) -> GatewayDispute: ...

    async def fetch_payout(self, account: str, payout_id: str) -> GatewayPayout: ...

    async def balance_lines(
        self, account: str, since: datetime, until: datetime, after: str | None = None
    ) -> BalancePage:
        """A page of the provider's own lines from `since` to before `until`."""
        ...
