"""Invoices in the partner workspace: issued ones, drafts to look through, runs. Forms work without script."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import page
from app.platform.web.records import RecordHead, record_page
from billing.invoicing.addresses import DRAFTS, INVOICES, RUNS
from billing.invoicing.api import DOWNLOAD, invoice_document
from billing.invoicing.credit_pages import credit_context
from billing.invoicing.listing import DRAFT_LIST, INVOICE_LIST
from billing.invoicing.page_context import shared
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import AloneApproval, DraftChange, InvoiceRunStart, LinesToLeaveOut
from billing.invoicing.services.drafts import Drafts
from billing.invoicing.services.invoices import Invoices
from billing.invoicing.services.issuing import issue
from billing.invoicing.services.runs import InvoiceRuns
from tenants.company_time import company_day

_READ, _WRITE = InvoicePermission.INVOICE_READ, InvoicePermission.INVOICE_WRITE
_ISSUE, _DECIDE = InvoicePermission.INVOICE_ISSUE, InvoicePermission.INVOICE_DECIDE


@get(INVOICES, permission=_READ, include_in_schema=False)
async def invoices_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Issued invoices."""
    return await list_page(
        request, work, INVOICE_LIST, "invoicing/invoices.html", today=await company_day(work), **shared(request)
    )


@get(f"{INVOICES}/{{invoice_id:uuid}}", permission=_READ, include_in_schema=False)
async def invoice_page(
    request: WebRequest, work: RequestWork, invoice_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[Any]:
    """One invoice."""
    invoices = Invoices(work)
    invoice = await invoices.get(invoice_id)
    record = RecordHead(
        kind="invoice",
        id=invoice.id,
        title=invoice.buyer_title,
        number=invoice.number,
        base=f"{INVOICES}/{invoice.id}",
        list_href=INVOICES,
        list_label=N_("账单"),
        tab=tab,
    )
    return record_page(
        request,
        "invoicing/invoice.html",
        record,
        invoice=invoice,
        lines=await invoices.lines(invoice_id),
        shares=await invoices.shares(invoice_id),
        today=await company_day(work),
        **await credit_context(request, work, invoice_id),
        **shared(request),
    )


@get(f"{INVOICES}/{{invoice_id:uuid}}/document", permission=_READ, include_in_schema=False, audited=DOWNLOAD)
async def download_invoice_from_page(request: WebRequest, invoice_id: FromPath[UUID]) -> Response[bytes]:
    """The PDF."""
    return await invoice_document(request, invoice_id)


@get(RUNS, permission=_WRITE, include_in_schema=False)
async def runs_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The last runs, and the form for the next."""
    last_day = await company_day(work)
    return await _runs(request, work, FormValues({"last_day": last_day.isoformat()}))


@post(RUNS, permission=_WRITE, include_in_schema=False)
async def start_run(request: WebRequest) -> Response[Any]:
    """Have drafts made."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await InvoiceRuns(work).start(form.read(InvoiceRunStart))
        return RUNS

    return await submit(request, act, partial(_runs, request))


async def _runs(
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    return render_form(
        request,
        "invoicing/runs.html",
        error,
        runs=await InvoiceRuns(work).recent(),
        fields=fields_of(InvoiceRunStart),
        values=values,
        base=RUNS,
        drafts_href=DRAFTS,
        **shared(request),
    )


@get(f"{RUNS}/{{invoice_run_id:uuid}}/progress", permission=_WRITE, include_in_schema=False)
async def run_progress(request: WebRequest, work: RequestWork, invoice_run_id: FromPath[UUID]) -> Response[Any]:
    """How far a run is, asked for every second while it runs."""
    run = await InvoiceRuns(work).get(invoice_run_id)
    return page(request, "invoicing/run_progress.html", run=run, base=RUNS, drafts_href=DRAFTS)


@get(DRAFTS, permission=_WRITE, include_in_schema=False)
async def drafts_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Drafts, those with the most to look at first."""
    return await list_page(request, work, DRAFT_LIST, "invoicing/drafts.html", **shared(request))


@get(f"{DRAFTS}/{{invoice_draft_id:uuid}}", permission=_WRITE, include_in_schema=False)
async def draft_page(
    request: WebRequest, work: RequestWork, invoice_draft_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[Any]:
    """One draft."""
    return await _draft(request, invoice_draft_id, work, FormValues(), tab=tab)


async def _draft(
    request: WebRequest,
    draft_id: UUID,
    work: UnitOfWork,
    values: FormValues,
    error: DomainError | None = None,
    *,
    tab: str = "",
) -> Response[Any]:
    drafts = Drafts(work)
    draft = await drafts.get(draft_id)
    record = RecordHead(
        kind="invoice_draft",
        id=draft.id,
        title=draft.client_name,
        base=f"{DRAFTS}/{draft.id}",
        list_href=DRAFTS,
        list_label=N_("账单草稿"),
        tab=tab,
    )
    return record_page(
        request,
        "invoicing/draft.html",
        record,
        error,
        draft=draft,
        lines=await drafts.lines(draft_id),
        needs_approval=await drafts.needs_approval(draft),
        alone=actor_of(request).may(_DECIDE) and await drafts.alone(),
        values=values.over({"note": draft.note}),
        invoices_href=INVOICES,
        **shared(request),
    )


@post(f"{DRAFTS}/{{invoice_draft_id:uuid}}", permission=_WRITE, include_in_schema=False)
async def change_draft(request: WebRequest, invoice_draft_id: FromPath[UUID]) -> Response[Any]:
    """What the submit button's `action` says: note, lines left out, submitted, taken back, discarded."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        drafts, version = Drafts(work), form.whole_number("version")
        match form["action"]:
            case "leave_out":
                await drafts.leave_out(invoice_draft_id, LinesToLeaveOut(_ticked(form), version))
            case "submit":
                await drafts.submit(invoice_draft_id, version)
            case "reopen":
                await drafts.reopen(invoice_draft_id, version)
            case "discard":
                await drafts.discard(invoice_draft_id, version)
                return DRAFTS
            case _:
                await drafts.change(invoice_draft_id, form.read(DraftChange))
        return f"{DRAFTS}/{invoice_draft_id}"

    return await submit(request, act, partial(_draft, request, invoice_draft_id))


@post(f"{DRAFTS}/{{invoice_draft_id:uuid}}/approve-alone", permission=_DECIDE, include_in_schema=False)
async def approve_draft_alone(request: WebRequest, invoice_draft_id: FromPath[UUID]) -> Response[Any]:
    """Approve one's own draft in a company where nobody else may."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await Drafts(work).approve_alone(invoice_draft_id, form.read(AloneApproval))
        return f"{DRAFTS}/{invoice_draft_id}"

    return await submit(request, act, partial(_draft, request, invoice_draft_id))


@post(f"{DRAFTS}/{{invoice_draft_id:uuid}}/issue", permission=_ISSUE, include_in_schema=False)
async def issue_draft(request: WebRequest, invoice_draft_id: FromPath[UUID]) -> Response[Any]:
    """Issue the draft."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        issued = await issue(work, invoice_draft_id, form.whole_number("version"))
        return f"{INVOICES}/{issued.id}"

    return await submit(request, act, partial(_draft, request, invoice_draft_id))


def _ticked(form: FormValues) -> list[UUID]:
    """
    Raises:
        Invalid: no line is ticked.
    """
    try:
        ids = [UUID(text) for text in form.checked("id")]
    except ValueError:
        ids = []
    if not ids:
        raise Invalid(fields={"id": N_("请先勾选要留到下次的行。")})
    return ids


handlers = [*handlers_of(__name__), *list_handlers(INVOICE_LIST), *list_handlers(DRAFT_LIST)]
