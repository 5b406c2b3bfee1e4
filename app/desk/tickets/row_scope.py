"""Row scope of staff who are restricted to some clients: those clients' records and their own work (I2).

An engineer's own work is every ticket ever assigned to them, with its client, without time limit. The client's people
and sites and the device's record are visible while a visit is open and for some time after it. The sub-queries use
aliases of the plain tables, so that no other criterion is added inside and nothing correlates by chance.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, any_, exists, literal, or_, select

from app.agreements.sla.models import ClockRecord, SlaAssignment
from app.assets.clients.models import Client, Contact, Department, Employee, Site
from app.assets.devices.models import Device, DeviceChange, DeviceLabel, DevicePin
from app.desk.confidentiality.models import ConfidentialityAgreement, EngineerAdmission
from app.desk.tickets.lifecycle import OPEN_VISIT_STATES
from app.desk.tickets.models import (
    DataHandlingRecord,
    GoodwillWork,
    ServiceReport,
    Ticket,
    TicketEvent,
    TicketNote,
    Visit,
)
from app.people.identity import Reporter
from app.platform.imports.models import ImportMapping, ImportRun
from app.platform.kernel.row_scope import ScopedStaff, row_scope_of

ACCESS_AFTER_VISIT = timedelta(days=30)
"""Time after a visit in which its engineer still sees the records of the client and the device."""

_visit: Any = Visit.__table__.alias("own_visit")
_ticket: Any = Ticket.__table__.alias("own_ticket")


def is_assigned_client(client_id: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    """Whether the column holds a client assigned to the member of staff."""
    found: ColumnElement[bool] = client_id == any_(literal(staff.clients, ARRAY(Uuid)))
    return found


def _recent_visits(staff: ScopedStaff) -> ColumnElement[bool]:
    return and_(
        _visit.c.tenant_id == staff.tenant_id,
        _visit.c.engineer_id == staff.engineer_id,
        or_(_visit.c.state.in_(OPEN_VISIT_STATES), _visit.c.finished_at > staff.now - ACCESS_AFTER_VISIT),
    )


def _needed_client(client_id: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    needed = select(_visit.c.client_id).where(_recent_visits(staff))
    return or_(is_assigned_client(client_id, staff), client_id.in_(needed))


def of_visible_ticket(ticket_id: Any, client_id: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    """Whether the column holds a ticket visible to the member of staff; `client_id` is of the same row."""
    visited = exists().where(
        _visit.c.tenant_id == staff.tenant_id,
        _visit.c.ticket_id == ticket_id,
        _visit.c.engineer_id == staff.engineer_id,
    )
    given = exists().where(
        _ticket.c.tenant_id == staff.tenant_id, _ticket.c.id == ticket_id, _ticket.c.engineer_id == staff.engineer_id
    )
    return or_(is_assigned_client(client_id, staff), visited, given)


@row_scope_of(Client)
def _clients(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    """Without time limit: an engineer's past work shows its client's name."""
    visited = select(_visit.c.client_id).where(
        _visit.c.tenant_id == staff.tenant_id, _visit.c.engineer_id == staff.engineer_id
    )
    return or_(is_assigned_client(table.id, staff), table.id.in_(visited))


@row_scope_of(Site, Department, Contact, Employee, Reporter, ConfidentialityAgreement, EngineerAdmission)
def _client_records(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    return _needed_client(table.client_id, staff)


@row_scope_of(ImportRun, ImportMapping)
def _imports(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    return is_assigned_client(table.client_id, staff)


@row_scope_of(SlaAssignment)
def _assignments(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    return or_(table.client_id.is_(None), _needed_client(table.client_id, staff))


def _needed_device(device_id: Any, client_id: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    needed = (
        select(_ticket.c.device_id)
        .select_from(_ticket)
        .join(_visit, and_(_visit.c.tenant_id == _ticket.c.tenant_id, _visit.c.ticket_id == _ticket.c.id))
        .where(_recent_visits(staff), _ticket.c.tenant_id == staff.tenant_id)
    )
    return or_(is_assigned_client(client_id, staff), device_id.in_(needed))


@row_scope_of(Device)
def _devices(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    return _needed_device(table.id, table.client_id, staff)


@row_scope_of(DeviceChange, DeviceLabel, DevicePin)
def _device_records(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    return _needed_device(table.device_id, table.client_id, staff)


@row_scope_of(Ticket)
def _tickets(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    return of_visible_ticket(table.id, table.client_id, staff)


@row_scope_of(Visit, TicketEvent, TicketNote, ServiceReport, ClockRecord, DataHandlingRecord, GoodwillWork)
def _ticket_records(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    return of_visible_ticket(table.ticket_id, table.client_id, staff)
