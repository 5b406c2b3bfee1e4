"""Statements as pages: a list and a page for both sides; the partner answers, and opens lines down to its invoices."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from app.platform.http.authentication import actor_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.errors import DomainError, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.pages import translator_of
from app.platform.web.records import RecordHead, record_page
from billing.invoicing import InvoicePermission
from billing.money import minor_text
from billing.royalties.api import INVOICE_DOWNLOAD, invoice_document
from billing.royalties.listing import HQ_INVOICES, HQ_STATEMENTS, OWN_INVOICES, OWN_STATEMENTS
from billing.royalties.permissions import RoyaltyPermission
from billing.royalties.reckoning import Basis
from billing.royalties.schemas import (
    Agreement,
    CountedInvoice,
    Dispute,
    PaymentRecord,
    StatementView,
)
from billing.royalties.services.counted_invoices import SHOWN, counted_invoices
from billing.royalties.services.invoices import RoyaltyInvoices
from billing.royalties.services.statements import RoyaltyStatements
from billing.royalties.standing import basis_on
from billing.royalties.states import (
    ROYALTY_INVOICE_STATE_NAMES,
    STATEMENT_MOVE_NAMES,
    STATEMENT_STATE_NAMES,
    STATEMENT_TONES,
    StatementMove,
)
from billing.royalties.wording import BASIS_NAMES, line_text, rate_text
from tenants.company_time import company_day

HQ: Final = "/hq/royalties"
OWN: Final = "/workspace/royalties"
_READ, _ANSWER = RoyaltyPermission.ROYALTY_READ, RoyaltyPermission.ROYALTY_ANSWER
_RECORD: Final = "/{royalty_statement_id:uuid}"
_TEXTS: Final = {
    "state_names": STATEMENT_STATE_NAMES,
    "tones": STATEMENT_TONES,
    "invoice_state_names": ROYALTY_INVOICE_STATE_NAMES,
    "money": minor_text,
    "money_text": minor_text,
}
STEP_NAMES: Final = {"made": N_("生成结算单"), **{str(move): name for move, name in STATEMENT_MOVE_NAMES.items()}}
STEP_ICONS: Final = {
    "made": "file-text",
    StatementMove.AGREE: "check",
    StatementMove.LAPSE: "clock",
    StatementMove.DISPUTE: "hand-stop",
    StatementMove.CORRECT: "pencil",
    StatementMove.UPHOLD: "shield-check",
    StatementMove.INVOICE: "receipt",
    StatementMove.CLOSE: "circle-check",
}
Line = Annotated[int | None, QueryParameter(name="line", ge=0, le=10_000)]
After = Annotated[str, QueryParameter(max_length=60)]
Step = Callable[[RoyaltyStatements, FormValues], Awaitable[StatementView]]


@get([HQ, OWN], permission=_READ, include_in_schema=False)
async def statements_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The statements, the newest month first."""
    listing = HQ_STATEMENTS if is_headquarters(request) else OWN_STATEMENTS
    return await list_page(request, work, listing, "royalties/list.html", **vocabulary(request))


@get([f"{HQ}/invoices", f"{OWN}/invoices"], permission=_READ, include_in_schema=False)
async def invoices_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The invoices, the newest first."""
    listing = HQ_INVOICES if is_headquarters(request) else OWN_INVOICES
    today = await company_day(work)
    return await list_page(request, work, listing, "royalties/invoices.html", today=today, **vocabulary(request))


@get([f"{HQ}{_RECORD}", f"{OWN}{_RECORD}"], permission=_READ, include_in_schema=False)
async def statement_page(
    request: WebRequest,
    work: RequestWork,
    royalty_statement_id: FromPath[UUID],
    tab: FromQuery[str] = "",
    line: Line = None,
    after: After = "",
) -> Response[Any]:
    """One statement, what the reader may do about it, and at the partner the invoices behind a line."""
    return await render_statement(request, royalty_statement_id, work, tab=tab, line=line, after=after)


@get(
    [f"{HQ}/invoices/{{royalty_invoice_id:uuid}}/document", f"{OWN}/invoices/{{royalty_invoice_id:uuid}}/document"],
    permission=_READ,
    include_in_schema=False,
    audited=INVOICE_DOWNLOAD,
)
async def download_royalty_invoice_from_page(
    request: WebRequest, royalty_invoice_id: FromPath[UUID]
) -> Response[bytes]:
    """The PDF."""
    return await invoice_document(request, royalty_invoice_id)


@post(f"{OWN}{_RECORD}/agree", permission=_ANSWER, include_in_schema=False)
async def agree_by_form(request: WebRequest, royalty_statement_id: FromPath[UUID]) -> Response[Any]:
    """The partner agrees."""
    return await _take_step(
        request,
        royalty_statement_id,
        lambda service, form: service.agree(royalty_statement_id, form.read(Agreement)),
    )


@post(f"{OWN}{_RECORD}/dispute", permission=_ANSWER, include_in_schema=False)
async def dispute_by_form(request: WebRequest, royalty_statement_id: FromPath[UUID]) -> Response[Any]:
    """The partner does not agree."""
    return await _take_step(
        request,
        royalty_statement_id,
        lambda service, form: service.dispute(royalty_statement_id, form.read(Dispute)),
    )


async def _take_step(request: WebRequest, statement_id: UUID, step: Step) -> Response[Any]:
    """Do what a form asks about a statement, and come back to it."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        service = RoyaltyStatements(work)
        await service.get(statement_id)
        await step(service, form)
        return f"{home_of(request)}/{statement_id}"

    return await submit(request, act, partial(render_statement, request, statement_id))


async def render_statement(
    request: WebRequest,
    statement_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
    *,
    tab: str = "",
    line: int | None = None,
    after: str = "",
) -> Response[Any]:
    """The page of one statement."""
    _, actor = translator_of(request), actor_of(request)
    statement = await RoyaltyStatements(work).get(statement_id)
    invoice = await RoyaltyInvoices(work).get(statement.invoice.id) if statement.invoice is not None else None
    counted, more = await _counted(work, statement, line, after)
    head = RecordHead(
        kind="royalty_statement",
        id=statement.id,
        title=statement.partner_name if is_headquarters(request) else f"{statement.month:%Y-%m}",
        number=statement.number,
        base=f"{home_of(request)}/{statement.id}",
        list_href=home_of(request),
        list_label=N_("特许权使用费"),
        tab=tab,
        live=f"royalty_statement:{statement.id}",
    )
    writable = not actor.read_only
    return record_page(
        request,
        "royalties/record.html",
        head,
        error,
        statement=statement,
        invoice=invoice,
        lines=[(line_text(each, _), each) for each in statement.lines],
        basis_name=BASIS_NAMES[basis_on(statement.bases, statement.month) if statement.bases else Basis.PAID],
        rate=rate_text,
        line=line,
        counted=counted,
        more=more,
        step_names=STEP_NAMES,
        step_icons=STEP_ICONS,
        may_answer=actor.may(_ANSWER) and writable,
        may_write=actor.may(RoyaltyPermission.ROYALTY_WRITE) and writable,
        may_open_invoices=actor.may(InvoicePermission.INVOICE_READ),
        payment_fields=fields_of(PaymentRecord),
        values=values or FormValues(),
        **vocabulary(request),
    )


async def _counted(
    work: UnitOfWork, statement: StatementView, line: int | None, after: str
) -> tuple[list[CountedInvoice], str]:
    """The invoices behind a line, and the number after which there are more."""
    if line is None or work.tenant_id == HQ_TENANT_ID or not work.actor.may(_ANSWER):
        return [], ""
    try:
        found = await counted_invoices(work, statement.id, line, after=after, limit=SHOWN + 1)
    except NotFound:
        return [], ""
    shown = found[:SHOWN]
    return shown, shown[-1].number if len(found) > len(shown) else ""


def is_headquarters(request: WebRequest) -> bool:
    """Whose side the reader is on."""
    return actor_of(request).tenant_id == HQ_TENANT_ID


def home_of(request: WebRequest) -> str:
    """The list on the reader's side."""
    return HQ if is_headquarters(request) else OWN


def vocabulary(request: WebRequest) -> dict[str, Any]:
    """What every page of royalties draws with."""
    return {
        "home": home_of(request),
        "headquarters": is_headquarters(request),
        "may_settle": actor_of(request).may(RoyaltyPermission.ROYALTY_WRITE),
        **_TEXTS,
    }


handlers = [
    statements_page,
    invoices_page,
    statement_page,
    download_royalty_invoice_from_page,
    agree_by_form,
    dispute_by_form,
    *list_handlers(HQ_STATEMENTS),
    *list_handlers(OWN_STATEMENTS),
    *list_handlers(HQ_INVOICES),
    *list_handlers(OWN_INVOICES),
]
