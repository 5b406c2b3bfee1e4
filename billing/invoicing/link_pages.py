"""The page behind a link by which an invoice is read without an account. It never makes a session."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from app.platform.documents.web_interface import pdf_answer
from app.platform.http.registration import handlers_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.throttle import Throttle
from app.platform.web.forms import render_form
from billing.invoicing.page_context import amount
from billing.invoicing.services.links import InvoiceLinkClosed, InvoiceLinks
from billing.money import price_text
from rbac import Access

ADDRESS: Final = "/invoice/{tenant_id:uuid}/{token:str}"


@get(ADDRESS, permission=Access.PUBLIC, include_in_schema=False)
async def linked_invoice_page(request: WebRequest, tenant_id: FromPath[UUID], token: FromPath[str]) -> Response[Any]:
    """The invoice that the link is of."""
    found, error = None, None
    try:
        found = await invoice_links(request).read(tenant_id, token, origin_of(request))
    except InvoiceLinkClosed as closed:
        error = closed
    return render_form(
        request,
        "invoicing/linked.html",
        error,
        found=found,
        document=f"/invoice/{tenant_id}/{token}/document",
        payment=f"/invoice/{tenant_id}/{token}/payments",
        amount=amount,
        price=price_text,
    )


@get(f"{ADDRESS}/document", permission=Access.PUBLIC, include_in_schema=False)
async def linked_document(request: WebRequest, tenant_id: FromPath[UUID], token: FromPath[str]) -> Response[bytes]:
    """The PDF."""
    return await pdf_answer(request, await invoice_links(request).printable(tenant_id, token, origin_of(request)))


def invoice_links(request: WebRequest) -> InvoiceLinks:
    """What opens links to invoices, for this request."""
    runtime = runtime_of(request)
    secret = runtime.settings.secret.get_secret_value().encode()
    return InvoiceLinks(runtime.units_of_work, Throttle(runtime.redis, secret=secret, now=runtime.clock.now))


handlers = handlers_of(__name__)
