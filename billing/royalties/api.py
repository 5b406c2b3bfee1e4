"""Statements and invoices as JSON. Both sides call the same addresses, each for its own rows."""

from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.platform.documents import Printable
from app.platform.documents.web_interface import document_answer
from app.platform.http.audited_reads import Audited
from app.platform.http.idempotency import idempotent
from app.platform.http.openapi_description import binary
from app.platform.http.pagination import Page, decode_position, encode_position
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import api_page, saved_view_api
from billing.royalties.listing import HQ_INVOICES, HQ_STATEMENTS, OWN_INVOICES, OWN_STATEMENTS
from billing.royalties.permissions import RoyaltyPermission
from billing.royalties.schemas import (
    Agreement,
    Answer,
    Correction,
    CountedInvoice,
    Dispute,
    PaymentRecord,
    PaymentTaking,
    RoyaltyAgeingRow,
    RoyaltyInvoiceSummary,
    RoyaltyInvoiceView,
    StatementSummary,
    StatementView,
)
from billing.royalties.services.ageing import royalty_ageing
from billing.royalties.services.counted_invoices import SHOWN, counted_invoices
from billing.royalties.services.invoices import RoyaltyInvoices
from billing.royalties.services.statements import RoyaltyStatements

TAGS: Final = ["royalties"]
_READ, _ANSWER, _WRITE = (
    RoyaltyPermission.ROYALTY_READ,
    RoyaltyPermission.ROYALTY_ANSWER,
    RoyaltyPermission.ROYALTY_WRITE,
)
_STATEMENT: Final = "/royalties/statements/{royalty_statement_id:uuid}"
_INVOICE: Final = "/royalties/invoices/{royalty_invoice_id:uuid}"
INVOICE_DOWNLOAD: Final = Audited("royalty_invoice.downloaded", "royalty_invoice", "royalty_invoice_id")
Place = Annotated[int, QueryParameter(name="line", ge=0, le=10_000)]


class CountedPlace(msgspec.Struct, frozen=True, array_like=True):
    """Where a page of counted invoices ends."""

    number: str


@get("/royalties/statements", permission=_READ, tags=TAGS)
async def list_statements(
    work: RequestWork, q: FromQuery[str] = "", sort: FromQuery[str] = "", cursor: FromQuery[str | None] = None
) -> Page[StatementSummary]:
    """The newest month first: a partner's own, at headquarters every partner's."""
    conditions = HQ_STATEMENTS.conditions({}, q)
    return await api_page(work, HQ_STATEMENTS, conditions=conditions, sort=sort, cursor=cursor)


@get(_STATEMENT, permission=_READ, tags=TAGS)
async def read_statement(work: RequestWork, royalty_statement_id: FromPath[UUID]) -> StatementView:
    """One statement with its lines and steps."""
    return await RoyaltyStatements(work).get(royalty_statement_id)


@get(f"{_STATEMENT}/counted-invoices", permission=_ANSWER, tags=TAGS)
async def list_counted_invoices(
    work: RequestWork,
    royalty_statement_id: FromPath[UUID],
    line: Place = 0,
    cursor: FromQuery[str | None] = None,
) -> Page[CountedInvoice]:
    """What the partner's own invoices add to a line of its statement, lines counted from 0. Not for headquarters."""
    after = decode_position(cursor, CountedPlace).number if cursor else ""
    found = await counted_invoices(work, royalty_statement_id, line, after=after, limit=SHOWN + 1)
    shown = found[:SHOWN]
    return Page(shown, encode_position(CountedPlace(shown[-1].number)) if len(found) > len(shown) else None)


@post(f"{_STATEMENT}/agree", permission=_ANSWER, status_code=200, tags=TAGS)
@idempotent(200)
async def agree_to_statement(
    request: WebRequest, work: RequestWork, royalty_statement_id: FromPath[UUID], data: JSONBody[Agreement]
) -> StatementView:
    """The partner agrees."""
    return await RoyaltyStatements(work).agree(royalty_statement_id, data)


@post(f"{_STATEMENT}/dispute", permission=_ANSWER, status_code=200, tags=TAGS)
@idempotent(200)
async def dispute_statement(
    request: WebRequest, work: RequestWork, royalty_statement_id: FromPath[UUID], data: JSONBody[Dispute]
) -> StatementView:
    """The partner does not agree, and says why."""
    return await RoyaltyStatements(work).dispute(royalty_statement_id, data)


@post(f"{_STATEMENT}/uphold", permission=_WRITE, status_code=200, tags=TAGS)
@idempotent(200)
async def uphold_statement(
    request: WebRequest, work: RequestWork, royalty_statement_id: FromPath[UUID], data: JSONBody[Answer]
) -> StatementView:
    """Headquarters stays with what it said, and says why."""
    return await RoyaltyStatements(work).uphold(royalty_statement_id, data)


@post(f"{_STATEMENT}/correct", permission=_WRITE, status_code=200, tags=TAGS)
@idempotent(200)
async def correct_statement(
    request: WebRequest, work: RequestWork, royalty_statement_id: FromPath[UUID], data: JSONBody[Correction]
) -> StatementView:
    """Headquarters reckons anew from facts and rates as they are, and by what both agreed upon."""
    engine = runtime_of(request).engine("network")
    return await RoyaltyStatements(work).correct(royalty_statement_id, data, engine)


@post(f"{_STATEMENT}/invoice", permission=_WRITE, status_code=200, tags=TAGS)
@idempotent(200)
async def invoice_statement(
    request: WebRequest, work: RequestWork, royalty_statement_id: FromPath[UUID], data: JSONBody[Agreement]
) -> StatementView:
    """Invoice an agreed statement; one that asks for nothing is closed."""
    return await RoyaltyInvoices(work).issue(royalty_statement_id, data.version)


@get("/royalties/invoices", permission=_READ, tags=TAGS)
async def list_royalty_invoices(
    work: RequestWork, q: FromQuery[str] = "", sort: FromQuery[str] = "", cursor: FromQuery[str | None] = None
) -> Page[RoyaltyInvoiceSummary]:
    """The newest first: a partner's own, at headquarters every partner's."""
    return await api_page(work, HQ_INVOICES, conditions=HQ_INVOICES.conditions({}, q), sort=sort, cursor=cursor)


@get(_INVOICE, permission=_READ, tags=TAGS)
async def read_royalty_invoice(work: RequestWork, royalty_invoice_id: FromPath[UUID]) -> RoyaltyInvoiceView:
    """One invoice with its payments."""
    return await RoyaltyInvoices(work).get(royalty_invoice_id)


@get(
    f"{_INVOICE}/document",
    permission=_READ,
    tags=TAGS,
    audited=INVOICE_DOWNLOAD,
    responses=binary("application/pdf", "The invoice."),
)
async def download_royalty_invoice(request: WebRequest, royalty_invoice_id: FromPath[UUID]) -> Response[bytes]:
    """The invoice as PDF."""
    return await invoice_document(request, royalty_invoice_id)


@post(f"{_INVOICE}/payments", permission=_WRITE, tags=TAGS)
@idempotent()
async def record_royalty_payment(
    request: WebRequest, work: RequestWork, royalty_invoice_id: FromPath[UUID], data: JSONBody[PaymentRecord]
) -> RoyaltyInvoiceView:
    """Record a bank transfer that came in for it."""
    return await RoyaltyInvoices(work).record_payment(royalty_invoice_id, data)


@post("/royalties/payments/{royalty_payment_id:uuid}/take-back", permission=_WRITE, status_code=200, tags=TAGS)
@idempotent(200)
async def take_royalty_payment_back(
    request: WebRequest, work: RequestWork, royalty_payment_id: FromPath[UUID], data: JSONBody[PaymentTaking]
) -> RoyaltyInvoiceView:
    """It was recorded by mistake, or the bank took it back."""
    return await RoyaltyInvoices(work).take_payment_back(royalty_payment_id, data)


@get("/royalties/ageing", permission=_WRITE, tags=TAGS)
async def list_royalty_ageing(work: RequestWork) -> Page[RoyaltyAgeingRow]:
    """What partners owe by the days since it was due, beside what the books say, on one page."""
    return Page(await royalty_ageing(work))


async def invoice_document(request: WebRequest, invoice_id: UUID) -> Response[bytes]:
    """The PDF as a download."""

    async def read(work: UnitOfWork) -> Printable:
        return await RoyaltyInvoices(work).printable(invoice_id)

    return await document_answer(request, read)


handlers = [
    *handlers_of(__name__),
    *saved_view_api(HQ_STATEMENTS, "/royalties/network-statements"),
    *saved_view_api(OWN_STATEMENTS, "/royalties/statements"),
    *saved_view_api(HQ_INVOICES, "/royalties/network-invoices"),
    *saved_view_api(OWN_INVOICES, "/royalties/invoices"),
]
