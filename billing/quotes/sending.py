"""Putting a version before the client: numbered, copied into the client's ring, and asked about."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.assets.clients.models import Client
from app.desk.tickets.models import Ticket
from app.people.approvals import request_approval
from app.platform.documents import up_to_date
from app.platform.kernel.errors import Invalid
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.money import PriceMode
from billing.periods import day_in
from billing.pricebook import tax_rates_on
from billing.quotes.amounts import LineAmount, Totals, amounts_of, totals
from billing.quotes.decision import OFFER_DECISION, decision_request
from billing.quotes.document import OFFERED_QUOTE, OfferContent, PrintedLine
from billing.quotes.errors import QuoteEmpty, ValidityPast
from billing.quotes.events import QuoteOffered
from billing.quotes.models import OfferedQuote, OfferedQuoteLine, Quote, QuoteLine, QuoteVersion
from billing.quotes.repository import client_zone, end_of_day, lines_of
from billing.quotes.rules import Rule
from billing.quotes.services.drafting import TAX_UNKNOWN, require_within_bounds, settle_totals, tax_names
from billing.quotes.states import QUOTE, OfferState, QuoteMove
from tenants.company_time import company_day
from tenants.models import Tenant, TenantProfile


class Checked(NamedTuple):
    """A version that may be offered today: its lines with their amounts and tax rates, and until when it is valid."""

    lines: Sequence[QuoteLine]
    amounts: Sequence[LineAmount]
    rates: Mapping[str, Decimal | None]
    totals: Totals
    today: date
    valid_until: date
    zone: ZoneInfo


async def checked(work: UnitOfWork, quote: Quote, version: QuoteVersion, rule: Rule) -> Checked:
    """
    Raises:
        QuoteEmpty: without a line.
        ValidityPast: it would not be valid any more today, in the client's zone.
        Invalid: a tax rate that does not hold today.
        QuotePriceOutOfBounds: headquarters' bounds have changed since a line was written.
    """
    lines = await lines_of(work, version.id)
    if not lines:
        raise QuoteEmpty
    zone = await client_zone(work, quote.client_id)
    today = day_in(zone, work.now)
    valid_until = version.valid_until or today + timedelta(days=rule.valid_days)
    if valid_until < today:
        raise ValidityPast(fields={"valid_until": ValidityPast.text})
    rates = await tax_rates_on(work, await company_day(work))
    if any(line.tax not in rates for line in lines):
        raise Invalid(fields={"tax": TAX_UNKNOWN})
    await require_within_bounds(
        work, [(line.code, line.name, line.unit_price * (1 - line.discount)) for line in lines if line.code]
    )
    amounts = amounts_of(lines, rates, version.currency)
    return Checked(lines, amounts, rates, totals(amounts, version.currency), today, valid_until, zone)


async def put_before_client(work: UnitOfWork, quote: Quote, version: QuoteVersion, ready: Checked) -> OfferedQuote:
    """The locked quote goes out: the first offer takes the next number of the series. What it says is hashed, copied
    without cost and margin, and the client's people are asked.

    Raises:
        QuoteMoveRefused
    """
    quote.state = QUOTE.after(QuoteMove.OFFER, quote.state)
    settle_totals(quote, ready.totals)
    version.valid_until, version.offered_at = ready.valid_until, work.now
    quote.offered_at, quote.decided_at, quote.review_reason = work.now, None, ""

    async def compose(number: str, _: int) -> OfferContent:
        return await _content(work, quote, version, ready, number)

    columns = {
        "client_id": quote.client_id,
        "quote_id": quote.id,
        "version_id": version.id,
        "ticket_id": quote.ticket_id,
        "title": quote.title,
        "words": version.words,
        "valid_until": ready.valid_until,
        "expires_at": end_of_day(ready.valid_until, ready.zone),
        "currency": version.currency,
        "net_minor": ready.totals.net.minor,
        "tax_minor": ready.totals.tax.minor,
        "gross_minor": ready.totals.gross.minor,
        "state": OfferState.OFFERED,
        "decided_by_name": "",
        "decision": "",
    }
    offer = await up_to_date(work, OFFERED_QUOTE, columns, compose)
    quote.number = offer.number
    work.session.add_all(
        _offered_line(offer, line, amount, ready.rates[line.tax])
        for line, amount in zip(ready.lines, ready.amounts, strict=True)
    )
    quote.version += 1
    work.audit("quote.offered", "quote", quote.id, number=offer.number, edition=offer.edition)
    await work.session.flush()
    await request_approval(work, OFFER_DECISION, await decision_request(work, quote, offer))
    work.publish(QuoteOffered(quote_id=quote.id, offered_quote_id=offer.id, client_id=quote.client_id))
    return offer


def _offered_line(offer: OfferedQuote, line: QuoteLine, amount: LineAmount, rate: Decimal | None) -> OfferedQuoteLine:
    return OfferedQuoteLine(
        tenant_id=offer.tenant_id,
        id=line.id,
        client_id=offer.client_id,
        offered_quote_id=offer.id,
        position=line.position,
        kind=line.kind,
        code=line.code,
        name=line.name,
        unit=line.unit,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        price_mode=line.price_mode,
        tax=line.tax,
        tax_rate=rate,
        service_category=line.service_category,
        net_minor=amount.taxed.net.minor,
        tax_minor=amount.taxed.tax.minor,
        gross_minor=amount.taxed.gross.minor,
        decision="",
    )


async def _content(
    work: UnitOfWork,
    quote: Quote,
    version: QuoteVersion,
    ready: Checked,
    number: str,
) -> OfferContent:
    company = (
        await work.session.execute(
            select(Tenant.name, TenantProfile.hotline)
            .join(TenantProfile, TenantProfile.tenant_id == Tenant.id)
            .where(Tenant.id == work.tenant_id)
        )
    ).one()
    names = await tax_names(work)
    client = await work.session.scalar(select(Client.name).where(Client.id == quote.client_id))
    ticket = None
    if quote.ticket_id is not None:
        ticket = await work.session.scalar(select(Ticket.number).where(Ticket.id == quote.ticket_id))
    return OfferContent(
        number=number,
        version=version.number,
        partner_name=company.name,
        hot_line=company.hotline,
        client_name=client or "",
        title=quote.title,
        ticket_number=ticket or "",
        words=version.words,
        offered_on=ready.today,
        valid_until=ready.valid_until,
        currency=version.currency,
        prepared_by=quote.submitted_by_name,
        net=ready.totals.net.minor,
        tax=ready.totals.tax.minor,
        gross=ready.totals.gross.minor,
        lines=tuple(
            PrintedLine(
                name=line.name,
                unit=line.unit,
                quantity=line.quantity,
                unit_price=line.unit_price,
                discount=line.discount,
                price_mode=PriceMode(line.price_mode),
                tax_rate=ready.rates[line.tax],
                tax_name=names[line.tax],
                net=amount.taxed.net.minor,
                tax=amount.taxed.tax.minor,
                gross=amount.taxed.gross.minor,
            )
            for line, amount in zip(ready.lines, ready.amounts, strict=True)
        ),
    )
