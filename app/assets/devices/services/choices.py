"""What a device form offers: the clients, and one client's sites, departments and people."""

from uuid import UUID

import msgspec
from sqlalchemy import or_, select

from app.assets.clients.models import Client, Department, Employee, Site
from app.assets.devices.errors import DeviceFieldRefused
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

PEOPLE_SUGGESTED = 200
_ACTIVE = "active"


class FormChoices(msgspec.Struct, frozen=True, kw_only=True):
    """One client's records as id and name; `people` are suggestions, not all."""

    client_name: str
    sites: list[tuple[str, str]]
    departments: list[tuple[str, str]]
    people: list[str]


class ClientChoices:
    """Reads the choices as the actor."""

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(Permission.DEVICE_READ)
        self._session = work.session

    async def clients(self) -> list[tuple[str, str]]:
        """Active clients by name."""
        rows = await self._session.execute(
            select(Client.id, Client.short_name).where(Client.state == _ACTIVE).order_by(Client.short_name)
        )
        return [(str(id_), name) for id_, name in rows]

    async def of(self, client_id: UUID) -> FormChoices | None:
        """What one client has; None where there is no such client."""
        name = await self._session.scalar(select(Client.short_name).where(Client.id == client_id))
        if name is None:
            return None
        people = await self._session.scalars(
            select(Employee.name)
            .where(Employee.client_id == client_id, Employee.state == _ACTIVE)
            .order_by(Employee.name)
            .limit(PEOPLE_SUGGESTED)
        )
        return FormChoices(
            client_name=name,
            sites=await self._named(Site, client_id),
            departments=await self._named(Department, client_id),
            people=list(dict.fromkeys(people)),
        )

    async def _named(self, record: type[Site] | type[Department], client_id: UUID) -> list[tuple[str, str]]:
        rows = await self._session.execute(
            select(record.id, record.name)
            .where(record.client_id == client_id, record.state == _ACTIVE)
            .order_by(record.name)
        )
        return [(str(id_), name) for id_, name in rows]

    async def holder(self, client_id: UUID, words: str) -> UUID | None:
        """The employee whom somebody typed by name or employee number; None for nothing.

        Raises:
            DeviceFieldRefused: nobody is called so, or several are.
        """
        words = words.strip()
        if not words:
            return None
        found = (
            await self._session.scalars(
                select(Employee.id)
                .where(
                    Employee.client_id == client_id,
                    Employee.state == _ACTIVE,
                    or_(Employee.name == words, Employee.employee_number == words.upper()),
                )
                .limit(2)
            )
        ).all()
        if not found:
            raise DeviceFieldRefused(fields={"holder": N_("没有找到这位员工，请先在客户的页面上登记。")})
        if len(found) > 1:
            raise DeviceFieldRefused(fields={"holder": N_("有几位同名的员工，请填写工号。")})
        return found[0]
