"""Use cases of payments."""

from billing.payments.services.bank_lines import BankLines
from billing.payments.services.checkout_pages import payment_page
from billing.payments.services.checkouts import Checkouts
from billing.payments.services.client_accounts import ClientAccount, receipt_of
from billing.payments.services.disputes import Disputes
from billing.payments.services.online_payments import OnlinePayments
from billing.payments.services.online_refunds import OnlineRefunds
from billing.payments.services.payments import Payments
from billing.payments.services.refunds import Refunds

__all__ = [
    "BankLines",
    "Checkouts",
    "ClientAccount",
    "Disputes",
    "OnlinePayments",
    "OnlineRefunds",
    "Payments",
    "Refunds",
    "payment_page",
    "receipt_of",
]
