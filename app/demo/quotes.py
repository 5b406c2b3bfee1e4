"""Quotes in the demo: answered whole, in part and not at all, and some that wait with the client or in the company."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.demo.onboarding import Client, Partner
from app.demo.simulation import Simulation
from app.desk.tickets import TicketState
from app.desk.tickets.models import Ticket
from app.platform.kernel.actor import Actor
from app.platform.kernel.time_source import PLATFORM_ZONE
from billing.periods import day_in
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

Line = FreeLineWrite | PricedLineWrite
Wanted = Callable[[str], bool]
_TAX: Final = "vat_13"


def _part(name: str, unit: str, quantity: int, price: str, cost: str, *, discount: int = 0) -> FreeLineWrite:
    return FreeLineWrite(
        kind=LineKind.PART,
        name=name,
        unit=unit,
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        tax=_TAX,
        service_category="hardware",
        discount=Decimal(discount),
        cost=Decimal(cost),
    )


_OPEN: Final = (TicketState.TRIAGED, TicketState.ASSIGNED, TicketState.ACCEPTED, TicketState.WAITING)
_HOURS: Final = PricedLineWrite("DT-HOUR", Decimal(2))
_SURVEY: Final = PricedLineWrite("NW-SURVEY", Decimal(1))
_DISK: Final = _part("固态硬盘 1TB", "块", 1, "520", "368")
_MEMORY: Final = _part("内存 16GB", "条", 2, "310", "225")
_DRUM: Final = _part("打印机硒鼓", "支", 2, "430", "300", discount=5)
_CABINET: Final = _part("网络机柜 12U", "台", 1, "980", "720")
_WIRELESS: Final = _part("无线接入点", "台", 6, "690", "560", discount=15)


class QuoteSimulation:
    """Each call in a transaction of its own, at the simulated time."""

    def __init__(self, simulation: Simulation) -> None:
        self._begin = simulation.runtime.units_of_work.begin

    async def first_quotes(self, partners: Sequence[Partner]) -> None:
        """Approved, approved in part, declined, and one that nobody will answer."""
        for partner in partners:
            client, other = partner.clients[0], partner.clients[-1]
            words = "含安装调试，旧件当场退还。"
            approved = await self._offered(partner, client, "会议室布线和无线覆盖勘查", [_SURVEY, _HOURS], words)
            await self._answer(approved, client, lambda _: True, "同意，尽快安排。")
            part = await self._offered(partner, client, "财务部电脑升级", [_DISK, _MEMORY, _HOURS], words)
            await self._answer(part, client, lambda name: "内存" not in name, "内存先不换。")
            declined = await self._offered(partner, other, "更换打印机硒鼓", [_DRUM])
            await self._answer(declined, other, lambda _: False, "我们自己采购。")
            await self._offered(partner, other, "机房机柜更换", [_CABINET, _HOURS])

    async def approved_for(self, partner: Partner, client: Client, ticket_id: UUID, title: str) -> None:
        """An hour of work that no contract covers, quoted and approved before it is done."""
        quote_id = await self._offered(partner, client, title, [_HOURS], ticket_id=ticket_id)
        await self._answer(quote_id, client, lambda _: True, "")

    async def latest_quotes(self, partners: Sequence[Partner]) -> None:
        """Today: two that wait with the client, one for a ticket; one that is beyond its author's limit, one begun."""
        for partner in partners:
            client = partner.clients[0]
            ticket = await self._open_ticket(partner)
            if ticket is not None:
                await self._offered(partner, client, ticket.subject, [_DISK, _HOURS], ticket_id=ticket.id)
            await self._offered(partner, client, "打印机保养和硒鼓", [PricedLineWrite("PR-CLEAN", Decimal(4)), _DRUM])
            await self._offered(partner, client, "二楼无线覆盖", [_SURVEY, _WIRELESS])
            await self._written(partner, client, "前台电脑加内存", [_MEMORY])

    async def _written(
        self,
        partner: Partner,
        client: Client,
        title: str,
        lines: Sequence[Line],
        *,
        words: str = "",
        ticket_id: UUID | None = None,
    ) -> UUID:
        async with self._begin(partner.dispatcher) as work:
            valid_until = day_in(PLATFORM_ZONE, work.now) + timedelta(days=14)
            wanted = QuoteCreate(title, ticket_id, None if ticket_id else client.id, valid_until, words)
            drafts = QuoteDrafts(work)
            quote_id = await drafts.create(wanted)
            for line in lines:
                if isinstance(line, PricedLineWrite):
                    await drafts.write_priced_line(quote_id, line)
                else:
                    await drafts.write_free_line(quote_id, line)
            return quote_id

    async def _offered(
        self,
        partner: Partner,
        client: Client,
        title: str,
        lines: Sequence[Line],
        words: str = "",
        *,
        ticket_id: UUID | None = None,
    ) -> UUID:
        quote_id = await self._written(partner, client, title, lines, words=words, ticket_id=ticket_id)
        async with self._begin(partner.dispatcher) as work:
            await QuoteOffers(work).offer(quote_id, (await Quotes(work).get(quote_id)).version)
        return quote_id

    async def _answer(self, quote_id: UUID, client: Client, wanted: Wanted, words: str) -> None:
        async with self._begin(client.approver) as work:
            offers = OfferedQuotes(work)
            offer = await offers.of_quote(quote_id)
            chosen = [line.id for line in offer.lines if wanted(line.name)]
            await offers.decide(offer.id, OfferDecision(offer.content_hash, chosen, words))

    async def _open_ticket(self, partner: Partner) -> Ticket | None:
        """The newest of the first client's that somebody has looked at and that is not done."""
        async with self._begin(Actor.system(partner.id)) as work:
            waiting = (
                select(Ticket)
                .where(Ticket.client_id == partner.clients[0].id, Ticket.state.in_(_OPEN))
                .order_by(Ticket.reported_at.desc(), Ticket.id.desc())
                .limit(1)
            )
            found: Ticket | None = await work.session.scalar(waiting)
            return found
