"""Erasing a person: identity is replaced by a pseudonym, the devices' service history stays (PIPL § 47).

Each area erases what it keeps (`personal_data.py`). Done as the owner role, inside the tenant's own context and
policies, because the app role may not change append-only tables. One transaction, idempotent.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.assets.clients.models import Employee
from app.data_exchange.personal_data.models import PersonalDataRequest
from app.data_exchange.personal_data.states import PERSONAL_DATA_REQUEST, RequestMove, RequestState
from app.people.identity import Reporter
from app.platform.kernel.actor import Actor
from app.platform.kernel.areas import declared, gathered
from app.platform.kernel.personal_data import Person, pseudonym_of
from app.platform.kernel.unit_of_work import UnitOfWorkFactory

SHORTEST_NAME: Final = 2
SHORTEST_NUMBER: Final = 6
"""Minimum lengths of a name and of a telephone or employee number to be replaced in texts: replacing `01` would spoil
dates and counts."""


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
        changed = await forget_person(work.session, employee)
        request.state = PERSONAL_DATA_REQUEST.after(RequestMove.CARRY_OUT, request.state)
        request.done_at = work.now
        request.result = {"changed": changed, "kept": gathered("kept_after_erasure")}
        work.audit("personal_data.erased", "employee", employee.id, request=request.id)
        return employee.id


async def person_of(session: AsyncSession, employee: Employee) -> Person:
    """The employee as the areas meet them."""
    mine = (Reporter.client_id == employee.client_id, Reporter.employee_id == employee.id)
    pseudonym = pseudonym_of(employee.id)
    replaced = (
        (employee.name, pseudonym, SHORTEST_NAME),
        (employee.phone, "", SHORTEST_NUMBER),
        (employee.email, "", SHORTEST_NUMBER),
        (employee.employee_number, "", SHORTEST_NUMBER),
    )
    return Person(
        session=session,
        client_id=employee.client_id,
        employee_id=employee.id,
        reporters=list(await session.scalars(select(Reporter.id).where(*mine))),
        name=employee.name,
        addresses=[each for each in (employee.email, employee.phone) if each],
        pseudonym=pseudonym,
        words=[(old, new) for old, new, shortest in replaced if len(old) >= shortest],
    )


async def forget_person(session: AsyncSession, employee: Employee) -> dict[str, int]:
    """Rows changed or deleted in all areas, by table."""
    person = await person_of(session, employee)
    changed: dict[str, int] = {}
    for module in declared("personal_data"):
        changed |= await module.erase(person)
    return {table: rows for table, rows in changed.items() if rows}
