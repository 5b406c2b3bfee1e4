"""Whether anything new may begin with a client: a fault, a device, a contract, a quote, an order, a case."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.assets.clients.errors import ClientInactive
from app.assets.clients.labels import RecordState
from app.assets.clients.models import Client
from app.platform.kernel.errors import NotFound


async def client_in_use(session: AsyncSession, client_id: UUID | None) -> Client:
    """The client with which something new begins.

    Raises:
        NotFound: no such client for this actor.
        ClientInactive: out of use, or forgotten.
    """
    client: Client | None = await session.scalar(select(Client).where(Client.id == client_id))
    if client is None:
        raise NotFound
    require_in_use(client.state)
    return client


def require_in_use(state: str) -> None:
    """
    Raises:
        ClientInactive: it is the state of a client out of use.
    """
    if state != RecordState.ACTIVE:
        raise ClientInactive
