"""One client's sites, departments and employees, as lists name them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, String, Uuid, any_, insert, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.assets.clients.client_import.employee_matching import EmployeeMatcher, KnownEmployee, ListedPerson
from app.assets.clients.labels import RecordState
from app.assets.clients.models import Department, Employee, Site
from app.platform.imports.reading.person_names import comparison_key, spellings
from app.platform.kernel.ids import IdSource
from app.platform.kernel.unit_of_work import UnitOfWork


@dataclass
class KnownRecords:
    """Sites, departments and employees of the client, by comparison key of their names, and those that a list adds."""

    sites: dict[str, UUID]
    departments: dict[str, UUID]
    people: EmployeeMatcher
    new_sites: dict[str, UUID] = field(default_factory=dict)
    new_departments: dict[str, UUID] = field(default_factory=dict)

    def site(self, name: str, new_id: IdSource) -> UUID:
        """The site of this name, perhaps a new one."""
        return _find_or_add(name, self.sites, self.new_sites, new_id)

    def department(self, name: str, new_id: IdSource) -> UUID:
        """The department of this name, perhaps a new one."""
        id_ = _find_or_add(name, self.departments, self.new_departments, new_id)
        self.people.departments.setdefault(id_, comparison_key(name))
        return id_

    async def insert_new(self, work: UnitOfWork, client_id: UUID) -> None:
        """Write the sites and departments that a list added."""
        new: tuple[tuple[type[Any], dict[str, UUID]], ...] = (
            (Site, self.new_sites),
            (Department, self.new_departments),
        )
        for model, names in new:
            if names:
                ring = {"tenant_id": work.tenant_id, "client_id": client_id}
                await work.session.execute(
                    insert(model), [{**ring, "id": id_, "name": name} for name, id_ in names.items()]
                )


def _find_or_add(name: str, known: dict[str, UUID], new: dict[str, UUID], new_id: IdSource) -> UUID:
    compared = comparison_key(name)
    if compared not in known:
        known[compared] = new[name] = new_id()
    return known[compared]


async def known_records(
    session: AsyncSession, client_id: UUID, listed: Iterable[ListedPerson], holders: Collection[UUID] = ()
) -> KnownRecords:
    """All sites and departments of the client, the employees whom a list may mean, whoever has left included, and
    those of the ids `holders`."""
    sites = await session.execute(select(Site.name, Site.id).where(Site.client_id == client_id).order_by(Site.id))
    departments = (
        await session.execute(
            select(Department.name, Department.id).where(Department.client_id == client_id).order_by(Department.id)
        )
    ).all()
    by_name: dict[str, UUID] = {}
    # Departments that differ by padding alone are one: whoever is in the second is nobody else for that.
    same = {id_: by_name.setdefault(comparison_key(name), id_) for name, id_ in departments}
    people = EmployeeMatcher(departments={id_: name for name, id_ in by_name.items()})
    found = await session.execute(
        select(
            Employee.id,
            Employee.name,
            Employee.employee_number,
            Employee.department_id,
            Employee.email,
            Employee.state,
            Employee.phone,
        )
        .where(Employee.client_id == client_id, may_be_listed(listed, holders))
        .order_by(Employee.id)
    )
    people.add(
        KnownEmployee(
            id_,
            name,
            number,
            same[department_id] if department_id else None,
            email,
            state == RecordState.INACTIVE,
            phone,
        )
        for id_, name, number, department_id, email, state, phone in found
    )
    places: dict[str, UUID] = {}
    for name, id_ in sites:
        places.setdefault(comparison_key(name), id_)
    return KnownRecords(places, by_name, people)


def may_be_listed(listed: Iterable[ListedPerson], holders: Collection[UUID] = ()) -> ColumnElement[bool]:
    """Arrays, and not one parameter for each name: a statement may have no more than 32,767."""
    people = list(listed)
    written = {person.name for person in people if person.name}
    names = sorted(set().union(*map(spellings, written)))
    numbers = sorted({person.number for person in people if person.number})
    return or_(
        Employee.name == any_(literal(names, ARRAY(String))),
        Employee.employee_number == any_(literal(numbers, ARRAY(String))),
        Employee.id == any_(literal(sorted(holders), ARRAY(Uuid))),
    )
