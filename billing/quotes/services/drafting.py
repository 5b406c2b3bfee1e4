"""Writing a quote: by hand or from a ticket, line by line, in versions."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete, func, select

from app.assets.clients import client_in_use
from app.desk.tickets import visible_to
from app.desk.tickets.models import Ticket
from app.platform.kernel.errors import Invalid, NotFound, StaleVersion
from app.platform.kernel.texts import N_, FilledText
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.money import price_text
from billing.pricebook import DayPrices, PriceLineView, StandardPrices, prices_on, tax_rates_on
from billing.pricebook.models import TaxRate
from billing.quotes.amounts import Totals, amounts_of, totals
from billing.quotes.errors import (
    CostMissing,
    CurrenciesMixed,
    ForeignTicket,
    ProductMissing,
    QuotePriceOutOfBounds,
    TooManyLines,
)
from billing.quotes.models import Quote, QuoteLine, QuoteVersion
from billing.quotes.permissions import QuotePermission
from billing.quotes.repository import lines_of, quote_of, version_of
from billing.quotes.rules import HUNDRED
from billing.quotes.schemas import FreeLineWrite, PricedLineWrite, QuoteCreate, QuoteUpdate
from billing.quotes.states import QUOTE, LineKind, QuoteMove, QuoteState
from tenants.company_time import company_day

MOST_LINES = 100
NETWORK_CURRENCY = "CNY"
TAX_UNKNOWN = N_("今天没有这个税率，请重新选择。")


class QuoteDrafts:
    """Quotes that are being written.

    Raises:
        Forbidden: without `quote:write`, and while the company is suspended.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(QuotePermission.QUOTE_WRITE)
        work.require_writable()
        self._work = work

    async def create(self, wanted: QuoteCreate) -> UUID:
        """An empty draft; its id.

        Raises:
            Invalid: neither ticket nor client.
            NotFound: no such ticket or client for this actor.
            ForeignTicket: ticket and client do not belong together.
        """
        work = self._work
        client_id = await self._client_of(wanted)
        book = await prices_on(work, await company_day(work))
        currency = book.currency if book else NETWORK_CURRENCY
        quote = Quote(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=client_id,
            ticket_id=wanted.ticket_id,
            number="",
            title=wanted.title,
            state=QuoteState.DRAFT,
            version_number=1,
            currency=currency,
            gross_minor=0,
            margin=None,
            created_at=work.now,
            created_by_name=work.actor.display_name,
        )
        work.session.add(quote)
        await work.session.flush()
        work.session.add(
            QuoteVersion(
                tenant_id=work.tenant_id,
                id=work.new_id(),
                client_id=client_id,
                quote_id=quote.id,
                number=1,
                currency=currency,
                valid_until=wanted.valid_until,
                words=wanted.words,
                created_at=work.now,
                created_by_name=work.actor.display_name,
            )
        )
        work.audit("quote.created", "quote", quote.id, client=client_id, ticket=wanted.ticket_id)
        await work.session.flush()
        return quote.id

    async def update(self, quote_id: UUID, wanted: QuoteUpdate) -> None:
        """Write the draft's head.

        Raises:
            NotFound, QuoteMoveRefused.
            StaleVersion: somebody else wrote it since.
        """
        quote, version = await self._draft(quote_id)
        if quote.version != wanted.version:
            raise StaleVersion
        quote.title = wanted.title
        version.valid_until, version.words = wanted.valid_until, wanted.words
        quote.version += 1
        self._work.audit("quote.changed", "quote", quote.id)
        await self._work.session.flush()

    async def write_priced_line(self, quote_id: UUID, wanted: PricedLineWrite, line_id: UUID | None = None) -> UUID:
        """Add a line from the price book that holds today, or write the one of `line_id` anew; its id.

        Raises:
            NotFound, QuoteMoveRefused, TooManyLines.
            ProductMissing: today's price book does not sell it.
            QuotePriceOutOfBounds: with the discount it lies outside of headquarters' bounds.
            CurrenciesMixed: the book's currency is another than the quote's.
        """
        quote, version = await self._draft(quote_id)
        book = await prices_on(self._work, await company_day(self._work))
        price = next((line for line in book.lines if line.code == wanted.code), None) if book else None
        if book is None or price is None:
            refusal = FilledText(ProductMissing.text, product=wanted.code)
            raise ProductMissing(product=wanted.code, fields={"code": refusal})
        discount = wanted.discount / HUNDRED
        await self._check_bounds(price, discount)
        await self._take_currency(quote, version, book, besides=line_id)
        return await self._write(
            quote,
            version,
            line_id,
            kind=LineKind.WORK,
            code=price.code,
            name=price.name,
            unit=price.unit,
            quantity=wanted.quantity,
            unit_price=price.unit_price,
            cost=wanted.cost,
            discount=discount,
            price_mode=price.price_mode,
            tax=price.tax,
            service_category=price.service_category,
        )

    async def write_free_line(self, quote_id: UUID, wanted: FreeLineWrite, line_id: UUID | None = None) -> UUID:
        """Add a line with a price of its own, or write the one of `line_id` anew; its id.

        Raises:
            NotFound, QuoteMoveRefused, TooManyLines.
            Invalid: no such tax rate today.
            CostMissing: a part or another thing that the company buys, without its cost.
        """
        quote, version = await self._draft(quote_id)
        if wanted.tax not in await tax_rates_on(self._work, await company_day(self._work)):
            raise Invalid(fields={"tax": TAX_UNKNOWN})
        if wanted.kind in (LineKind.PART, LineKind.OTHER) and wanted.cost is None:
            raise CostMissing(fields={"cost": CostMissing.text})
        return await self._write(
            quote,
            version,
            line_id,
            kind=wanted.kind,
            code="",
            name=wanted.name,
            unit=wanted.unit,
            quantity=wanted.quantity,
            unit_price=wanted.unit_price,
            cost=wanted.cost,
            discount=wanted.discount / HUNDRED,
            price_mode=wanted.price_mode,
            tax=wanted.tax,
            service_category=wanted.service_category,
        )

    async def remove_line(self, quote_id: UUID, line_id: UUID) -> None:
        """Take a line out of the draft; one that is gone stays gone.

        Raises:
            NotFound, QuoteMoveRefused.
        """
        quote, version = await self._draft(quote_id)
        await self._work.session.execute(
            delete(QuoteLine).where(QuoteLine.version_id == version.id, QuoteLine.id == line_id)
        )
        await self._settle(quote, version)

    async def _client_of(self, wanted: QuoteCreate) -> UUID:
        work = self._work
        if wanted.ticket_id is not None:
            ticket = (
                await work.session.execute(
                    select(Ticket.client_id).where(Ticket.id == wanted.ticket_id, *visible_to(work.actor))
                )
            ).one_or_none()
            if ticket is None:
                raise NotFound
            if wanted.client_id not in (None, ticket.client_id):
                raise ForeignTicket(fields={"client_id": ForeignTicket.text})
            return UUID(str(ticket.client_id))
        if wanted.client_id is None:
            raise Invalid(fields={"client_id": N_("请选择客户。")})
        return (await client_in_use(work.session, wanted.client_id)).id

    async def _draft(self, quote_id: UUID) -> tuple[Quote, QuoteVersion]:
        """The draft, which nobody else writes or offers until this transaction ends."""
        quote = await quote_of(self._work, quote_id, locked=True)
        QUOTE.require(QuoteMove.SUBMIT, quote.state)
        return quote, await version_of(self._work, quote)

    async def _take_currency(
        self, quote: Quote, version: QuoteVersion, book: DayPrices, *, besides: UUID | None
    ) -> None:
        """An empty quote takes the price book's currency; one with lines must have it."""
        if version.currency == book.currency:
            return
        if any(line.id != besides for line in await lines_of(self._work, version.id)):
            raise CurrenciesMixed
        version.currency = quote.currency = book.currency

    async def _check_bounds(self, price: PriceLineView, discount: Decimal) -> None:
        await require_within_bounds(self._work, [(price.code, price.name, price.unit_price * (1 - discount))])

    async def _write(
        self, quote: Quote, version: QuoteVersion, line_id: UUID | None, *, kind: LineKind, **values: object
    ) -> UUID:
        work = self._work
        if line_id is None:
            last, count = (
                await work.session.execute(
                    select(func.max(QuoteLine.position), func.count(QuoteLine.id)).where(
                        QuoteLine.version_id == version.id
                    )
                )
            ).one()
            if count >= MOST_LINES:
                raise TooManyLines(limit=MOST_LINES)
            line = QuoteLine(
                tenant_id=work.tenant_id,
                id=work.new_id(),
                client_id=quote.client_id,
                version_id=version.id,
                position=(last or 0) + 1,
            )
            work.session.add(line)
        else:
            found = await work.session.scalar(
                select(QuoteLine).where(QuoteLine.version_id == version.id, QuoteLine.id == line_id)
            )
            if found is None:
                raise NotFound
            line = found
        line.kind = kind
        for name, value in values.items():
            setattr(line, name, value)
        await self._settle(quote, version)
        return line.id

    async def _settle(self, quote: Quote, version: QuoteVersion) -> None:
        await self._work.session.flush()
        settle_totals(quote, await totals_of(self._work, version))
        quote.version += 1
        self._work.audit("quote.changed", "quote", quote.id)
        await self._work.session.flush()


async def totals_of(work: UnitOfWork, version: QuoteVersion) -> Totals:
    """What the version's lines come to, with the tax rates that hold today."""
    lines = await lines_of(work, version.id)
    rates = await tax_rates_on(work, await company_day(work))
    return totals(amounts_of(lines, rates, version.currency), version.currency)


def settle_totals(quote: Quote, summed: Totals) -> None:
    """Keep at the quote what its list shows."""
    quote.gross_minor, quote.margin = summed.gross.minor, summed.margin


async def require_within_bounds(work: UnitOfWork, prices: Sequence[tuple[str, str, Decimal]]) -> None:
    """Refuse a service product (code, name, unit price after the discount) outside of headquarters' bounds.

    Raises:
        QuotePriceOutOfBounds
    """
    bounds = {each.code: each for each in await StandardPrices(work).of([code for code, _, _ in prices if code])}
    for code, name, price in prices:
        bound = bounds.get(code)
        if bound is not None and not bound.floor <= price <= bound.ceiling:
            raise QuotePriceOutOfBounds(
                name=name,
                price=price_text(price),
                floor=price_text(bound.floor),
                ceiling=price_text(bound.ceiling),
                fields={"discount": N_("折扣太大，低于总部规定的下限。")},
            )


async def tax_names(work: UnitOfWork) -> dict[str, str]:
    """Code → source text of all tax rates."""
    rows = await work.session.execute(select(TaxRate.code, TaxRate.name).order_by(TaxRate.code))
    return {row.code: row.name for row in rows}
