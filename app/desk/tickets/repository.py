"""Queries of the tickets area: prepared statements for reading, entities for changes."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    String,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.agreements.sla.models import ClockRecord
from app.assets.clients.models import Client, Department, Site
from app.assets.devices.models import Device
from app.desk.engineers.models import Engineer
from app.desk.tickets.lifecycle import OPEN_STATES, TicketState
from app.desk.tickets.models import Ticket, Visit
from app.desk.tickets.schemas import TicketSummary
from app.desk.tickets.visibility import Visibility, conditions, parameters, visibility_of, visible_to
from app.platform.kernel.actor import Actor
from app.platform.kernel.columns import columns_of
from app.platform.kernel.performance import PreparedStatement, Row
from app.platform.kernel.text_search import (
    MAX_SEARCH_WORDS,
    SearchTerms,
    contains,
    does_not_match,
    has_letters,
    like_pattern,
)
from app.platform.lists import Ordering, Place
from app.platform.promises import ClockColumns, ClockPause

SORT_COLUMNS: dict[str, Any] = {
    "priority": Ticket.priority,
    "number": Ticket.number,
    "subject": Ticket.subject,
    "state": case({state: place for place, state in enumerate(TicketState)}, value=Ticket.state),
    "client_name": Client.short_name,
    "device_number": Device.number,
    "due_at": Ticket.due_at,
    "engineer_name": Engineer.display_name,
    "contact_name": Ticket.contact_name,
    "reported_at": Ticket.reported_at,
    "resolved_at": Ticket.resolved_at,
    "rating": Ticket.rating,
}
"""What a list may be sorted by, by the names of `TicketSummary`."""
NULLABLE = frozenset({"client_name", "device_number", "due_at", "engineer_name", "resolved_at", "rating"})


def ordering_of(sort: str) -> Ordering:
    """The order of that name: one of `SORT_COLUMNS`, `-` before it for downwards."""
    name = sort.removeprefix("-")
    return Ordering(SORT_COLUMNS[name], Ticket.id, descending=sort.startswith("-"), nullable=name in NULLABLE)


OF_CLIENT = and_(Client.tenant_id == Ticket.tenant_id, Client.id == Ticket.client_id)
OF_SITE = and_(Site.tenant_id == Ticket.tenant_id, Site.client_id == Ticket.client_id, Site.id == Ticket.site_id)
OF_DEPARTMENT = and_(
    Department.tenant_id == Ticket.tenant_id,
    Department.client_id == Ticket.client_id,
    Department.id == Ticket.department_id,
)
OF_DEVICE = and_(
    Device.tenant_id == Ticket.tenant_id, Device.client_id == Ticket.client_id, Device.id == Ticket.device_id
)
OF_ENGINEER = and_(Engineer.tenant_id == Ticket.tenant_id, Engineer.id == Ticket.engineer_id)

_SUMMARY = (
    select(
        *columns_of(
            TicketSummary,
            Ticket,
            client_name=Client.short_name,
            device_number=Device.number,
            site_name=Site.name,
            engineer_name=Engineer.display_name,
        )
    )
    .outerjoin(Client, OF_CLIENT)
    .outerjoin(Device, OF_DEVICE)
    .outerjoin(Site, OF_SITE)
    .outerjoin(Engineer, OF_ENGINEER)
)


def _matches_anywhere(name: str, *, letters: bool) -> ColumnElement[bool]:
    """Condition: the word in the parameter `name` occurs in the texts of a ticket, its client or its device."""
    word = bindparam(name, type_=String)
    clients = select(Client.id).where(
        Client.tenant_id == bindparam("actor_tenant"), contains(word, Client.short_name, Client.name, letters=letters)
    )
    devices = select(Device.id).where(
        Device.tenant_id == bindparam("actor_tenant"),
        contains(word, Device.number, Device.serial_number, letters=letters),
    )
    return or_(
        contains(word, Ticket.number, Ticket.subject, Ticket.contact_name, Ticket.contact_phone, letters=letters),
        Ticket.client_id.in_(clients),
        Ticket.device_id.in_(devices),
    )


def _matches_title(name: str, *, letters: bool) -> ColumnElement[bool]:
    """Condition: the word in the parameter `name` occurs in a ticket's number or subject."""
    return contains(bindparam(name, type_=String), Ticket.number, Ticket.subject, letters=letters)


def _search_conditions() -> Iterator[tuple[str, ColumnElement[bool]]]:
    """All search conditions by name: a word (with or without letters) that must occur, or must not."""
    for condition, beginning in ((_matches_anywhere, ""), (_matches_title, "title_")):
        for place in range(MAX_SEARCH_WORDS):
            for kind, letters in (("word", False), ("letters", True)):
                required, excluded = f"{beginning}{kind}_{place}", f"{beginning}excluded_{kind}_{place}"
                yield required, condition(required, letters=letters)
                yield excluded, does_not_match(condition(excluded, letters=letters))


def search_parameters(wanted: SearchTerms, *, title: bool = False) -> dict[str, str]:
    """A search as condition names with their patterns; `title`: in number and subject only."""
    beginning = "title_" if title else ""
    kinds = (("", wanted.words), ("excluded_", wanted.excluded))
    return {
        f"{beginning}{kind}{'letters' if has_letters(word) else 'word'}_{place}": like_pattern(word)
        for kind, words in kinds
        for place, word in enumerate(words)
    }


_FILTERS: dict[str, ColumnElement[bool]] = {
    **dict(_search_conditions()),
    "ids": Ticket.id == any_(bindparam("ids", type_=ARRAY(Uuid))),
    "states": Ticket.state == any_(bindparam("states", type_=ARRAY(String))),
    "open": Ticket.state.in_([literal_column(f"'{state}'") for state in sorted(OPEN_STATES)]),
    "priorities": Ticket.priority == any_(bindparam("priorities", type_=ARRAY(String))),
    "client_id": Ticket.client_id == bindparam("client_id"),
    "device_id": Ticket.device_id == bindparam("device_id"),
    "engineer_id": Ticket.engineer_id == bindparam("engineer_id"),
    "number_from": Ticket.number >= bindparam("number_from"),
    "number_before": Ticket.number < bindparam("number_before"),
    "due_from": Ticket.due_at >= bindparam("due_from"),
    "due_before": Ticket.due_at < bindparam("due_before"),
    "reported_from": Ticket.reported_at >= bindparam("reported_from"),
    "reported_to": Ticket.reported_at < bindparam("reported_to"),
    "after": and_(
        Ticket.reported_at <= bindparam("after_moment"),
        or_(Ticket.reported_at < bindparam("after_moment"), Ticket.id < bindparam("after_id")),
    ),
    "behind": ordering_of("due_at").beyond(Place(bindparam("after_moment"), bindparam("after_id"))),
    "behind_undated": ordering_of("due_at").beyond(Place(None, bindparam("after_id"))),
}
"""Conditions by name. All but search words are equality or order, so that indexes serve them under row-level security.
`open` is written out, so that the partial index is recognised; its value does not matter. `after` is the end of the
previous page of the newest, `behind` of the most urgent, `behind_undated` where that ended without a due time."""

_PAGE_STARTS = ("after", "behind", "behind_undated")

_ORDERS: dict[str, tuple[Any, ...]] = {
    "newest": (Ticket.reported_at.desc(), Ticket.id.desc()),
    # The same order, but none that an index has: a few tickets of one number are found first and sorted then. Else the
    # planner, who believes that a page fills early, walks through years of tickets backwards.
    "newest_of_number": (func.timezone("UTC", Ticket.reported_at).desc(), Ticket.id.desc()),
    "most_urgent": ordering_of("due_at").by(),
}


@lru_cache(maxsize=512)
def _listing(visibility: Visibility, filters: tuple[str, ...], order: str) -> PreparedStatement:
    return PreparedStatement(
        _SUMMARY.where(*conditions(visibility), *(_FILTERS[name] for name in filters))
        .order_by(*_ORDERS[order])
        .limit(bindparam("at_most"))
    )


async def summaries(
    session: AsyncSession, actor: Actor, filters: dict[str, Any], *, order: str, limit: int
) -> list[Row]:
    """Rows of a list or queue. `filters` are names of `_FILTERS` with their values; page starts are (moment, id)."""
    names = tuple(sorted(filters))
    values = {name: value for name, value in filters.items() if name not in _PAGE_STARTS}
    for place in _PAGE_STARTS:
        if place in filters:
            values["after_moment"], values["after_id"] = filters[place]
    if order == "newest" and "number_from" in filters:
        order = "newest_of_number"
    statement = _listing(visibility_of(actor), names, order)
    return await statement.all(session, at_most=limit, **values, **parameters(actor))


@lru_cache(maxsize=512)
def _sorted_listing(
    visibility: Visibility, filters: tuple[str, ...], sort: str, start: tuple[bool, bool] | None
) -> PreparedStatement:
    """`start`: whether the place where the page begins has a value, and whether the page lies before it."""
    ordering, before = ordering_of(sort), False
    statement = _SUMMARY.where(*conditions(visibility), *(_FILTERS[name] for name in filters))
    if start is not None:
        has_value, before = start
        place = Place(bindparam("place", type_=ordering.expression.type), bindparam("place_id", type_=Uuid), before)
        statement = statement.where(ordering.beyond(place, has_value=has_value))
    return PreparedStatement(statement.order_by(*ordering.by(backwards=before)).limit(bindparam("at_most")))


async def sorted_summaries(
    session: AsyncSession, actor: Actor, filters: dict[str, Any], *, sort: str, place: Place | None, limit: int
) -> list[Row]:
    """The rows of a list in any of its orders, from `place` on, which may also lie behind them."""
    start = None if place is None else (place.value is not None, place.before)
    statement = _sorted_listing(visibility_of(actor), tuple(sorted(filters)), sort, start)
    at = {} if place is None else {"place": place.value, "place_id": place.id}
    return await statement.all(session, at_most=limit, **at, **filters, **parameters(actor))


@lru_cache(maxsize=128)
def _counting_urgency(visibility: Visibility, filters: tuple[str, ...]) -> PreparedStatement:
    overdue = Ticket.due_at < bindparam("now")
    soon = and_(Ticket.due_at >= bindparam("now"), Ticket.due_at < bindparam("soon"))
    return PreparedStatement(
        select(
            Ticket.state,
            func.count(Ticket.id),
            func.count(Ticket.id).filter(overdue),
            func.count(Ticket.id).filter(soon),
        )
        .where(*conditions(visibility), *(_FILTERS[name] for name in filters))
        .group_by(Ticket.state)
    )


async def count_by_urgency(
    session: AsyncSession, actor: Actor, filters: dict[str, Any], now: datetime, soon: datetime
) -> list[Row]:
    """State, and of its tickets: all, those overdue at `now`, those due from then until `soon`."""
    statement = _counting_urgency(visibility_of(actor), tuple(sorted(filters)))
    return await statement.all(session, now=now, soon=soon, **filters, **parameters(actor))


@lru_cache(maxsize=128)
def _counting(visibility: Visibility, filters: tuple[str, ...]) -> PreparedStatement:
    return PreparedStatement(
        select(Ticket.state, func.count(Ticket.id))
        .where(*conditions(visibility), *(_FILTERS[name] for name in filters))
        .group_by(Ticket.state)
    )


async def count_by_state(session: AsyncSession, actor: Actor, filters: dict[str, Any]) -> list[Row]:
    """State and number of tickets, by the same rule as the list."""
    statement = _counting(visibility_of(actor), tuple(sorted(filters)))
    return await statement.all(session, **filters, **parameters(actor))


class ClockRow(ClockColumns, frozen=True, array_like=True):
    """Stored columns of one clock; its state at a moment is computed from them. A list leaves its pauses out."""

    ticket_id: UUID
    priority: str
    policy_version_id: UUID
    calendar_version_id: UUID
    pauses: list[ClockPause] = msgspec.field(default_factory=list)


CLOCK_COLUMNS = tuple(columns_of(ClockRow, ClockRecord, filled_later=1))
"""What `ClockRow` holds, in its order, without the pauses."""

_OPEN_CLOCKS = PreparedStatement(
    select(*CLOCK_COLUMNS)
    .where(
        ClockRecord.tenant_id == bindparam("tenant_id"),
        ClockRecord.ticket_id == any_(bindparam("ticket_ids", type_=ARRAY(Uuid))),
        ClockRecord.stopped_at.is_(None),
        ClockRecord.cancelled_at.is_(None),
    )
    .order_by(ClockRecord.due_at.asc().nulls_last(), ClockRecord.target_seconds, ClockRecord.id)
)


async def open_clocks(session: AsyncSession, tenant_id: UUID, ticket_ids: Collection[UUID]) -> list[Row]:
    """The unmet clocks of these tickets: the first to fall due first, paused ones last."""
    return await _OPEN_CLOCKS.all(session, tenant_id=tenant_id, ticket_ids=list(ticket_ids))


async def ticket_for_change(session: AsyncSession, actor: Actor, ticket_id: UUID) -> Ticket | None:
    """The ticket itself, locked, if the actor may see it."""
    statement = select(Ticket).where(Ticket.id == ticket_id, *visible_to(actor)).with_for_update()
    return (await session.scalars(statement)).first()


async def visible(session: AsyncSession, actor: Actor, ticket_id: UUID) -> bool:
    """Whether the actor may see the ticket."""
    return await session.scalar(select(Ticket.id).where(Ticket.id == ticket_id, *visible_to(actor))) is not None


async def engineers_of(session: AsyncSession, ticket_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """The engineers ever assigned to each ticket; they see it whatever clients they are restricted to."""
    visits = select(Visit.ticket_id, Visit.engineer_id).where(Visit.ticket_id.in_(ticket_ids))
    given = select(Ticket.id, Ticket.engineer_id).where(Ticket.id.in_(ticket_ids), Ticket.engineer_id.is_not(None))
    found: dict[UUID, list[UUID]] = {}
    for ticket_id, engineer_id in await session.execute(visits.union(given)):
        if engineer_id is not None:
            found.setdefault(ticket_id, []).append(engineer_id)
    return found


async def visit(session: AsyncSession, visit_id: UUID, *, locked: bool) -> Visit | None:
    """A visit, locked where it is to change."""
    statement = select(Visit).where(Visit.id == visit_id)
    return (await session.scalars(statement.with_for_update() if locked else statement)).first()


async def has_begun(session: AsyncSession, ticket_id: UUID) -> bool:
    """Whether an engineer has arrived or connected for the ticket."""
    arrived = select(Visit.id).where(Visit.ticket_id == ticket_id, Visit.arrived_at.is_not(None)).limit(1)
    return await session.scalar(arrived) is not None


async def open_tickets(
    session: AsyncSession, condition: ColumnElement[bool], after: UUID | None, limit: int
) -> Sequence[Ticket]:
    """One batch of open tickets after the id `after`, in the order of their ids, locked."""
    statement = select(Ticket).where(Ticket.state.in_(OPEN_STATES), condition).order_by(Ticket.id).limit(limit)
    if after is not None:
        statement = statement.where(Ticket.id > after)
    return (await session.scalars(statement.with_for_update())).all()


async def visits_of(session: AsyncSession, ticket_id: UUID) -> Sequence[Visit]:
    """The ticket's visits, locked, as they are now, in the order of planning."""
    statement = select(Visit).where(Visit.ticket_id == ticket_id).order_by(Visit.id).with_for_update()
    return (await session.scalars(statement.execution_options(populate_existing=True))).all()


async def ticket_numbers(session: AsyncSession, ticket_ids: Collection[UUID]) -> dict[UUID, str]:
    """The numbers of those tickets that the actor may see."""
    rows = await session.execute(select(Ticket.id, Ticket.number).where(Ticket.id.in_(ticket_ids)))
    return {row.id: row.number for row in rows}
