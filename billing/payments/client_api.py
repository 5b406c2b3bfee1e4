"""A client's own account as JSON, and receipts."""

from datetime import date
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from app.platform.documents import Printable
from app.platform.documents.web_interface import document_answer
from app.platform.http.audited_reads import Audited
from app.platform.http.openapi_description import binary
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing import COMPANY_CURRENCY, OpenItemView, Statement
from billing.payments.permissions import PaymentPermission
from billing.payments.services import ClientAccount, receipt_of

TAGS = ["payments"]
_READ = PaymentPermission.PAYMENT_READ
RECEIPT_DOWNLOAD = Audited("payment.receipt_downloaded", "payment", "payment_id")
OWN_STATEMENT_DOWNLOAD = Audited("payment.statement_downloaded", "client", query=("since", "until"))


async def receipt_document(request: WebRequest, payment_id: UUID) -> Response[bytes]:
    """The PDF as a download."""

    async def read(work: UnitOfWork) -> Printable:
        return await receipt_of(work, payment_id)

    return await document_answer(request, read)


async def own_statement_document(request: WebRequest, since: date, until: date) -> Response[bytes]:
    """The PDF as a download."""

    async def read(work: UnitOfWork) -> Printable:
        return await ClientAccount(work).printable_statement(since, until, COMPANY_CURRENCY)

    return await document_answer(request, read)


@get(
    "/payments/{payment_id:uuid}/receipt",
    permission=_READ,
    tags=TAGS,
    audited=RECEIPT_DOWNLOAD,
    responses=binary("application/pdf", "The receipt."),
)
async def download_receipt(request: WebRequest, payment_id: FromPath[UUID]) -> Response[bytes]:
    """What was paid and what it settled, as PDF; none of a payment that was taken back."""
    return await receipt_document(request, payment_id)


@get("/own-account/open-documents", permission=_READ, tags=TAGS)
async def list_to_pay(work: RequestWork) -> Page[OpenItemView]:
    """What the own company has not paid, the one that is due first before the others, on one page."""
    return Page(await ClientAccount(work).to_pay())


@get("/own-account/statement", permission=_READ, tags=TAGS)
async def read_own_statement(
    work: RequestWork,
    since: FromQuery[date],
    until: FromQuery[date],
    currency: FromQuery[str] = COMPANY_CURRENCY,
) -> Statement:
    """What the own company owed before `since`, what happened up to and with `until`, and what it owes then."""
    return await ClientAccount(work).statement(since, until, currency)


@get(
    "/own-account/statement/document",
    permission=_READ,
    tags=TAGS,
    audited=OWN_STATEMENT_DOWNLOAD,
    responses=binary("application/pdf", "The statement."),
)
async def download_own_statement(
    request: WebRequest, since: FromQuery[date], until: FromQuery[date]
) -> Response[bytes]:
    """The own company's statement as PDF."""
    return await own_statement_document(request, since, until)


handlers = handlers_of(__name__)
