"""One ticket with its clocks, visits and timeline, in one statement.

A ticket has few related rows in four tables; a query for each would cost the most viewed page four more round trips.
PostgreSQL writes the rows as JSON, and msgspec reads them into structs. Structs that no answer contains are read from
arrays: a clock has fifteen fields, and writing their names for each clock took nearly as long as reading its pauses.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, ScalarSelect, Text, and_, bindparam, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.agreements.sla.models import ClockInterval, ClockRecord
from app.assets.clients.models import Client, Department, Site
from app.assets.devices.models import Device
from app.desk.engineers.models import Engineer
from app.desk.tickets.models import Ticket, TicketEvent, TicketNote, Visit
from app.desk.tickets.repository import (
    CLOCK_COLUMNS,
    OF_CLIENT,
    OF_DEPARTMENT,
    OF_DEVICE,
    OF_ENGINEER,
    OF_SITE,
    ClockRow,
)
from app.desk.tickets.schemas import TicketView, TimelineEntry, VisitView
from app.desk.tickets.visibility import Visibility, conditions, parameters, visibility_of
from app.platform.kernel.actor import Actor
from app.platform.kernel.columns import columns_of
from app.platform.kernel.performance import PreparedStatement, Row


class NoteRow(msgspec.Struct, frozen=True, array_like=True):
    """An internal line as it is stored; `membership_id` is None for the platform and for people of another system."""

    id: UUID
    occurred_at: datetime
    kind: str
    actor_name: str
    membership_id: UUID | None
    text: str
    details: dict[str, Any]


@dataclass(frozen=True)
class TicketDetail:
    """A ticket's own columns, in the order of its struct, and the related rows: oldest first, clocks by target."""

    columns: Row
    clocks: list[ClockRow]
    visits: list[VisitView]
    events: list[TimelineEntry]
    notes: list[NoteRow]


_VISITOR = aliased(Engineer)
"""The engineer of a visit, who may differ from the ticket's own engineer."""

_LATER = ("moves", "clocks", "timeline", "visits")
"""The fields of the ticket's struct that are no columns."""
_COLUMNS = columns_of(
    TicketView,
    Ticket,
    client_name=Client.short_name,
    site_name=Site.name,
    site_address=Site.address,
    department_name=Department.name,
    device_number=Device.number,
    device_model=Device.model,
    engineer_name=Engineer.display_name,
    engineer_level=Engineer.level,
    time_zone=Client.time_zone,
    filled_later=len(_LATER),
)

_EVENT_COLUMNS = columns_of(TimelineEntry, TicketEvent, filled_later=1)

_NOTE_COLUMNS = columns_of(NoteRow, TicketNote)

_VISIT_COLUMNS = columns_of(VisitView, Visit, engineer_name=_VISITOR.display_name)


def _rows(
    struct: type[msgspec.Struct],
    columns: Iterable[Any],
    order: Iterable[Any],
    of_ticket: ColumnElement[bool],
    joined: tuple[Any, ColumnElement[bool]] | None = None,
) -> ScalarSelect[Any]:
    """The rows of a table that belong to the ticket, as JSON: objects by the names of `struct`'s fields, or arrays in
    their order if the struct is read from arrays."""
    if struct.__struct_config__.array_like:
        row = func.json_build_array(*columns)
    else:
        pairs = zip(struct.__struct_fields__, columns, strict=False)
        named = chain.from_iterable((literal_column(f"'{name}'"), column) for name, column in pairs)
        row = func.json_build_object(*named)
    statement = select(
        cast(func.coalesce(func.json_agg(aggregate_order_by(row, *order)), literal_column("'[]'")), Text)
    )
    if joined is not None:
        statement = statement.outerjoin(*joined)
    return statement.where(of_ticket).correlate(Ticket).scalar_subquery()


def _of_ticket(table: Any) -> ColumnElement[bool]:
    return and_(table.tenant_id == Ticket.tenant_id, table.ticket_id == Ticket.id)


_PAUSES = (
    select(
        func.coalesce(
            func.json_agg(
                aggregate_order_by(
                    func.json_build_object(
                        literal_column("'waiting_for'"),
                        ClockInterval.waiting_for,
                        literal_column("'started_at'"),
                        ClockInterval.started_at,
                        literal_column("'ended_at'"),
                        ClockInterval.ended_at,
                    ),
                    ClockInterval.sequence,
                )
            ),
            literal_column("'[]'::json"),
        )
    )
    .where(
        ClockInterval.tenant_id == ClockRecord.tenant_id,
        ClockInterval.clock_id == ClockRecord.id,
        ClockInterval.waiting_for.is_not(None),
    )
    .correlate(ClockRecord)
    .scalar_subquery()
)
_CLOCKS = _rows(
    ClockRow, (*CLOCK_COLUMNS, _PAUSES), (ClockRecord.target_seconds, ClockRecord.kind), _of_ticket(ClockRecord)
)
_VISITS = _rows(
    VisitView,
    _VISIT_COLUMNS,
    (Visit.scheduled_start, Visit.id),
    _of_ticket(Visit),
    (_VISITOR, and_(_VISITOR.tenant_id == Visit.tenant_id, _VISITOR.id == Visit.engineer_id)),
)
_EVENTS = _rows(TimelineEntry, _EVENT_COLUMNS, (TicketEvent.occurred_at, TicketEvent.id), _of_ticket(TicketEvent))
_NOTES = _rows(NoteRow, _NOTE_COLUMNS, (TicketNote.occurred_at, TicketNote.id), _of_ticket(TicketNote))

_read_clocks = msgspec.json.Decoder(list[ClockRow]).decode
_read_visits = msgspec.json.Decoder(list[VisitView]).decode
_read_events = msgspec.json.Decoder(list[TimelineEntry]).decode
_read_notes = msgspec.json.Decoder(list[NoteRow]).decode


@lru_cache(maxsize=16)
def _detail(visibility: Visibility, *, with_notes: bool) -> PreparedStatement:
    related = (_CLOCKS, _VISITS, _EVENTS, _NOTES) if with_notes else (_CLOCKS, _VISITS, _EVENTS)
    return PreparedStatement(
        select(*_COLUMNS, *related)
        .outerjoin(Client, OF_CLIENT)
        .outerjoin(Site, OF_SITE)
        .outerjoin(Department, OF_DEPARTMENT)
        .outerjoin(Device, OF_DEVICE)
        .outerjoin(Engineer, OF_ENGINEER)
        .where(Ticket.id == bindparam("ticket_id"), *conditions(visibility))
    )


async def detail(session: AsyncSession, actor: Actor, ticket_id: UUID, *, with_notes: bool) -> TicketDetail | None:
    """One ticket with its related rows, if the actor may see it. The database shows internal notes to the
    partner's staff only; `with_notes` is False for those of them who may not read any."""
    statement = _detail(visibility_of(actor), with_notes=with_notes)
    row = await statement.first(session, ticket_id=ticket_id, **parameters(actor))
    if row is None:
        return None
    own = len(_COLUMNS)
    clocks, visits, events, *notes = row[own:]
    return TicketDetail(
        columns=row[:own],
        clocks=_read_clocks(clocks),
        visits=_read_visits(visits),
        events=_read_events(events),
        notes=_read_notes(notes[0]) if notes else [],
    )
