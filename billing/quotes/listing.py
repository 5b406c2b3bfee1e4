"""The list of quotes."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.assets.clients.models import Client
from app.desk.tickets.models import Ticket
from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Choices, Column, Filter, Found, RecordList, Wanted, select_rows
from billing.money import Money
from billing.quotes.models import Quote
from billing.quotes.permissions import QuotePermission
from billing.quotes.schemas import QuoteSummary
from billing.quotes.services.reading import SUMMARIES
from billing.quotes.states import QUOTE_STATE_NAMES

MOST_CLIENTS = 500


async def _rows(work: UnitOfWork, wanted: Wanted) -> Found[QuoteSummary]:
    return [(QuoteSummary(*row), value) for row, value in await select_rows(work, SUMMARIES, wanted)]


def _matches(word: str) -> ColumnElement[bool]:
    return contains(word, Quote.number, Quote.title) | Quote.client_id.in_(
        select(Client.id).where(contains(word, Client.short_name, Client.name))
    )


async def _clients(work: UnitOfWork, _: Mapping[str, str]) -> Choices:
    rows = await work.session.execute(
        select(Client.id, Client.short_name)
        .where(Client.id.in_(select(Quote.client_id)))
        .order_by(Client.short_name, Client.id)
        .limit(MOST_CLIENTS)
    )
    return [(str(row.id), row.short_name) for row in rows]


def _gross(quote: Any) -> float:
    return float(Money(quote.gross_minor, quote.currency).value)


def _margin(quote: Any) -> float | None:
    return None if quote.margin is None else float(quote.margin)


QUOTES: Final = RecordList(
    key="quotes",
    label=N_("报价"),
    base="/workspace/quotes",
    permission=QuotePermission.QUOTE_READ,
    record_kind="quote",
    id=Quote.id,
    title=Quote.title,
    columns=(
        Column(key="title", label=N_("报价"), sort=Quote.title, main=True, width=40),
        Column(key="number", label=N_("报价单号"), sort=Quote.number, narrow=True),
        Column(key="client_name", label=N_("客户"), sort=Client.short_name),
        Column(key="state", label=N_("状态"), names=QUOTE_STATE_NAMES, sort=Quote.state, narrow=True),
        Column(key="gross", label=N_("价税合计"), value=_gross, sort=Quote.gross_minor, number=True, falling=True),
        Column(
            key="margin",
            label=N_("毛利率"),
            value=_margin,
            sort=Quote.margin,
            nullable=True,
            number=True,
            optional=True,
        ),
        Column(
            key="ticket_number", label=N_("服务单号"), sort=Ticket.number, nullable=True, narrow=True, optional=True
        ),
        Column(key="created_at", label=N_("写于"), sort=Quote.created_at, narrow=True, falling=True),
        Column(key="created_by_name", label=N_("报价人"), shown=False),
        Column(key="offered_at", label=N_("发出"), sort=Quote.offered_at, nullable=True, narrow=True, shown=False),
        Column(key="decided_at", label=N_("答复"), sort=Quote.decided_at, nullable=True, narrow=True, shown=False),
    ),
    sort="-created_at",
    rows=_rows,
    filters=(
        Filter(
            key="state", label=N_("全部状态"), names=QUOTE_STATE_NAMES, condition=lambda state: Quote.state == state
        ),
        Filter(
            key="client",
            label=N_("全部客户"),
            choices=_clients,
            read=UUID,
            condition=lambda client_id: Quote.client_id == client_id,
        ),
        Filter(key="ticket", read=UUID, condition=lambda ticket_id: Quote.ticket_id == ticket_id),
    ),
    matches=_matches,
    search_label=N_("报价单号、标题或客户"),
)
