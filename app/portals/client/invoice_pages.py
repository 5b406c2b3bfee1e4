"""The company's invoices: what is open, overdue and paid, each with its lines, its departments' shares and its PDF."""

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter

from app.platform.http.pagination import decode_position, encode_position
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.unit_of_work import UnitOfWork
from app.portals.client.page_context import render_page
from billing.invoicing import ClientInvoices, CreditNotes, Fapiaos, FapiaoView, InvoicePermission, Standing
from billing.invoicing.web_interface import (
    CREDIT_DOWNLOAD,
    DOWNLOAD,
    amount,
    credit_note_document,
    invoice_document,
)
from billing.money import price_text
from billing.payments import Checkouts, PaymentPermission

PORTAL: Final = "/portal/invoices"
INVOICES_ON_A_PAGE: Final = 50
_READ: Final = InvoicePermission.INVOICE_READ


class _Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a page of invoices ends."""

    issued_on: date
    id: UUID


@get(PORTAL, permission=_READ, include_in_schema=False)
async def invoices_page(
    request: WebRequest,
    work: RequestWork,
    standing: Annotated[Standing | None, QueryParameter(name="standing")] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """What the company owes, and its invoices by standing."""
    invoices = ClientInvoices(work)
    place = decode_position(cursor, _Position) if cursor else None
    after = (place.issued_on, place.id) if place else None
    found = await invoices.by_standing(standing, after=after, limit=INVOICES_ON_A_PAGE + 1)
    shown = found[:INVOICES_ON_A_PAGE]
    more = len(found) > len(shown)
    return await render_page(
        request,
        work,
        "client/invoices.html",
        invoices=shown,
        next_cursor=encode_position(_Position(shown[-1].issued_on, shown[-1].id)) if more else "",
        standing=standing or "",
        owed=await invoices.owed(),
        today=await invoices.today(),
        amount=amount,
    )


@get(f"{PORTAL}/{{invoice_id:uuid}}", permission=_READ, include_in_schema=False)
async def invoice_page(request: WebRequest, work: RequestWork, invoice_id: FromPath[UUID]) -> Response[Any]:
    """One invoice."""
    invoices = ClientInvoices(work)
    invoice = await invoices.get(invoice_id)
    may_pay = work.actor.may(PaymentPermission.CHECKOUT_WRITE) and not work.actor.read_only
    return await render_page(
        request,
        work,
        "client/invoice.html",
        invoice=invoice,
        payable=bool(invoice.open) and may_pay and await Checkouts(work).offered(),
        lines=await invoices.lines(invoice_id),
        shares=await invoices.shares(invoice_id),
        fapiaos=await _fapiaos(work, invoice_id),
        credit_notes=await CreditNotes(work).of_invoice(invoice_id),
        today=await invoices.today(),
        amount=amount,
        price=price_text,
    )


async def _fapiaos(work: UnitOfWork, invoice_id: UUID) -> list[tuple[FapiaoView, list[tuple[UUID, str]]]]:
    """Those that have a number, each with its files."""
    fapiaos = Fapiaos(work)
    return [(each, await fapiaos.files(each.id)) for each in await fapiaos.of_invoice(invoice_id) if each.number]


@get(f"{PORTAL}/{{invoice_id:uuid}}/document", permission=_READ, include_in_schema=False, audited=DOWNLOAD)
async def download_invoice(request: WebRequest, invoice_id: FromPath[UUID]) -> Response[bytes]:
    """The PDF."""
    return await invoice_document(request, invoice_id)


@get(
    "/portal/credit-notes/{credit_note_id:uuid}/document",
    permission=_READ,
    include_in_schema=False,
    audited=CREDIT_DOWNLOAD,
)
async def download_credit_note(request: WebRequest, credit_note_id: FromPath[UUID]) -> Response[bytes]:
    """What was given back, as PDF."""
    return await credit_note_document(request, credit_note_id)


handlers = handlers_of(__name__)
