"""Credit notes, statements and ageing as JSON."""

from datetime import date
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from app.platform.documents import Printable
from app.platform.documents.web_interface import document_answer
from app.platform.http.audited_reads import Audited
from app.platform.http.idempotency import idempotent
from app.platform.http.openapi_description import binary
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.account_sheet import company_name, statement_sheet
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import (
    AloneApproval,
    CreditNoteRequestCreate,
    CreditNoteRequestView,
    CreditNoteView,
    DraftVersion,
)
from billing.invoicing.services.ageing import AgeingDifference, AgeingRow, ageing, document_differences
from billing.invoicing.services.credit_notes import CreditNotes
from billing.invoicing.services.invoices import Invoices
from billing.invoicing.services.profiles import COMPANY_CURRENCY
from billing.invoicing.services.statements import Statement, statement

TAGS = ["invoices"]
_READ, _WRITE = InvoicePermission.INVOICE_READ, InvoicePermission.INVOICE_WRITE
CREDIT_DOWNLOAD = Audited("credit_note.downloaded", "credit_note", "credit_note_id")
STATEMENT_DOWNLOAD = Audited("invoice.statement_downloaded", "client", "client_id", ("since", "until"))


@get("/invoices/{invoice_id:uuid}/credit-notes", permission=_READ, tags=TAGS)
async def list_credit_notes(work: RequestWork, invoice_id: FromPath[UUID]) -> Page[CreditNoteView]:
    """What was given back of an invoice, on one page."""
    await Invoices(work).get(invoice_id)
    return Page(await CreditNotes(work).of_invoice(invoice_id))


@get("/credit-notes/{credit_note_id:uuid}", permission=_READ, tags=TAGS)
async def read_credit_note(work: RequestWork, credit_note_id: FromPath[UUID]) -> CreditNoteView:
    """One credit note."""
    return await CreditNotes(work).get(credit_note_id)


async def credit_note_document(request: WebRequest, credit_note_id: UUID) -> Response[bytes]:
    """The PDF as a download."""

    async def read(work: UnitOfWork) -> Printable:
        return await CreditNotes(work).printable(credit_note_id)

    return await document_answer(request, read)


@get(
    "/credit-notes/{credit_note_id:uuid}/document",
    permission=_READ,
    tags=TAGS,
    audited=CREDIT_DOWNLOAD,
    responses=binary("application/pdf", "The document."),
)
async def download_credit_note(request: WebRequest, credit_note_id: FromPath[UUID]) -> Response[bytes]:
    """The PDF."""
    return await credit_note_document(request, credit_note_id)


@get("/invoices/{invoice_id:uuid}/credit-note-requests", permission=_WRITE, tags=TAGS)
async def list_credit_note_requests(work: RequestWork, invoice_id: FromPath[UUID]) -> Page[CreditNoteRequestView]:
    """What was asked to be given back of an invoice, the newest first, on one page."""
    await Invoices(work).get(invoice_id)
    return Page(await CreditNotes(work).requests(invoice_id))


@post("/invoices/{invoice_id:uuid}/credit-note-requests", permission=_WRITE, tags=TAGS)
@idempotent()
async def request_credit_note(
    request: WebRequest, work: RequestWork, invoice_id: FromPath[UUID], data: JSONBody[CreditNoteRequestCreate]
) -> CreditNoteRequestView:
    """Ask somebody else for a credit note about the whole invoice, or about parts of its lines."""
    return await CreditNotes(work).request(invoice_id, data)


@post("/credit-note-requests/{credit_note_request_id:uuid}/withdraw", permission=_WRITE, tags=TAGS)
@idempotent()
async def withdraw_credit_note_request(
    request: WebRequest, work: RequestWork, credit_note_request_id: FromPath[UUID], data: JSONBody[DraftVersion]
) -> CreditNoteRequestView:
    """Take a request back."""
    return await CreditNotes(work).withdraw(credit_note_request_id, data.version)


@post(
    "/credit-note-requests/{credit_note_request_id:uuid}/issue-alone",
    permission=InvoicePermission.INVOICE_DECIDE,
    tags=TAGS,
)
@idempotent()
async def issue_credit_note_alone(
    request: WebRequest, work: RequestWork, credit_note_request_id: FromPath[UUID], data: JSONBody[AloneApproval]
) -> CreditNoteRequestView:
    """Issue it in a company where nobody else may approve, with a reason."""
    return await CreditNotes(work).issue_alone(credit_note_request_id, data)


@get("/clients/{client_id:uuid}/statement", permission=_WRITE, tags=TAGS)
async def read_statement(
    work: RequestWork,
    client_id: FromPath[UUID],
    since: FromQuery[date],
    until: FromQuery[date],
    currency: FromQuery[str] = COMPANY_CURRENCY,
) -> Statement:
    """What a client owed before `since`, what happened up to and with `until`, and what it owes then."""
    return await statement(work, client_id, since, until, currency)


async def statement_document(request: WebRequest, client_id: UUID, since: date, until: date) -> Response[bytes]:
    """The PDF as a download."""

    async def read(work: UnitOfWork) -> Printable:
        told = await statement(work, client_id, since, until)
        return statement_sheet(told, await company_name(work), work.now)

    return await document_answer(request, read)


@get(
    "/clients/{client_id:uuid}/statement/document",
    permission=_WRITE,
    tags=TAGS,
    audited=STATEMENT_DOWNLOAD,
    responses=binary("application/pdf", "The statement."),
)
async def download_statement(
    request: WebRequest, client_id: FromPath[UUID], since: FromQuery[date], until: FromQuery[date]
) -> Response[bytes]:
    """The statement as PDF."""
    return await statement_document(request, client_id, since, until)


@get("/invoice-ageing", permission=_WRITE, tags=TAGS)
async def list_ageing(work: RequestWork) -> Page[AgeingRow]:
    """What clients owe by how long it is overdue, those who owe the most first, on one page."""
    return Page(await ageing(work))


@get("/invoice-ageing/differences", permission=_WRITE, tags=TAGS)
async def list_differences(work: RequestWork) -> Page[AgeingDifference]:
    """Clients whose open documents are not what the ledger says; nothing on the page: documents and books agree."""
    return Page(await document_differences(work))


handlers = handlers_of(__name__)
