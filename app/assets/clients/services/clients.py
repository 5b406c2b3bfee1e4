"""Client companies: setting up, changing, taking out of use, finding."""

from typing import Any
from uuid import UUID

from app.assets.clients import models, schemas
from app.assets.clients.errors import ClientErased
from app.assets.clients.events import ClientAdded, ClientStateChanged
from app.assets.clients.repository import RecordRepository, active_counts, client_counts_by, matching_clients
from app.assets.clients.validation import validated
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission


class ClientService:
    """A client's own people read their own company only; row-level security enforces it."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._records = RecordRepository(work.session, models.Client, schemas.ClientView)

    async def list(self, wanted: schemas.ClientFilter, *, limit: int = 50) -> list[schemas.ClientView]:
        """Clients by name.

        Raises:
            Forbidden: without `client:read`.
        """
        self._work.actor.require(Permission.CLIENT_READ)
        return await self._records.list(*matching_clients(wanted), limit=limit)

    async def get(self, client_id: UUID) -> schemas.ClientView:
        """
        Raises:
            Forbidden: without `client:read`.
            NotFound: no such client for this actor.
        """
        self._work.actor.require(Permission.CLIENT_READ)
        return await self._records.get(models.Client.id == client_id)

    async def create(self, data: schemas.ClientCreate) -> schemas.ClientView:
        """Set up a client company; an empty short name becomes the beginning of the name.

        Raises:
            Forbidden: without `client:write`.
            ClientRecordInvalid: naming the fields at fault.
            CodeTaken: another client has the portal address.
        """
        self._work.actor.require(Permission.CLIENT_WRITE)
        added = await self._records.add(
            {
                **_values(data),
                "tenant_id": self._work.tenant_id,
                "id": self._work.new_id(),
                "created_at": self._work.now,
            }
        )
        self._work.publish(ClientAdded(client_id=added.id))
        self._work.audit("client.created", "client", added.id)
        return added

    async def update(self, client_id: UUID, data: schemas.ClientUpdate) -> schemas.ClientView:
        """
        Raises:
            Forbidden: without `client:write`.
            ClientRecordInvalid: naming the fields at fault.
            CodeTaken: another client has the portal address.
            StaleVersion: changed since it was read.
            NotFound: no such client for this actor.
            ClientErased: the company was forgotten.
        """
        self._work.actor.require(Permission.CLIENT_WRITE)
        before = await self._known(client_id)
        values = _values(data)
        changed = await self._records.change(data.version, values, models.Client.id == client_id)
        fields = sorted(field for field, value in values.items() if getattr(before, field) != value)
        self._work.audit("client.changed", "client", client_id, fields=fields)
        return changed

    async def change_state(self, client_id: UUID, change: schemas.StateChange) -> schemas.ClientView:
        """Take a client out of use, or back into use. Its records and history stay.

        Raises:
            Forbidden: without `client:write`.
            StaleVersion: changed since it was read.
            NotFound: no such client for this actor.
            ClientErased: the company was forgotten.
        """
        self._work.actor.require(Permission.CLIENT_WRITE)
        await self._known(client_id)
        changed = await self._records.change(
            change.version, {"state": change.state.value}, models.Client.id == client_id
        )
        self._work.publish(ClientStateChanged(client_id=client_id, state=change.state))
        self._work.audit("client.state_changed", "client", client_id, state=change.state)
        return changed

    async def _known(self, client_id: UUID) -> schemas.ClientView:
        """A client that was not forgotten. The erasure holds its row: a change beside it finds another version."""
        found = await self.get(client_id)
        if found.erased_at is not None:
            raise ClientErased
        return found

    async def distribution(self) -> schemas.Distribution:
        """How the active clients spread over industries and cities.

        Raises:
            Forbidden: without `client:read`.
        """
        self._work.actor.require(Permission.CLIENT_READ)
        session = self._work.session
        return schemas.Distribution(
            await client_counts_by(session, models.Client.industry),
            await client_counts_by(session, models.Client.city_code),
        )

    async def counts(self, client_id: UUID) -> dict[str, int]:
        """How many active sites, departments, contacts and employees: `site`, `department`, `contact`, `employee`.

        Raises:
            Forbidden: without `client:read`.
        """
        self._work.actor.require(Permission.CLIENT_READ)
        return await active_counts(self._work.session, client_id)


def _values(data: schemas.ClientCreate) -> dict[str, Any]:
    values = validated(data, models.Client)
    values["short_name"] = values["short_name"] or values["name"][:40]
    values["engagement_models"] = sorted({model.value for model in data.engagement_models})
    return values
