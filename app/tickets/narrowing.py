"""What staff see who are held to some clients: those clients' records, and what their own work needs (I2).

An engineer's own work is every ticket that was given to them, for good, and whose it was; the client's people and
places and the device's file they need while a visit is open and for a while after it, for what is left to write. The
sub-queries name plain tables under another name, so that no other criterion is added inside and nothing correlates by
chance.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, any_, exists, literal, or_, select

from app.clients.models import Client, Contact, Department, Employee, Site
from app.confidentiality.models import ConfidentialityAgreement, EngineerAdmission
from app.devices.models import Device, DeviceChange, DeviceLabel, DevicePin, ImportMapping, ImportRun
from app.identity import Reporter
from app.kernel.narrowing import Held, narrows
from app.sla.models import ClockRecord, SlaAssignment
from app.tickets.models import DataHandlingRecord, ServiceReport, Ticket, TicketEvent, TicketNote, Visit
from app.tickets.repository import OPEN_VISIT_STATES

AFTERWARDS = timedelta(days=30)
"""How long after a visit its engineer sees the records of the client and the device."""

_visit: Any = Visit.__table__.alias("own_visit")
_ticket: Any = Ticket.__table__.alias("own_ticket")


def looked_after(client_id: Any, held: Held) -> ColumnElement[bool]:
    """The column names a client that they look after."""
    found: ColumnElement[bool] = client_id == any_(literal(held.clients, ARRAY(Uuid)))
    return found


def _present_visits(held: Held) -> ColumnElement[bool]:
    return and_(
        _visit.c.tenant_id == held.tenant_id,
        _visit.c.engineer_id == held.engineer_id,
        or_(_visit.c.state.in_(OPEN_VISIT_STATES), _visit.c.finished_at > held.now - AFTERWARDS),
    )


def _needed_client(client_id: Any, held: Held) -> ColumnElement[bool]:
    needed = select(_visit.c.client_id).where(_present_visits(held))
    return or_(looked_after(client_id, held), client_id.in_(needed))


def of_visible_ticket(ticket_id: Any, client_id: Any, held: Held) -> ColumnElement[bool]:
    """The column names a ticket that they see; `client_id` is the same row's."""
    visited = exists().where(
        _visit.c.tenant_id == held.tenant_id,
        _visit.c.ticket_id == ticket_id,
        _visit.c.engineer_id == held.engineer_id,
    )
    given = exists().where(
        _ticket.c.tenant_id == held.tenant_id, _ticket.c.id == ticket_id, _ticket.c.engineer_id == held.engineer_id
    )
    return or_(looked_after(client_id, held), visited, given)


@narrows(Client)
def _clients(table: Any, held: Held) -> ColumnElement[bool]:
    """For good: whose work it was stands on everything that an engineer did."""
    visited = select(_visit.c.client_id).where(
        _visit.c.tenant_id == held.tenant_id, _visit.c.engineer_id == held.engineer_id
    )
    return or_(looked_after(table.id, held), table.id.in_(visited))


@narrows(Site, Department, Contact, Employee, Reporter, ConfidentialityAgreement, EngineerAdmission)
def _client_records(table: Any, held: Held) -> ColumnElement[bool]:
    return _needed_client(table.client_id, held)


@narrows(ImportRun, ImportMapping)
def _imports(table: Any, held: Held) -> ColumnElement[bool]:
    return looked_after(table.client_id, held)


@narrows(SlaAssignment)
def _assignments(table: Any, held: Held) -> ColumnElement[bool]:
    return or_(table.client_id.is_(None), _needed_client(table.client_id, held))


def _needed_device(device_id: Any, client_id: Any, held: Held) -> ColumnElement[bool]:
    needed = (
        select(_ticket.c.device_id)
        .select_from(_ticket)
        .join(_visit, and_(_visit.c.tenant_id == _ticket.c.tenant_id, _visit.c.ticket_id == _ticket.c.id))
        .where(_present_visits(held), _ticket.c.tenant_id == held.tenant_id)
    )
    return or_(looked_after(client_id, held), device_id.in_(needed))


@narrows(Device)
def _devices(table: Any, held: Held) -> ColumnElement[bool]:
    return _needed_device(table.id, table.client_id, held)


@narrows(DeviceChange, DeviceLabel, DevicePin)
def _device_records(table: Any, held: Held) -> ColumnElement[bool]:
    return _needed_device(table.device_id, table.client_id, held)


@narrows(Ticket)
def _tickets(table: Any, held: Held) -> ColumnElement[bool]:
    return of_visible_ticket(table.id, table.client_id, held)


@narrows(Visit, TicketEvent, TicketNote, ServiceReport, ClockRecord, DataHandlingRecord)
def _ticket_records(table: Any, held: Held) -> ColumnElement[bool]:
    return of_visible_ticket(table.ticket_id, table.client_id, held)
