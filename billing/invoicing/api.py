"""Invoices as JSON."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

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
from app.platform.lists.web_interface import api_page, saved_view_api
from billing.invoicing.listing import DRAFT_LIST, INVOICE_LIST
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import (
    AloneApproval,
    BillingProfileView,
    BillingProfileWrite,
    DepartmentShareView,
    DraftChange,
    DraftLineView,
    DraftVersion,
    InvoiceDraftView,
    InvoiceLineView,
    InvoiceRunStart,
    InvoiceRunView,
    InvoiceView,
    LinesToLeaveOut,
    OpenItemView,
    SellerProfileView,
    SellerProfileWrite,
)
from billing.invoicing.services.drafts import Drafts
from billing.invoicing.services.invoices import Invoices
from billing.invoicing.services.issuing import issue
from billing.invoicing.services.open_items import open_items
from billing.invoicing.services.profiles import Profiles
from billing.invoicing.services.runs import InvoiceRuns

TAGS = ["invoices"]
_READ, _WRITE = InvoicePermission.INVOICE_READ, InvoicePermission.INVOICE_WRITE
_ISSUE, _DECIDE = InvoicePermission.INVOICE_ISSUE, InvoicePermission.INVOICE_DECIDE
DOWNLOAD = Audited("invoice.downloaded", "invoice", "invoice_id")


@get("/seller-profile", permission=_WRITE, tags=TAGS)
async def read_seller_profile(work: RequestWork) -> SellerProfileView:
    """How the company stands on its invoices."""
    return await Profiles(work).seller()


@put("/seller-profile", permission=_WRITE, tags=TAGS)
async def write_seller_profile(work: RequestWork, data: JSONBody[SellerProfileWrite]) -> SellerProfileView:
    """Say how the company stands on its invoices, when they are approved by somebody else, and when reminders go."""
    return await Profiles(work).write_seller(data)


@get("/clients/{client_id:uuid}/billing-profile", permission=_READ, tags=TAGS)
async def read_billing_profile(work: RequestWork, client_id: FromPath[UUID]) -> BillingProfileView:
    """How a client is invoiced."""
    return await Profiles(work).buyer(client_id)


@put("/clients/{client_id:uuid}/billing-profile", permission=_WRITE, tags=TAGS)
async def write_billing_profile(
    work: RequestWork, client_id: FromPath[UUID], data: JSONBody[BillingProfileWrite]
) -> BillingProfileView:
    """Say how a client is invoiced."""
    return await Profiles(work).write_buyer(client_id, data)


@get("/invoice-runs", permission=_WRITE, tags=TAGS)
async def list_runs(work: RequestWork) -> Page[InvoiceRunView]:
    """The last runs, the newest first, on one page."""
    return Page(await InvoiceRuns(work).recent())


@post("/invoice-runs", permission=_WRITE, tags=TAGS)
@idempotent()
async def start_run(request: WebRequest, work: RequestWork, data: JSONBody[InvoiceRunStart]) -> InvoiceRunView:
    """Have drafts made of all charges up to a day; where a run is under way, that one."""
    return await InvoiceRuns(work).start(data)


@get("/invoice-runs/{invoice_run_id:uuid}", permission=_WRITE, tags=TAGS)
async def read_run(work: RequestWork, invoice_run_id: FromPath[UUID]) -> InvoiceRunView:
    """How far a run is."""
    return await InvoiceRuns(work).get(invoice_run_id)


@get("/invoice-drafts", permission=_WRITE, tags=TAGS)
async def list_drafts(
    work: RequestWork,
    q: FromQuery[str] = "",
    draft_state: Annotated[str, QueryParameter(name="state", max_length=20)] = "",
    finding: FromQuery[str] = "",
    sort: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Page[InvoiceDraftView]:
    """Drafts, those with the most to look at first; without `state` those that are not issued or discarded."""
    values = {key: value for key, value in (("state", draft_state), ("finding", finding)) if value}
    return await api_page(work, DRAFT_LIST, conditions=DRAFT_LIST.conditions(values, q), sort=sort, cursor=cursor)


@get("/invoice-drafts/{invoice_draft_id:uuid}", permission=_WRITE, tags=TAGS)
async def read_draft(work: RequestWork, invoice_draft_id: FromPath[UUID]) -> InvoiceDraftView:
    """One draft."""
    return await Drafts(work).get(invoice_draft_id)


@get("/invoice-drafts/{invoice_draft_id:uuid}/lines", permission=_WRITE, tags=TAGS)
async def list_draft_lines(work: RequestWork, invoice_draft_id: FromPath[UUID]) -> Page[DraftLineView]:
    """Its lines with the charges that stand on them, on one page."""
    return Page(await Drafts(work).lines(invoice_draft_id))


@put("/invoice-drafts/{invoice_draft_id:uuid}", permission=_WRITE, tags=TAGS)
async def change_draft(
    work: RequestWork, invoice_draft_id: FromPath[UUID], data: JSONBody[DraftChange]
) -> InvoiceDraftView:
    """Write what the client reads under the lines."""
    return await Drafts(work).change(invoice_draft_id, data)


@post("/invoice-drafts/{invoice_draft_id:uuid}/leave-out", permission=_WRITE, tags=TAGS)
@idempotent()
async def leave_lines_out(
    request: WebRequest, work: RequestWork, invoice_draft_id: FromPath[UUID], data: JSONBody[LinesToLeaveOut]
) -> InvoiceDraftView:
    """Leave lines for the next invoice."""
    return await Drafts(work).leave_out(invoice_draft_id, data)


@post("/invoice-drafts/{invoice_draft_id:uuid}/submit", permission=_WRITE, tags=TAGS)
@idempotent()
async def submit_draft(
    request: WebRequest, work: RequestWork, invoice_draft_id: FromPath[UUID], data: JSONBody[DraftVersion]
) -> InvoiceDraftView:
    """Ask for somebody else's yes."""
    return await Drafts(work).submit(invoice_draft_id, data.version)


@post("/invoice-drafts/{invoice_draft_id:uuid}/reopen", permission=_WRITE, tags=TAGS)
@idempotent()
async def reopen_draft(
    request: WebRequest, work: RequestWork, invoice_draft_id: FromPath[UUID], data: JSONBody[DraftVersion]
) -> InvoiceDraftView:
    """Take back what waits or was approved, to change it once more."""
    return await Drafts(work).reopen(invoice_draft_id, data.version)


@post("/invoice-drafts/{invoice_draft_id:uuid}/approve-alone", permission=_DECIDE, tags=TAGS)
@idempotent()
async def approve_draft_alone(
    request: WebRequest, work: RequestWork, invoice_draft_id: FromPath[UUID], data: JSONBody[AloneApproval]
) -> InvoiceDraftView:
    """Approve one's own draft in a company where nobody else may, with a reason."""
    return await Drafts(work).approve_alone(invoice_draft_id, data)


@post("/invoice-drafts/{invoice_draft_id:uuid}/discard", permission=_WRITE, tags=TAGS)
@idempotent()
async def discard_draft(
    request: WebRequest, work: RequestWork, invoice_draft_id: FromPath[UUID], data: JSONBody[DraftVersion]
) -> InvoiceDraftView:
    """Give a draft up; its charges are free for the next run."""
    return await Drafts(work).discard(invoice_draft_id, data.version)


@post("/invoice-drafts/{invoice_draft_id:uuid}/issue", permission=_ISSUE, tags=TAGS)
@idempotent()
async def issue_draft(
    request: WebRequest, work: RequestWork, invoice_draft_id: FromPath[UUID], data: JSONBody[DraftVersion]
) -> InvoiceView:
    """Make an invoice of the draft: it gets its number and is owed."""
    return await issue(work, invoice_draft_id, data.version)


@get("/invoices", permission=_READ, tags=TAGS)
async def list_invoices(
    work: RequestWork, q: FromQuery[str] = "", sort: FromQuery[str] = "", cursor: FromQuery[str | None] = None
) -> Page[InvoiceView]:
    """Issued invoices, the newest number first; a client's people see their own."""
    return await api_page(work, INVOICE_LIST, conditions=INVOICE_LIST.conditions({}, q), sort=sort, cursor=cursor)


@get("/invoices/{invoice_id:uuid}", permission=_READ, tags=TAGS)
async def read_invoice(work: RequestWork, invoice_id: FromPath[UUID]) -> InvoiceView:
    """One invoice."""
    return await Invoices(work).get(invoice_id)


@get("/invoices/{invoice_id:uuid}/lines", permission=_READ, tags=TAGS)
async def list_invoice_lines(work: RequestWork, invoice_id: FromPath[UUID]) -> Page[InvoiceLineView]:
    """Its lines, on one page."""
    invoices = Invoices(work)
    await invoices.get(invoice_id)
    return Page(await invoices.lines(invoice_id))


@get("/invoices/{invoice_id:uuid}/departments", permission=_READ, tags=TAGS)
async def list_department_shares(work: RequestWork, invoice_id: FromPath[UUID]) -> Page[DepartmentShareView]:
    """What of it belongs to which department, on one page; the shares add up to the invoice."""
    invoices = Invoices(work)
    await invoices.get(invoice_id)
    return Page(await invoices.shares(invoice_id))


async def invoice_document(request: WebRequest, invoice_id: UUID) -> Response[bytes]:
    """The PDF as a download."""

    async def read(work: UnitOfWork) -> Printable:
        return await Invoices(work).printable(invoice_id)

    return await document_answer(request, read)


@get(
    "/invoices/{invoice_id:uuid}/document",
    permission=_READ,
    tags=TAGS,
    audited=DOWNLOAD,
    responses=binary("application/pdf", "The document."),
)
async def download_invoice(request: WebRequest, invoice_id: FromPath[UUID]) -> Response[bytes]:
    """The PDF."""
    return await invoice_document(request, invoice_id)


@get("/clients/{client_id:uuid}/open-items", permission=_READ, tags=TAGS)
async def list_open_items(work: RequestWork, client_id: FromPath[UUID]) -> Page[OpenItemView]:
    """What a client owes, what is due first above, on one page."""
    await Profiles(work).buyer(client_id)
    return Page(await open_items(work, client_id))


handlers = [*handlers_of(__name__), *saved_view_api(INVOICE_LIST, "/invoices")]
