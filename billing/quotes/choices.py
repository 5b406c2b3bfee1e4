"""What the forms of quotes offer to choose from."""

from uuid import UUID

import msgspec
from sqlalchemy import and_, select

from app.agreements.catalogue import SERVICE_CATEGORIES
from app.assets.clients.models import Client
from app.desk.tickets import visible_to
from app.desk.tickets.models import Ticket
from app.platform.http.web_request import WebRequest
from app.platform.kernel.columns import columns_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.pages import translator_of
from billing.pricebook import PRICE_MODE_NAMES, prices_on, tax_item_of, tax_items, tax_rates_on
from billing.quotes.services.drafting import tax_names
from billing.quotes.states import LINE_KIND_NAMES
from billing.quotes.wording import price_text
from tenants.company_time import company_day

MOST_CLIENTS = 2_000
Choices = list[tuple[str, str]]


class QuotedTicket(msgspec.Struct, frozen=True):
    """The ticket that a new quote is for."""

    id: UUID
    number: str
    subject: str
    client_name: str


async def quoted_ticket(work: UnitOfWork, ticket_id: str) -> QuotedTicket | None:
    """The ticket that the address or form names; None where it names none.

    Raises:
        NotFound: no such ticket for this actor.
    """
    if not ticket_id:
        return None
    try:
        wanted = UUID(ticket_id)
    except ValueError as error:
        raise NotFound from error
    row = (
        await work.session.execute(
            select(*columns_of(QuotedTicket, Ticket, client_name=Client.short_name))
            .join(Client, and_(Client.tenant_id == Ticket.tenant_id, Client.id == Ticket.client_id))
            .where(Ticket.id == wanted, *visible_to(work.actor))
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return QuotedTicket(*row)


async def client_choices(work: UnitOfWork) -> Choices:
    """Active clients by name."""
    rows = await work.session.execute(
        select(Client.id, Client.short_name)
        .where(Client.state == "active")
        .order_by(Client.short_name, Client.id)
        .limit(MOST_CLIENTS)
    )
    return [(str(row.id), row.short_name) for row in rows]


async def product_choices(work: UnitOfWork) -> Choices:
    """What today's price book sells, with its price."""
    book = await prices_on(work, await company_day(work))
    return [
        (line.code, f"{line.name} · {price_text(line.unit_price)} / {line.unit} · {line.code}")
        for line in (book.lines if book else [])
    ]


async def line_choices(request: WebRequest, work: UnitOfWork) -> dict[str, Choices]:
    """Kinds, tax rates of today and service categories, in the reader's words."""
    translate = translator_of(request)
    rates, names = await tax_rates_on(work, await company_day(work)), await tax_names(work)
    return {
        "kind": [(str(kind), translate(name)) for kind, name in LINE_KIND_NAMES.items()],
        "price_mode": [(mode.value, translate(name)) for mode, name in PRICE_MODE_NAMES.items()],
        "tax": [(code, translate(names[code])) for code in rates],
        "service_category": [(category.code, translate(category.name)) for category in SERVICE_CATEGORIES],
    }


async def tax_of_parts(work: UnitOfWork) -> str:
    """The tax rate with which the form of a part begins."""
    return tax_item_of(await tax_items(work), "part", await company_day(work)).tax
