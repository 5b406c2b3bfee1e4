"""Paying an invoice online: the wish is stored first, then a link leads on to the provider's page.

A link and no form: forms lead nowhere but here (Content-Security-Policy).
"""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit, transaction_of
from app.portals.client.page_context import render_page
from billing.invoicing.web_interface import amount
from billing.payments import Checkouts, PaymentPermission
from billing.payments.web_interface import CHECKOUT_WORDING, PROVIDER_ERRORS, payment_page

PAYMENT = "/portal/checkouts/{checkout_id:uuid}"
_WRITE = PaymentPermission.CHECKOUT_WRITE


@post("/portal/invoices/{invoice_id:uuid}/checkouts", permission=_WRITE, include_in_schema=False)
async def start_checkout(request: WebRequest, invoice_id: FromPath[UUID]) -> Response[Any]:
    """Want to pay what is open of an invoice."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        return f"/portal/checkouts/{(await Checkouts(work).start_for_invoice(invoice_id)).id}"

    return await submit(request, act)


@get(PAYMENT, permission=_WRITE, include_in_schema=False)
async def checkout_page(request: WebRequest, work: RequestWork, checkout_id: FromPath[UUID]) -> Response[Any]:
    """What is paid, and what became of it."""
    return await _render(request, work, checkout_id)


@get(f"{PAYMENT}/provider", permission=_WRITE, include_in_schema=False)
async def go_to_provider(request: WebRequest, checkout_id: FromPath[UUID]) -> Response[Any] | Redirect:
    """On to the provider's page, the same however often."""
    try:
        return Redirect(await payment_page(runtime_of(request), partial(transaction_of, request), checkout_id))
    except PROVIDER_ERRORS as error:
        async with transaction_of(request) as work:
            return await _render(request, work, checkout_id, error)


async def _render(
    request: WebRequest, work: UnitOfWork, checkout_id: UUID, error: DomainError | None = None
) -> Response[Any]:
    return await render_page(
        request,
        work,
        "client/checkout.html",
        error,
        checkout=await Checkouts(work).get(checkout_id),
        amount=amount,
        **CHECKOUT_WORDING,
    )


handlers = handlers_of(__name__)
