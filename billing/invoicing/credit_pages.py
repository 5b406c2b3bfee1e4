"""Credit notes, statements and ageing in the partner workspace."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from app.assets.clients.web_interface import client_record
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import page
from app.platform.web.records import record_page
from billing.invoicing.addresses import INVOICES
from billing.invoicing.credit_api import CREDIT_DOWNLOAD, STATEMENT_DOWNLOAD, credit_note_document, statement_document
from billing.invoicing.fapiao_states import FAPIAO_STATE_NAMES
from billing.invoicing.page_context import shared
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import AloneApproval, CreditNoteRequestCreate, LineCredit
from billing.invoicing.services.ageing import STEP_NAMES, ageing, document_differences
from billing.invoicing.services.credit_notes import CreditNotes
from billing.invoicing.services.drafts import Drafts
from billing.invoicing.services.fapiaos import Fapiaos
from billing.invoicing.services.invoices import Invoices
from billing.invoicing.services.profiles import COMPANY_CURRENCY
from billing.invoicing.services.statements import SOURCE_NAMES, statement
from billing.money import Money
from tenants.company_time import company_day

AGEING: Final = f"{INVOICES}/ageing"
CREDIT: Final = f"{INVOICES}/{{invoice_id:uuid}}/credit"
_READ, _WRITE = InvoicePermission.INVOICE_READ, InvoicePermission.INVOICE_WRITE
_AMOUNT: Final = "amount:"
"""Fields of the form are called so, followed by the line's id."""


@get(AGEING, permission=_WRITE, include_in_schema=False)
async def ageing_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """What clients owe, by how long it is overdue."""
    return page(
        request,
        "invoicing/ageing.html",
        rows=await ageing(work),
        differences=await document_differences(work),
        step_names=STEP_NAMES,
        **shared(request),
    )


@get(CREDIT, permission=_WRITE, include_in_schema=False)
async def credit_page(request: WebRequest, work: RequestWork, invoice_id: FromPath[UUID]) -> Response[Any]:
    """What is to be given back of an invoice."""
    return await _credit(request, invoice_id, work, FormValues())


@post(CREDIT, permission=_WRITE, include_in_schema=False)
async def request_credit(request: WebRequest, invoice_id: FromPath[UUID]) -> Response[Any]:
    """Ask for it."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        invoice = await Invoices(work).get(invoice_id)
        lines = _amounts(form, invoice.currency)
        wanted = CreditNoteRequestCreate(form.read(CreditNoteRequestCreate, lines=()).reason, tuple(lines))
        await CreditNotes(work).request(invoice_id, wanted)
        return f"{INVOICES}/{invoice_id}"

    return await submit(request, act, partial(_credit, request, invoice_id))


async def _credit(
    request: WebRequest, invoice_id: UUID, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    return render_form(
        request,
        "invoicing/credit.html",
        error,
        invoice=await Invoices(work).get(invoice_id),
        lines=await CreditNotes(work).lines_left(invoice_id),
        values=values,
        prefix=_AMOUNT,
        back=f"{INVOICES}/{invoice_id}",
        **shared(request),
    )


def _amounts(form: FormValues, currency: str) -> list[LineCredit]:
    """What was filled in beside the lines.

    Raises:
        Invalid: something that is no amount.
    """
    found = []
    for name, text in form.pairs():
        if not name.startswith(_AMOUNT) or not text.strip():
            continue
        try:
            value = Decimal(text.strip().replace(",", ""))
            found.append(LineCredit(UUID(name.removeprefix(_AMOUNT)), Money.of(value, currency).minor))
        except (ValueError, ArithmeticError):
            raise Invalid(fields={name: N_("请填写金额。")}) from None
    return found


@post(
    f"{INVOICES}/{{invoice_id:uuid}}/credit/{{credit_note_request_id:uuid}}",
    permission=_WRITE,
    include_in_schema=False,
)
async def withdraw_credit(
    request: WebRequest, invoice_id: FromPath[UUID], credit_note_request_id: FromPath[UUID]
) -> Response[Any]:
    """Take a request back, or with a reason issue it alone."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        notes = CreditNotes(work)
        if form["action"] == "issue_alone":
            await notes.issue_alone(credit_note_request_id, form.read(AloneApproval))
        else:
            await notes.withdraw(credit_note_request_id, form.whole_number("version"))
        return f"{INVOICES}/{invoice_id}"

    return await submit(request, act)


@get(
    "/workspace/credit-notes/{credit_note_id:uuid}/document",
    permission=_READ,
    include_in_schema=False,
    audited=CREDIT_DOWNLOAD,
)
async def download_credit_note_from_page(request: WebRequest, credit_note_id: FromPath[UUID]) -> Response[bytes]:
    """The PDF."""
    return await credit_note_document(request, credit_note_id)


@get("/workspace/clients/{client_id:uuid}/statement", permission=_WRITE, include_in_schema=False)
async def statement_page(
    request: WebRequest,
    work: RequestWork,
    client_id: FromPath[UUID],
    since: Annotated[str, QueryParameter(max_length=10)] = "",
    until: Annotated[str, QueryParameter(max_length=10)] = "",
) -> Response[Any]:
    """What a client's account says; of the last three months where nothing is chosen."""
    first, last = statement_days(since, until, await company_day(work))
    return record_page(
        request,
        "invoicing/statement.html",
        statement=await statement(work, client_id, first, last, COMPANY_CURRENCY),
        source_names=SOURCE_NAMES,
        **shared(request),
        **await client_record(work, client_id, "statement"),
    )


@get(
    "/workspace/clients/{client_id:uuid}/statement/document",
    permission=_WRITE,
    include_in_schema=False,
    audited=STATEMENT_DOWNLOAD,
)
async def download_statement_from_page(
    request: WebRequest, client_id: FromPath[UUID], since: FromQuery[date], until: FromQuery[date]
) -> Response[bytes]:
    """The PDF."""
    return await statement_document(request, client_id, since, until)


def statement_days(since: str, until: str, today: date) -> tuple[date, date]:
    """The days that somebody chose; the last three months where nothing is chosen."""
    last = _day(until, today)
    first = _day(since, date.fromordinal(last.toordinal() - 90).replace(day=1))
    return min(first, last), last


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


async def credit_context(request: WebRequest, work: UnitOfWork, invoice_id: UUID) -> dict[str, Any]:
    """What the page of an invoice shows of its credit notes."""
    notes = CreditNotes(work)
    writes = actor_of(request).may(_WRITE)
    return {
        "credit_notes": await notes.of_invoice(invoice_id),
        "credit_requests": [each for each in await notes.requests(invoice_id) if each.credit_note_id is None],
        "fapiaos": await Fapiaos(work).of_invoice(invoice_id),
        "fapiao_state_names": FAPIAO_STATE_NAMES,
        "alone": writes and actor_of(request).may(InvoicePermission.INVOICE_DECIDE) and await Drafts(work).alone(),
    }


handlers = handlers_of(__name__)
