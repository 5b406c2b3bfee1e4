"""Quotes in the partner workspace. Forms work without script."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.people.approvals import Verdict
from app.platform.documents import Printable
from app.platform.documents.web_interface import document_answer
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import FormProblem, render_form, submit
from app.platform.web.records import RecordHead, record_page
from billing.money import Money, minor_text, money_text
from billing.quotes.api import DOWNLOAD
from billing.quotes.choices import client_choices, line_choices, product_choices, quoted_ticket, tax_of_parts
from billing.quotes.listing import QUOTES
from billing.quotes.permissions import QuotePermission
from billing.quotes.schemas import (
    FreeLineWrite,
    OfferLink,
    PricedLineWrite,
    QuoteCreate,
    QuoteLineView,
    QuoteReview,
    QuoteUpdate,
    QuoteView,
)
from billing.quotes.services.drafting import QuoteDrafts, tax_names
from billing.quotes.services.offering import QuoteOffers, QuoteReviews
from billing.quotes.services.reading import Quotes
from billing.quotes.states import LINE_KIND_NAMES, OFFER_STATE_NAMES, QUOTE_STATE_NAMES, QuoteState
from billing.quotes.wording import percent_text, price_text, quantity_text
from rbac import Permission

BASE: Final = "/workspace/quotes"
HERE: Final = f"{BASE}/{{quote_id:uuid}}"
QUOTE_TONES: Final = {
    "draft": "active",
    "in_review": "waiting",
    "offered": "waiting",
    "approved": "good",
    "partly_approved": "good",
    "declined": "bad",
    "expired": "neutral",
    "withdrawn": "neutral",
    "replaced": "neutral",
}
_READ, _WRITE, _DECIDE = QuotePermission.QUOTE_READ, QuotePermission.QUOTE_WRITE, QuotePermission.QUOTE_DECIDE
WORDING: Final[dict[str, Any]] = {
    "amount": minor_text,
    "percent": percent_text,
    "price": price_text,
    "quantity": quantity_text,
    "state_names": QUOTE_STATE_NAMES,
    "offer_state_names": OFFER_STATE_NAMES,
    "tones": QUOTE_TONES,
    "kind_names": LINE_KIND_NAMES,
}
"""How templates write numbers and states."""


@get(BASE, permission=_READ, include_in_schema=False)
async def quotes_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """All quotes."""
    may_write = work.actor.may(_WRITE) and not work.actor.read_only
    return await list_page(request, work, QUOTES, "quotes/list.html", may_write=may_write, **WORDING)


@get(f"{BASE}/new", permission=_WRITE, include_in_schema=False)
async def new_quote_page(
    request: WebRequest, work: RequestWork, ticket: FromQuery[UUID | None] = None, client: FromQuery[UUID | None] = None
) -> Response[Any]:
    """An empty form, for a ticket or for a client."""
    return await _new_form(request, work, FormValues({"ticket_id": ticket or "", "client_id": client or ""}))


@post(f"{BASE}/new", permission=_WRITE, include_in_schema=False)
async def create_quote(request: WebRequest) -> Response[Any]:
    """Begin the draft."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        return f"{BASE}/{await QuoteDrafts(work).create(form.read(QuoteCreate))}"

    return await submit(request, act, partial(_new_form, request))


@get(HERE, permission=_READ, include_in_schema=False)
async def quote_page(
    request: WebRequest, work: RequestWork, quote_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[Any]:
    """One quote."""
    return await _record(request, quote_id, work, tab=tab)


@post(f"{HERE}/head", permission=_WRITE, include_in_schema=False)
async def change_quote(request: WebRequest, quote_id: FromPath[UUID]) -> Response[Any]:
    """Write title, words and validity."""

    async def change(work: UnitOfWork, form: FormValues) -> None:
        await QuoteDrafts(work).update(quote_id, form.read(QuoteUpdate))

    return await _act(request, quote_id, "head", change)


@post(f"{HERE}/priced-lines", permission=_WRITE, include_in_schema=False)
async def add_priced_line(request: WebRequest, quote_id: FromPath[UUID]) -> Response[Any]:
    """Add a line from the price book."""

    async def change(work: UnitOfWork, form: FormValues) -> None:
        await QuoteDrafts(work).write_priced_line(quote_id, form.read(PricedLineWrite))

    return await _act(request, quote_id, "priced", change)


@post(f"{HERE}/free-lines", permission=_WRITE, include_in_schema=False)
async def add_free_line(request: WebRequest, quote_id: FromPath[UUID]) -> Response[Any]:
    """Add a line with a price of its own."""

    async def change(work: UnitOfWork, form: FormValues) -> None:
        await QuoteDrafts(work).write_free_line(quote_id, form.read(FreeLineWrite))

    return await _act(request, quote_id, "free", change)


@get(f"{HERE}/lines/{{quote_line_id:uuid}}", permission=_WRITE, include_in_schema=False)
async def line_page(
    request: WebRequest, work: RequestWork, quote_id: FromPath[UUID], quote_line_id: FromPath[UUID]
) -> Response[Any]:
    """A line's form."""
    line = await Quotes(work).line(quote_id, quote_line_id)
    return await _line_form(request, quote_id, quote_line_id, work, _values_of(line))


@post(f"{HERE}/lines/{{quote_line_id:uuid}}", permission=_WRITE, include_in_schema=False)
async def change_line(request: WebRequest, quote_id: FromPath[UUID], quote_line_id: FromPath[UUID]) -> Response[Any]:
    """Write the line, or take it out, by the button that was pressed."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        drafts = QuoteDrafts(work)
        if form["action"] == "remove":
            await drafts.remove_line(quote_id, quote_line_id)
        elif form["code"]:
            await drafts.write_priced_line(quote_id, form.read(PricedLineWrite), quote_line_id)
        else:
            await drafts.write_free_line(quote_id, form.read(FreeLineWrite), quote_line_id)
        return f"{BASE}/{quote_id}"

    return await submit(request, act, partial(_line_form, request, quote_id, quote_line_id))


@post(f"{HERE}/offer", permission=_WRITE, include_in_schema=False)
async def offer_quote(request: WebRequest, quote_id: FromPath[UUID]) -> Response[Any]:
    """Put it before the client, or before somebody else in the company."""

    async def change(work: UnitOfWork, form: FormValues) -> None:
        await QuoteOffers(work).offer(quote_id, form.whole_number("version"))

    return await _act(request, quote_id, "offer", change)


@post(f"{HERE}/take-back", permission=_WRITE, include_in_schema=False)
async def take_back_quote(request: WebRequest, quote_id: FromPath[UUID]) -> Response[Any]:
    """Write on what waits inside the company."""

    async def change(work: UnitOfWork, form: FormValues) -> None:
        await QuoteOffers(work).take_back(quote_id, form.whole_number("version"))

    return await _act(request, quote_id, "take-back", change)


@post(f"{HERE}/revise", permission=_WRITE, include_in_schema=False)
async def revise_quote(request: WebRequest, quote_id: FromPath[UUID]) -> Response[Any]:
    """Begin the next version."""

    async def change(work: UnitOfWork, form: FormValues) -> None:
        await QuoteOffers(work).revise(quote_id, form.whole_number("version"))

    return await _act(request, quote_id, "revise", change)


@post(f"{HERE}/withdraw", permission=_WRITE, include_in_schema=False)
async def withdraw_quote(request: WebRequest, quote_id: FromPath[UUID]) -> Response[Any]:
    """Take it back."""

    async def change(work: UnitOfWork, form: FormValues) -> None:
        await QuoteOffers(work).withdraw(quote_id, form.whole_number("version"))

    return await _act(request, quote_id, "withdraw", change)


@post(f"{HERE}/link", permission=_WRITE, include_in_schema=False)
async def send_link(request: WebRequest, quote_id: FromPath[UUID]) -> Response[Any]:
    """Send somebody at the client a link."""
    public_url = runtime_of(request).settings.public_url

    async def change(work: UnitOfWork, form: FormValues) -> None:
        await QuoteOffers(work).send_link(quote_id, form.read(OfferLink), public_url=public_url)

    return await _act(request, quote_id, "link", change)


@post(f"{HERE}/review", permission=_DECIDE, include_in_schema=False)
async def review_quote(request: WebRequest, quote_id: FromPath[UUID]) -> Response[Any]:
    """Let it go out or give it back, by the button that was pressed."""

    async def change(work: UnitOfWork, form: FormValues) -> None:
        verdict = Verdict.APPROVE if form["verdict"] == Verdict.APPROVE else Verdict.DECLINE
        await QuoteReviews(work).decide(quote_id, verdict, form.read(QuoteReview))

    return await _act(request, quote_id, "review", change)


@get(f"{HERE}/document", permission=_READ, audited=DOWNLOAD, include_in_schema=False)
async def download_quote(request: WebRequest, quote_id: FromPath[UUID]) -> Response[bytes]:
    """The newest offer's PDF."""

    async def read(work: UnitOfWork) -> Printable:
        return await Quotes(work).printable(quote_id)

    return await document_answer(request, read)


async def _act(
    request: WebRequest, quote_id: UUID, action: str, change: Callable[[UnitOfWork, FormValues], Awaitable[None]]
) -> Response[Any]:
    """Run `change`, then show the quote; refused, with what was typed in the form of that name."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await change(work, form)
        return f"{BASE}/{quote_id}"

    async def show_again(work: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        return await _record(request, quote_id, work, error, action=action, values=form)

    return await submit(request, act, show_again)


async def _record(
    request: WebRequest,
    quote_id: UUID,
    work: UnitOfWork,
    error: DomainError | None = None,
    *,
    tab: str = "",
    action: str = "",
    values: FormValues | None = None,
) -> Response[Any]:
    quote = await Quotes(work).get(quote_id)
    record = RecordHead(
        kind="quote",
        id=quote.id,
        title=quote.title,
        number=quote.number,
        base=f"{BASE}/{quote.id}",
        list_href=BASE,
        list_label=N_("报价"),
        tab=tab,
    )
    actor = work.actor
    may_write = actor.may(_WRITE) and not actor.read_only
    writing = quote.state is QuoteState.DRAFT and may_write
    return record_page(
        request,
        "quotes/record.html",
        record,
        error,
        quote=quote,
        writing=writing,
        may_write=may_write,
        may_decide=actor.may(_DECIDE) and not actor.read_only and quote.state is QuoteState.IN_REVIEW,
        may_see_ticket=actor.may(Permission.TICKET_READ),
        action=action,
        forms=_forms(quote, action, values, await tax_of_parts(work)),
        no_problem=FormProblem(),
        head_fields=fields_of(QuoteUpdate),
        priced_fields=fields_of(PricedLineWrite),
        free_fields=fields_of(FreeLineWrite),
        link_fields=fields_of(OfferLink),
        choices=await line_choices(request, work) if writing else {},
        products=await product_choices(work) if writing else [],
        tax_names=await tax_names(work),
        money=lambda minor: money_text(Money(minor, quote.currency)),
        **WORDING,
    )


def _forms(quote: QuoteView, action: str, values: FormValues | None, part_tax: str) -> dict[str, FormValues]:
    """What stands in each form of the page: what was typed in the one that was refused."""
    shown = {
        "head": FormValues.of(quote, valid_until=quote.valid_until or ""),
        "priced": FormValues({"quantity": "1", "discount": "0"}),
        "free": FormValues(
            {"quantity": "1", "discount": "0", "kind": "part", "tax": part_tax, "price_mode": "tax_included"}
        ),
        "link": FormValues(),
        "review": FormValues(),
    }
    if values is not None and action in shown:
        shown[action] = values
    return shown


def _values_of(line: QuoteLineView) -> FormValues:
    return FormValues.of(
        line,
        quantity=quantity_text(line.quantity),
        unit_price=f"{line.unit_price:f}",
        discount=quantity_text(line.discount),
        cost="" if line.cost is None else f"{line.cost:f}",
    )


async def _new_form(
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    ticket = await quoted_ticket(work, values["ticket_id"])
    if ticket is not None:
        values = values.over({"title": ticket.subject})
    return render_form(
        request,
        "quotes/form.html",
        error,
        base=BASE,
        ticket=ticket,
        clients=[] if ticket else await client_choices(work),
        fields=[each for each in fields_of(QuoteCreate) if each.name != "client_id"],
        values=values,
    )


async def _line_form(
    request: WebRequest,
    quote_id: UUID,
    line_id: UUID,
    work: UnitOfWork,
    values: FormValues,
    error: DomainError | None = None,
) -> Response[Any]:
    quotes = Quotes(work)
    quote, line = await quotes.get(quote_id), await quotes.line(quote_id, line_id)
    return render_form(
        request,
        "quotes/line_form.html",
        error,
        base=BASE,
        quote=quote,
        line=line,
        fields=[each for each in fields_of(PricedLineWrite if line.code else FreeLineWrite) if each.name != "code"],
        choices=await line_choices(request, work),
        values=values,
    )


handlers = [*handlers_of(__name__), *list_handlers(QUOTES)]
