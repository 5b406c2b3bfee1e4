"""A partner with a price book, a client with two administrators, and a ticket that is being worked on."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from app.agreements.sla import Impact, Urgency
from app.desk.tickets import (
    Assignment,
    DispatchService,
    TicketCreate,
    TicketCreation,
    Triage,
    TriageService,
    VisitService,
)
from app.platform.kernel.actor import Actor
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from billing.pricebook import PriceBook, PriceBookPublish, PriceLineWrite
from billing.quotes import (
    FreeLineWrite,
    LineKind,
    OfferDecision,
    OfferedQuotes,
    PricedLineWrite,
    QuoteCreate,
    QuoteDrafts,
    QuoteOffers,
    Quotes,
)
from billing.quotes.schemas import OfferedQuoteView, QuoteView
from tests.conftest import START
from tests.factories.network import ClientCompany, Network, PartnerCompany

TODAY = date(2026, 11, 16)
HOUR = PriceLineWrite("Q-HOUR", "工程师工时", "小时", "hardware", Decimal(200), "vat_6")


def disk(discount: str = "0", price: str = "500", cost: str | None = "300") -> FreeLineWrite:
    """A part that the company buys."""
    return FreeLineWrite(
        LineKind.PART,
        "固态硬盘 1TB",
        "块",
        Decimal(1),
        Decimal(price),
        "vat_13",
        "hardware",
        Decimal(discount),
        None if cost is None else Decimal(cost),
    )


@dataclass
class Shop:
    """The partner's office; each call is a transaction of its own."""

    units_of_work: UnitOfWorkFactory
    clock: SettableClock
    network: Network
    partner: PartnerCompany
    client: ClientCompany
    manager: Actor
    """May let quotes go out up to their limit."""
    approver: Actor
    """Decides for the client."""
    engineer: Actor

    @property
    def dispatcher(self) -> Actor:
        return self.partner.dispatcher

    async def ticket(self, *, visit: bool = False) -> tuple[UUID, UUID | None]:
        """A classified ticket, and where wanted a visit at which work has begun."""
        async with self.units_of_work.begin(self.dispatcher) as work:
            made = await TicketCreation(work).create(TicketCreate("电脑读不出硬盘", self.client.id), "hot_line")  # type: ignore[arg-type]
            await TriageService(work).triage(made.id, Triage("hardware", "desktop", Impact.LOW, Urgency.LOW))
        if not visit:
            return made.id, None
        async with self.units_of_work.begin(self.dispatcher) as work:
            assert self.engineer.membership_id
            planned = Assignment(self.engineer.membership_id, work.now, work.now + timedelta(hours=1))
            visit_id = await DispatchService(work).assign(made.id, planned)
        for step in ("accept", "depart", "arrive"):
            async with self.units_of_work.begin(self.engineer) as work:
                await getattr(VisitService(work), step)(visit_id)
        return made.id, visit_id

    async def draft(
        self,
        *lines: FreeLineWrite | PricedLineWrite,
        ticket_id: UUID | None = None,
        by: Actor | None = None,
        valid_until: date | None = None,
    ) -> UUID:
        """A written draft."""
        async with self.units_of_work.begin(by or self.dispatcher) as work:
            drafts = QuoteDrafts(work)
            wanted = QuoteCreate("更换硬盘", ticket_id, None if ticket_id else self.client.id, valid_until)
            quote_id = await drafts.create(wanted)
            for line in lines:
                if isinstance(line, PricedLineWrite):
                    await drafts.write_priced_line(quote_id, line)
                else:
                    await drafts.write_free_line(quote_id, line)
            return quote_id

    async def call(self, name: str, quote_id: UUID, by: Actor | None = None) -> QuoteView:
        """Offer, revise, withdraw or take back, as it was read a moment ago."""
        actor = by or self.dispatcher
        async with self.units_of_work.begin(actor) as work:
            seen = (await Quotes(work).get(quote_id)).version
            await getattr(QuoteOffers(work), name)(quote_id, seen)
        return await self.read(quote_id, actor)

    async def read(self, quote_id: UUID, by: Actor | None = None) -> QuoteView:
        async with self.units_of_work.begin(by or self.dispatcher) as work:
            return await Quotes(work).get(quote_id)

    async def offered(self, *lines: FreeLineWrite | PricedLineWrite, ticket_id: UUID | None = None) -> QuoteView:
        """A quote that waits for the client."""
        shown = await self.call("offer", await self.draft(*(lines or (disk(),)), ticket_id=ticket_id))
        assert shown.state == "offered"
        return shown

    async def offer_of(self, quote_id: UUID, by: Actor | None = None) -> OfferedQuoteView:
        """What the client reads."""
        async with self.units_of_work.begin(by or self.approver) as work:
            return await OfferedQuotes(work).of_quote(quote_id)

    async def decide(
        self, quote_id: UUID, approve: list[int] | None = None, by: Actor | None = None, reason: str = ""
    ) -> OfferedQuoteView:
        """The client approves the lines at these places, all of them without; [] declines."""
        offer = await self.offer_of(quote_id, by)
        chosen = offer.lines if approve is None else [offer.lines[place] for place in approve]
        async with self.units_of_work.begin(by or self.approver) as work:
            given = OfferDecision(offer.content_hash, [line.id for line in chosen], reason)
            return await OfferedQuotes(work).decide(offer.id, given)


@pytest.fixture
async def shop(
    units_of_work: UnitOfWorkFactory, clock: SettableClock, network: Network, partner: PartnerCompany
) -> Shop:
    clock.set(START)
    client = await network.client(partner)
    manager = await network.member(partner.id, "赵经理", ["service_manager"])
    approver = await network.member(partner.id, "吴主任", ["client_administrator"], client.id)
    engineer = await network.engineer(partner)
    async with units_of_work.begin(partner.owner) as work:
        book = PriceBook(work)
        draft = await book.begin()
        for line in await book.lines(draft.id):
            await book.remove_line(draft.id, line.id)
        await book.write_line(draft.id, HOUR)
        await book.publish(draft.id, PriceBookPublish(TODAY, draft.version))
    return Shop(units_of_work, clock, network, partner, client, manager, approver, engineer)
