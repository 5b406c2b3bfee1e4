"""Cursor pagination of ticket lists, for the API and the pages."""

from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum

from app.desk.tickets.listing import TICKETS, with_sort_values
from app.desk.tickets.queries.tickets import TicketQueries
from app.desk.tickets.schemas import TicketFilter, TicketSummary
from app.platform.http.pagination import Cursor, Page
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Found, Wanted
from app.platform.lists.web_interface import api_page

NEVER_DUE = datetime(9999, 12, 31, tzinfo=UTC)
"""Cursor value of a ticket without a due time, which sorts last."""


class TicketOrder(StrEnum):
    """How a list is sorted."""

    NEWEST = "newest"
    DUE = "due"


async def sorted_page_of_tickets(
    work: UnitOfWork, wanted: TicketFilter, sort: str, cursor: str | None, limit: int
) -> Page[TicketSummary]:
    """One page of a list in any of the queue's orders.

    Raises:
        BadRequest: for an order that the queue does not have, and for a cursor that is none of this order's.
    """

    async def rows(work: UnitOfWork, at: Wanted) -> Found[TicketSummary]:
        found = await TicketQueries(work).in_order(wanted, at.sort, place=at.place, limit=at.limit)
        return with_sort_values(found, at.sort)

    return await api_page(work, replace(TICKETS, rows=rows), sort=sort, cursor=cursor, limit=limit)


async def page_of_tickets(
    work: UnitOfWork, wanted: TicketFilter, order: TicketOrder, cursor: str | None, limit: int
) -> Page[TicketSummary]:
    """One page of a list and the cursor of the next; the pages of the workspace turn by the same cursors.

    Raises:
        BadRequest: for a cursor that this program did not make.
    """
    queries = TicketQueries(work)
    after = Cursor.decode(cursor) if cursor else None
    if order is TicketOrder.DUE:
        found = await queries.most_urgent(
            wanted, after=(_due_or_none(after.moment), after.id) if after else None, limit=limit + 1
        )
    else:
        found = await queries.newest(wanted, after=(after.moment, after.id) if after else None, limit=limit + 1)
    items = found[:limit]
    if len(found) <= limit:
        return Page(items)
    moment = items[-1].reported_at if order is TicketOrder.NEWEST else items[-1].due_at or NEVER_DUE
    return Page(items, Cursor(moment, items[-1].id).encode())


def _due_or_none(moment: datetime) -> datetime | None:
    return None if moment == NEVER_DUE else moment
