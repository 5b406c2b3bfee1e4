"""Commands for personal data, run by the operator for partners and clients."""

from uuid import UUID

from sqlalchemy import select

from app.assets.clients.models import Client, Employee
from app.data_exchange.personal_data.schemas import ClientErasureCreate, ErasureCreate, PersonalData
from app.data_exchange.personal_data.services import ClientErasures, PersonalDataService
from app.data_exchange.personal_data.tasks import erase_companies, erase_people
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.errors import UnknownName
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.models import Tenant


async def export_person(runtime: Runtime, tenant: str, client: str, employee: str) -> PersonalData:
    """All stored data of an employee, found by id or employee number.

    Raises:
        NotFound: no such partner, client or employee.
        AlreadyErased.
    """
    tenant_id = await _tenant(runtime, tenant)
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        client_id, employee_id = await _person(work, client, employee)
        return await PersonalDataService(work).export(client_id, employee_id)


async def erase_person_now(runtime: Runtime, tenant: str, client: str, employee: str, reason: str) -> dict[str, object]:
    """Erase an employee at once; returns what was changed and what is kept.

    Raises:
        NotFound, AlreadyErased, NotErasableYet, ReasonMissing.
    """
    tenant_id = await _tenant(runtime, tenant)
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        client_id, employee_id = await _person(work, client, employee)
        asked = await PersonalDataService(work).erase(client_id, employee_id, ErasureCreate(reason))
    await erase_people(runtime, tenant_id, [asked.id])
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        done = await PersonalDataService(work).requests(client_id, employee_id)
    return next(each.result for each in done if each.id == asked.id)


async def erase_client_now(runtime: Runtime, tenant: str, client: str, reason: str) -> dict[str, object]:
    """Forget a client's company at once; returns what became of the request.

    Raises:
        UnknownName, ClientErased, ClientErasureUnderWay, ClientHasOpenMatters, ReasonMissing.
    """
    tenant_id = await _tenant(runtime, tenant)
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        row = (await work.session.execute(select(Client.id, Client.short_name).where(Client.code == client))).first()
        if row is None:
            raise UnknownName(word=client, kind=N_("客户"))
        asked = await ClientErasures(work).request(row.id, ClientErasureCreate(reason, row.short_name))
    await erase_companies(runtime, tenant_id, [asked.id])
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        done = (await ClientErasures(work).standing(asked.client_id)).requests
    found = next(each for each in done if each.id == asked.id)
    return {"state": found.state.value, **found.result}


async def _tenant(runtime: Runtime, slug: str) -> UUID:
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        found: UUID | None = await work.session.scalar(select(Tenant.id).where(Tenant.slug == slug))
    if found is None:
        raise UnknownName(word=slug, kind=N_("租户"))
    return found


async def _person(work: UnitOfWork, client: str, employee: str) -> tuple[UUID, UUID]:
    client_id = await work.session.scalar(select(Client.id).where(Client.code == client))
    if client_id is None:
        raise UnknownName(word=client, kind=N_("客户"))
    try:
        named = Employee.id == UUID(employee)
    except ValueError:
        named = Employee.employee_number == employee.upper()
    found = (await work.session.scalars(select(Employee.id).where(Employee.client_id == client_id, named))).all()
    if len(found) != 1:
        raise UnknownName(word=employee, kind=N_("员工"))
    return client_id, found[0]
