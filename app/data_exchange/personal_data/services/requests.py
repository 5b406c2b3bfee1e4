"""Export of an employee's personal data, and requests for erasure (PIPL §§ 45, 47).

Requested by the client's administrator or the partner's staff. For a client's administrator the employee is looked up
in the client's ring first; the data is then read in the tenant's scope.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.assets.clients.models import Employee
from app.data_exchange.personal_data.errors import AlreadyErased, NotErasableYet, ReasonMissing
from app.data_exchange.personal_data.models import PersonalDataRequest
from app.data_exchange.personal_data.schemas import ErasureCreate, PersonalData, PersonalDataRequestView
from app.data_exchange.personal_data.services.erasure import is_erased, person_of
from app.data_exchange.personal_data.states import RequestState
from app.desk.tickets import OPEN_STATES
from app.desk.tickets.models import Ticket
from app.people.identity import Reporter
from app.platform.kernel.areas import declared
from app.platform.kernel.errors import NotFound
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.context import Command, as_platform, elevated
from tenants.models import TenantProfile

HEADINGS = (
    *("devices_held", "reports", "words", "ratings", "consents", "signed_reports", "messages", "sign_ins", "requests"),
)
"""Headings with a field of their own in what a person is told."""


class PersonalDataService:
    """Requests about the employees of clients."""

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(Permission.PERSONAL_DATA_WRITE)
        self._work = work

    async def requests(self, client_id: UUID, employee_id: UUID) -> list[PersonalDataRequestView]:
        """The requests about the person, newest first.

        Raises:
            NotFound: no such employee for this actor.
        """
        await self._employee(client_id, employee_id)
        rows = await self._work.session.scalars(
            select(PersonalDataRequest)
            .where(PersonalDataRequest.employee_id == employee_id, PersonalDataRequest.client_id == client_id)
            .order_by(PersonalDataRequest.requested_at.desc(), PersonalDataRequest.id)
        )
        return [to_view(row) for row in rows]

    async def export(self, client_id: UUID, employee_id: UUID) -> PersonalData:
        """All stored data of the person.

        Raises:
            NotFound: no such employee for this actor.
            AlreadyErased.
        """
        employee = await self._employee(client_id, employee_id)
        if is_erased(employee):
            raise AlreadyErased
        async with elevated(self._work, Command.TELL_PERSONAL_DATA):
            found = await self._collect(employee)
            self._add_request(employee, "export", RequestState.DONE, "")
            self._work.audit("personal_data.exported", "employee", employee.id)
            await self._work.session.flush()
            return found

    async def erase(self, client_id: UUID, employee_id: UUID, wanted: ErasureCreate) -> PersonalDataRequestView:
        """Request the person's erasure, which is done in the background.

        Raises:
            NotFound: no such employee for this actor.
            NotErasableYet: the employee is active, or something of theirs is open: a ticket, a recovery case.
            AlreadyErased, ReasonMissing.
        """
        self._work.require_writable()
        if not wanted.reason.strip():
            raise ReasonMissing(fields={"reason": ReasonMissing.text})
        employee = await self._employee(client_id, employee_id)
        if is_erased(employee):
            raise AlreadyErased
        async with as_platform(self._work):
            reporters = select(Reporter.id).where(Reporter.employee_id == employee.id, Reporter.client_id == client_id)
            still_open = await self._work.session.scalar(
                select(func.count(Ticket.id)).where(
                    Ticket.client_id == client_id, Ticket.reporter_id.in_(reporters), Ticket.state.in_(OPEN_STATES)
                )
            )
            for asked in declared("open_for_people"):
                still_open = still_open or await asked(self._work, client_id, employee.id)
        if employee.state == "active" or still_open:
            raise NotErasableYet
        async with elevated(self._work, Command.ERASE_PERSONAL_DATA):
            row = self._add_request(employee, "erasure", RequestState.REQUESTED, wanted.reason.strip())
            self._work.schedule(DueKind.PERSON_ERASURE, row.id, self._work.now)
            self._work.audit("personal_data.erasure_requested", "employee", employee.id)
            await self._work.session.flush()
        return to_view(row)

    async def _employee(self, client_id: UUID, employee_id: UUID) -> Employee:
        found: Employee | None = await self._work.session.scalar(
            select(Employee).where(Employee.client_id == client_id, Employee.id == employee_id)
        )
        if found is None:
            raise NotFound
        return found

    def _add_request(self, employee: Employee, kind: str, state: RequestState, reason: str) -> PersonalDataRequest:
        work = self._work
        row = PersonalDataRequest(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=employee.client_id,
            employee_id=employee.id,
            kind=kind,
            state=state,
            reason=reason,
            requested_by=work.actor.membership_id,
            requested_by_name=work.actor.display_name,
            requested_at=work.now,
            done_at=work.now if state is RequestState.DONE else None,
            result={},
        )
        work.session.add(row)
        return row

    async def _collect(self, employee: Employee) -> PersonalData:
        person = await person_of(self._work.session, employee)
        found: dict[str, list[dict[str, Any]]] = {}
        for module in declared("personal_data"):
            found |= await module.tell(person)
        named = {heading: found.pop(heading, []) for heading in HEADINGS}
        return PersonalData(
            exported_at=self._work.now,
            kept_by=await self._work.session.scalar(select(TenantProfile.name)) or "",
            employee={
                name: getattr(employee, name)
                for name in ("id", "name", "employee_number", "phone", "email", "vip", "state")
            },
            **named,
            further=found,
        )


def to_view(row: PersonalDataRequest) -> PersonalDataRequestView:
    return PersonalDataRequestView(
        row.id,
        row.employee_id,
        row.kind,
        row.state,
        row.reason,
        row.requested_by_name,
        row.requested_at,
        row.done_at,
        row.result,
    )
