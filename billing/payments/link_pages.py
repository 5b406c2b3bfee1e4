"""Paying without an account: from the page that a link to an invoice opens, on to the provider's and back."""

from contextlib import AbstractAsyncContextManager
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from app.platform.http.registration import handlers_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from billing.invoicing.web_interface import LINK, LinkHolder, amount, invoice_links
from billing.payments.checkouts.asking import RETURN
from billing.payments.provider_pages import CHECKOUT_WORDING, PROVIDER_ERRORS
from billing.payments.schemas import CheckoutView
from billing.payments.services import Checkouts, payment_page
from rbac import Access

PAYMENTS: Final = f"{LINK}/payments"


@post(PAYMENTS, permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def start_linked_checkout(request: WebRequest, tenant_id: FromPath[UUID], token: FromPath[str]) -> Response[Any]:
    """Want to pay what is open of the link's invoice."""
    holder = await _holder(request, tenant_id, token)

    async def act(_: UnitOfWork, __: FormValues) -> str:
        async with _begin(request, tenant_id) as work:
            checkout = await Checkouts(work).start_for_invoice(holder.invoice_id, by=holder.email)
        return f"/invoice/{tenant_id}/{token}/payments/{checkout.id}"

    return await submit(request, act)


@get(f"{PAYMENTS}/{{checkout_id:uuid}}", permission=Access.PUBLIC, include_in_schema=False)
async def linked_checkout_page(
    request: WebRequest, tenant_id: FromPath[UUID], token: FromPath[str], checkout_id: FromPath[UUID]
) -> Response[Any]:
    """What is paid, and what became of it."""
    return await _render(request, tenant_id, token, checkout_id)


@get(f"{PAYMENTS}/{{checkout_id:uuid}}/provider", permission=Access.PUBLIC, include_in_schema=False)
async def go_to_provider_by_link(
    request: WebRequest, tenant_id: FromPath[UUID], token: FromPath[str], checkout_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """On to the provider's page, the same however often. A link and no form, as in the portal."""
    await _checkout(request, tenant_id, token, checkout_id)
    try:
        return Redirect(await payment_page(runtime_of(request), lambda: _begin(request, tenant_id), checkout_id))
    except PROVIDER_ERRORS as error:
        return await _render(request, tenant_id, token, checkout_id, error)


@get(RETURN, permission=Access.PUBLIC, include_in_schema=False)
async def returned_page(request: WebRequest) -> Response[Any]:
    """Back from the provider's page, whatever happened there: that is told by the provider alone."""
    return render_form(request, "payments/returned.html", None)


async def _holder(request: WebRequest, tenant_id: UUID, token: str) -> LinkHolder:
    return await invoice_links(request).holder(tenant_id, token, origin_of(request))


async def _checkout(request: WebRequest, tenant_id: UUID, token: str, checkout_id: UUID) -> CheckoutView:
    """
    Raises:
        InvoiceLinkClosed, NotFound: no such attempt to pay the link's invoice.
    """
    holder = await _holder(request, tenant_id, token)
    async with _begin(request, tenant_id) as work:
        return await Checkouts(work).of_invoice(checkout_id, holder.invoice_id)


def _begin(request: WebRequest, tenant_id: UUID) -> AbstractAsyncContextManager[UnitOfWork]:
    return runtime_of(request).units_of_work.begin(Actor.system(tenant_id), origin_of(request))


async def _render(
    request: WebRequest, tenant_id: UUID, token: str, checkout_id: UUID, error: DomainError | None = None
) -> Response[Any]:
    return render_form(
        request,
        "payments/linked_checkout.html",
        error,
        checkout=await _checkout(request, tenant_id, token, checkout_id),
        invoice=f"/invoice/{tenant_id}/{token}",
        amount=amount,
        **CHECKOUT_WORDING,
    )


handlers = handlers_of(__name__)
