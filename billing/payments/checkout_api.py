"""A client's attempts to pay online, as JSON."""

from functools import partial
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from app.platform.http.idempotency import idempotent
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.web.forms import transaction_of
from billing.payments.permissions import PaymentPermission
from billing.payments.schemas import CheckoutView, PaymentPage
from billing.payments.services import Checkouts, payment_page

TAGS = ["payments"]
_WRITE = PaymentPermission.CHECKOUT_WRITE


@post("/invoices/{invoice_id:uuid}/checkouts", permission=_WRITE, tags=TAGS)
@idempotent()
async def start_checkout(request: WebRequest, work: RequestWork, invoice_id: FromPath[UUID]) -> CheckoutView:
    """Want to pay online what is open of an invoice."""
    return await Checkouts(work).start_for_invoice(invoice_id)


@get("/checkouts/{checkout_id:uuid}", permission=_WRITE, tags=TAGS)
async def read_checkout(work: RequestWork, checkout_id: FromPath[UUID]) -> CheckoutView:
    """One attempt, and what became of it."""
    return await Checkouts(work).get(checkout_id)


@post("/checkouts/{checkout_id:uuid}/payment-page", permission=_WRITE, tags=TAGS, status_code=200)
async def open_payment_page(request: WebRequest, checkout_id: FromPath[UUID]) -> PaymentPage:
    """The provider's page on which it is paid; asked for again it is the same."""
    address = await payment_page(runtime_of(request), partial(transaction_of, request), checkout_id)
    return PaymentPage(address)


handlers = handlers_of(__name__)
