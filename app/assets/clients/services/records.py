"""RecordRepository that belong to a client: sites, departments, contacts, employees. One set of rules for all four."""

from typing import Any, ClassVar, Generic
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement

from app.assets.clients import models, schemas
from app.assets.clients.errors import ClientErased, ClientInactive, ClientRecordInvalid
from app.assets.clients.events import EmployeeStateChanged
from app.assets.clients.labels import RecordState
from app.assets.clients.repository import RecordRepository, View, matching_employees
from app.assets.clients.validation import normalise_phone, validated
from app.people.identity import follow_employee_state
from app.platform.kernel.model import TenantModel
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission


class _RecordService(Generic[View]):
    """The use cases of one kind of record. Reading takes `client:read`, writing `client:write`.

    Every method raises Forbidden without the permission, and NotFound for a client or record that is not there for
    this actor; those that change something ClientErased for a company that was forgotten.
    """

    model: ClassVar[type[TenantModel]]
    view: type[View]

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._records: RecordRepository[View] = RecordRepository(work.session, self.model, self.view)
        self._clients = RecordRepository(work.session, models.Client, schemas.ClientView)

    @property
    def _kind(self) -> str:
        return str(self.model.__tablename__)

    def _conditions(self, client_id: UUID, record_id: UUID | None = None) -> list[ColumnElement[bool]]:
        model: Any = self.model
        conditions: list[ColumnElement[bool]] = [model.client_id == client_id]
        return conditions if record_id is None else [*conditions, model.id == record_id]

    def _in_state(self, state: RecordState | None) -> list[ColumnElement[bool]]:
        model: Any = self.model
        return [] if state is None else [model.state == state]

    async def list(
        self,
        client_id: UUID,
        *,
        state: RecordState | None = RecordState.ACTIVE,
        after: schemas.NamePosition | None = None,
        limit: int = 1000,
    ) -> list[View]:
        """The client's records by name; `state` None means all."""
        self._work.actor.require(Permission.CLIENT_READ)
        await self._clients.get(models.Client.id == client_id)
        return await self._records.list(*self._conditions(client_id), *self._in_state(state), after=after, limit=limit)

    async def get(self, client_id: UUID, record_id: UUID) -> View:
        """One record of the client."""
        self._work.actor.require(Permission.CLIENT_READ)
        return await self._records.get(*self._conditions(client_id, record_id))

    async def _create(self, client_id: UUID, data: msgspec.Struct) -> View:
        self._work.actor.require(Permission.CLIENT_WRITE)
        client = await self._clients.get(models.Client.id == client_id)
        if client.state is not RecordState.ACTIVE:
            raise ClientInactive
        record_id = self._work.new_id()
        added = await self._records.add(
            {
                **validated(data, self.model),
                "tenant_id": self._work.tenant_id,
                "client_id": client_id,
                "id": record_id,
            }
        )
        self._work.audit(f"{self._kind}.created", self._kind, record_id, client=client_id)
        return added

    async def _update(self, client_id: UUID, record_id: UUID, version: int, data: msgspec.Struct) -> View:
        self._work.actor.require(Permission.CLIENT_WRITE)
        await self._require_known(client_id)
        values = validated(data, self.model)
        before = await self._records.get(*self._conditions(client_id, record_id))
        changed = await self._records.change(version, values, *self._conditions(client_id, record_id))
        fields = sorted(field for field, value in values.items() if getattr(before, field) != value)
        self._work.audit(f"{self._kind}.changed", self._kind, record_id, client=client_id, fields=fields)
        return changed

    async def change_state(self, client_id: UUID, record_id: UUID, change: schemas.StateChange) -> View:
        """Take a record out of use, or back into use.

        Raises:
            StaleVersion: changed since it was read.
        """
        self._work.actor.require(Permission.CLIENT_WRITE)
        await self._require_known(client_id)
        changed = await self._records.change(
            change.version, {"state": change.state.value}, *self._conditions(client_id, record_id)
        )
        self._work.audit(f"{self._kind}.state_changed", self._kind, record_id, client=client_id, state=change.state)
        return changed

    async def _require_known(self, client_id: UUID) -> None:
        client = await self._clients.get(models.Client.id == client_id)
        if client.erased_at is not None:
            raise ClientErased


class SiteService(_RecordService[schemas.SiteView]):
    """Places where devices stand."""

    model = models.Site
    view = schemas.SiteView

    async def create(self, client_id: UUID, data: schemas.SiteCreate) -> schemas.SiteView:
        """
        Raises:
            ClientRecordInvalid, NameTaken, ClientInactive.
        """
        return await self._create(client_id, data)

    async def update(self, client_id: UUID, site_id: UUID, data: schemas.SiteUpdate) -> schemas.SiteView:
        """
        Raises:
            ClientRecordInvalid, NameTaken, StaleVersion.
        """
        return await self._update(client_id, site_id, data.version, data)


class DepartmentService(_RecordService[schemas.DepartmentView]):
    """Departments, by which costs are grouped."""

    model = models.Department
    view = schemas.DepartmentView

    async def create(self, client_id: UUID, data: schemas.DepartmentCreate) -> schemas.DepartmentView:
        """
        Raises:
            ClientRecordInvalid, NameTaken, ClientInactive.
        """
        return await self._create(client_id, data)

    async def update(
        self, client_id: UUID, department_id: UUID, data: schemas.DepartmentUpdate
    ) -> schemas.DepartmentView:
        """
        Raises:
            ClientRecordInvalid, NameTaken, StaleVersion.
        """
        return await self._update(client_id, department_id, data.version, data)


class ContactService(_RecordService[schemas.ContactView]):
    """People at the client whom the partner calls."""

    model = models.Contact
    view = schemas.ContactView

    async def create(self, client_id: UUID, data: schemas.ContactCreate) -> schemas.ContactView:
        """
        Raises:
            ClientRecordInvalid, ClientInactive.
        """
        return await self._create(client_id, data)

    async def update(self, client_id: UUID, contact_id: UUID, data: schemas.ContactUpdate) -> schemas.ContactView:
        """
        Raises:
            ClientRecordInvalid, StaleVersion.
        """
        return await self._update(client_id, contact_id, data.version, data)


class EmployeeService(_RecordService[schemas.EmployeeView]):
    """The people who use devices."""

    model = models.Employee
    view = schemas.EmployeeView

    async def create(self, client_id: UUID, data: schemas.EmployeeCreate) -> schemas.EmployeeView:
        """
        Raises:
            ClientRecordInvalid, ClientInactive.
        """
        return await self._create(client_id, data)

    async def update(self, client_id: UUID, employee_id: UUID, data: schemas.EmployeeUpdate) -> schemas.EmployeeView:
        """
        Raises:
            ClientRecordInvalid, StaleVersion.
        """
        return await self._update(client_id, employee_id, data.version, data)

    async def change_state(self, client_id: UUID, record_id: UUID, change: schemas.StateChange) -> schemas.EmployeeView:
        """Take an employee out of use, or back into use; sign-in and published event follow.

        Raises:
            StaleVersion: changed since it was read.
        """
        changed = await super().change_state(client_id, record_id, change)
        await follow_employee_state(self._work.session, record_id, change.state.value)
        self._work.publish(EmployeeStateChanged(client_id=client_id, employee_id=record_id, state=change.state))
        return changed

    async def search(
        self,
        text: str,
        *,
        client_id: UUID | None = None,
        state: RecordState | None = RecordState.ACTIVE,
        after: schemas.NamePosition | None = None,
        limit: int = 20,
    ) -> list[schemas.EmployeeView]:
        """Employees who are called so, or have it in their telephone or employee number
        (`app.platform.kernel.text_search`).

        Without `client_id` all clients of the actor are searched (a caller on the hot-line). Blank text finds nobody.
        """
        self._work.actor.require(Permission.CLIENT_READ)
        wanted = text.strip()
        if not wanted:
            return []
        conditions = [] if client_id is None else self._conditions(client_id)
        found = matching_employees(wanted, _phone(wanted))
        return await self._records.list(found, *conditions, *self._in_state(state), after=after, limit=limit)


def _phone(text: str) -> str:
    """`text` as a stored telephone number; empty where it is none."""
    try:
        return normalise_phone(text)
    except ClientRecordInvalid:
        return ""
