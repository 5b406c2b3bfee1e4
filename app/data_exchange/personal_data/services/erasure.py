"""Erasing a person: identity is replaced by a pseudonym, the devices' service history stays (PIPL § 47).

Done as the owner role, inside the tenant's own context and policies, because the app role may not change append-only
tables. One transaction, idempotent.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, Text, cast, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.assets.clients.models import Employee
from app.assets.devices.models import Device, DeviceChange, DevicePin
from app.data_exchange.personal_data.models import PersonalDataRequest
from app.data_exchange.personal_data.states import PERSONAL_DATA_REQUEST, RequestMove, RequestState
from app.data_exchange.ticket_import.models import ImportedName
from app.desk.surveys.models import SurveyResponse
from app.desk.tickets.models import DataHandlingRecord, ServiceReport, Ticket, TicketEvent, TicketNote
from app.people.identity import Reporter
from app.platform.kernel.actor import Actor
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory
from app.platform.notifications.models import Delivery

SHORTEST_NAME: Final = 2
SHORTEST_NUMBER: Final = 6
"""Minimum lengths of a name and of a telephone or employee number to be replaced in texts: replacing `01` would spoil
dates and counts."""

KEPT: Final = {
    "service_report": "signed reports are evidence between client and partner",
    "audit_entry": "network logs are kept six months at least; they name the person by an id only",
}
"""Tables that are not changed, with the reason; part of the result."""


def pseudonym_of(employee_id: UUID) -> str:
    """The person's pseudonym: deterministic, and not reversible."""
    return f"员工-{hashlib.sha256(employee_id.bytes).hexdigest()[:6].upper()}"


def is_erased(employee: Employee) -> bool:
    """Whether the employee was erased."""
    return employee.name == pseudonym_of(employee.id)


async def erase_person(owner: UnitOfWorkFactory, tenant_id: UUID, request_id: UUID) -> UUID | None:
    """Carry out the request; returns the employee's id, or None where there is nothing to do."""
    async with owner.begin(Actor.system(tenant_id)) as work:
        request = await work.session.scalar(
            select(PersonalDataRequest)
            .where(PersonalDataRequest.id == request_id, PersonalDataRequest.state == RequestState.REQUESTED)
            .with_for_update()
        )
        if request is None:
            return None
        employee = await work.session.scalar(
            select(Employee)
            .where(Employee.client_id == request.client_id, Employee.id == request.employee_id)
            .with_for_update()
        )
        if employee is None:
            return None
        changed = await _Erasure(work, employee).run()
        request.state = PERSONAL_DATA_REQUEST.after(RequestMove.CARRY_OUT, request.state)
        request.done_at = work.now
        request.result = {"changed": changed, "kept": KEPT}
        work.audit("personal_data.erased", "employee", employee.id, request=request.id)
        return employee.id


class _Erasure:
    """Erases one person from every table that holds them."""

    def __init__(self, work: UnitOfWork, employee: Employee) -> None:
        self._session: AsyncSession = work.session
        self._employee = employee
        self._client_id = employee.client_id
        self._new = pseudonym_of(employee.id)
        self._words: Sequence[tuple[str, str]] = [
            (old, new)
            for old, new, shortest in (
                (employee.name, self._new, SHORTEST_NAME),
                (employee.phone, "", SHORTEST_NUMBER),
                (employee.email, "", SHORTEST_NUMBER),
                (employee.employee_number, "", SHORTEST_NUMBER),
            )
            if len(old) >= shortest
        ]
        self._reporters: list[UUID] = []

    async def run(self) -> dict[str, int]:
        """Rows changed or removed, by table."""
        found = await self._session.scalars(
            select(Reporter.id).where(Reporter.client_id == self._client_id, Reporter.employee_id == self._employee.id)
        )
        self._reporters = list(found)
        changed = {
            "ticket": await self._tickets(),
            "ticket_event": await self._events(),
            "ticket_note": await self._notes(),
            "survey_response": await self._change(
                SurveyResponse, self._of_reporter(SurveyResponse), comment=self._without(SurveyResponse.comment)
            ),
            "data_handling_record": await self._change(
                DataHandlingRecord,
                self._of_reporter(DataHandlingRecord),
                person_name=self._without(DataHandlingRecord.person_name),
                remark=self._without(DataHandlingRecord.remark),
            ),
            "service_report": await self._unsigned_reports(),
            "device_change": await self._device_changes(),
            "history_name": await self._change(
                ImportedName,
                (ImportedName.client_id == self._client_id, ImportedName.record_id == self._employee.id),
                name=self._new,
            ),
            "delivery": await self._messages(),
            "device_pin": await self._count(
                delete(DevicePin).where(
                    DevicePin.client_id == self._client_id, DevicePin.reporter_id.in_(self._reporters)
                )
            ),
            "device": await self._change(
                Device,
                (Device.client_id == self._client_id, Device.employee_id == self._employee.id),
                employee_id=None,
                reporter_id=None,
            ),
            "reporter": await self._change(
                Reporter, (Reporter.id.in_(self._reporters),), display_name=self._new, state="inactive"
            ),
        }
        self._erase_employee()
        return {table: rows for table, rows in {**changed, "employee": 1}.items() if rows}

    def _erase_employee(self) -> None:
        person = self._employee
        person.name, person.state = self._new, "inactive"
        person.employee_number = person.phone = person.email = ""
        person.vip = False
        person.version += 1

    async def _tickets(self) -> int:
        return await self._change(
            Ticket,
            self._of_reporter(Ticket),
            contact_name=self._new,
            contact_phone="",
            subject=self._without(Ticket.subject),
            description=self._without(Ticket.description),
        )

    async def _events(self) -> int:
        of_person = (TicketEvent.client_id == self._client_id, TicketEvent.reporter_id.in_(self._reporters))
        await self._change(TicketEvent, (*of_person, TicketEvent.actor_kind == "reporter"), actor_name=self._new)
        return await self._change(TicketEvent, of_person, text=self._without(TicketEvent.text))

    async def _notes(self) -> int:
        tickets = select(Ticket.id).where(*self._of_reporter(Ticket))
        return await self._change(
            TicketNote,
            (TicketNote.client_id == self._client_id, TicketNote.ticket_id.in_(tickets)),
            text=self._without(TicketNote.text),
        )

    async def _unsigned_reports(self) -> int:
        """Delete unsigned reports: they are made again on demand, with the pseudonym."""
        return await self._count(
            delete(ServiceReport).where(*self._of_reporter(ServiceReport), ServiceReport.signed_at.is_(None))
        )

    async def _device_changes(self) -> int:
        """Replace the person's name in the change log of devices that they held."""
        if not self._words:
            return 0
        rows = await self._session.scalars(
            select(DeviceChange).where(
                DeviceChange.client_id == self._client_id,
                cast(DeviceChange.changes, Text).contains(self._employee.name, autoescape=True),
            )
        )
        changed = 0
        for row in rows:
            replaced = _replaced(row.changes, self._words)
            if replaced != row.changes:
                row.changes = replaced
                changed += 1
        return changed

    async def _messages(self) -> int:
        addresses = [each for each in (self._employee.email, self._employee.phone) if each]
        return await self._count(delete(Delivery).where(Delivery.address.in_(addresses)))

    def _of_reporter(self, table: Any) -> tuple[ColumnElement[bool], ...]:
        return (table.client_id == self._client_id, table.reporter_id.in_(self._reporters))

    def _without(self, column: Any) -> ColumnElement[str]:
        found: ColumnElement[str] = column
        for old, new in self._words:
            found = func.replace(found, old, new)
        return found

    async def _change(self, table: Any, where: tuple[ColumnElement[bool], ...], **values: Any) -> int:
        return await self._count(update(table).where(*where).values(**values))

    async def _count(self, statement: Any) -> int:
        done = await self._session.execute(statement.execution_options(synchronize_session=False))
        return done.rowcount if isinstance(done, CursorResult) else 0


def _replaced(value: Any, words: Sequence[tuple[str, str]]) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(each, words) for key, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, words) for each in value]
    if isinstance(value, str):
        for old, new in words:
            value = value.replace(old, new)
    return value
