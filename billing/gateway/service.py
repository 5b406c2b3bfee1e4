"""Use cases of the company's account at the payment provider."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final
from uuid import UUID

from sqlalchemy import literal_column, select
from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.contact_details import normalise_email
from app.platform.kernel.errors import StaleVersion
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.gateway.errors import AlreadyConnected, GatewaySilent, NotConnected
from billing.gateway.models import GatewayConnection, GatewayObject
from billing.gateway.permissions import GatewayPermission
from billing.gateway.port import GatewayAccount, GatewayRefused, GatewayUnreachable
from billing.gateway.schemas import ConnectionView
from billing.gateway.states import CONNECTION, ConnectionMove, ConnectionState
from billing.gateway.stripe_adapter import gateway_of

PAGE: Final = "/workspace/online-payments"
Begin = Callable[[], AbstractAsyncContextManager[UnitOfWork]]


class Connections:
    """The account of the actor's company.

    Raises:
        Forbidden: without `gateway_connection:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(GatewayPermission.GATEWAY_CONNECTION_READ)
        self._work = work

    async def current(self) -> ConnectionView | None:
        """The account that is used; None: the company takes no payments online."""
        row = await self._row()
        return None if row is None else connection_view(row)

    async def open(self, email: str) -> ConnectionView:
        """Begin: the account itself is opened when the provider is asked for the first time.

        Raises:
            Forbidden: without `gateway_connection:write`.
            AlreadyConnected: there is one.
        """
        work = self._work
        work.actor.require(GatewayPermission.GATEWAY_CONNECTION_WRITE)
        values = {
            "tenant_id": work.tenant_id,
            "id": work.new_id(),
            "account_id": "",
            "email": normalise_email(email),
            "state": ConnectionState.CONNECTING,
            "payouts_enabled": False,
            "currency": "",
            "missing": [],
            "created_at": work.now,
            "created_by": work.actor.display_name,
            "changed_at": work.now,
            "version": 1,
        }
        # Of two who begin at once the database lets one: there is no row yet that either could lock.
        row = await work.session.scalar(
            insert(GatewayConnection)
            .values(values)
            .on_conflict_do_nothing(
                index_elements=[GatewayConnection.tenant_id],
                index_where=GatewayConnection.state != literal_column("'disconnected'"),
            )
            .returning(GatewayConnection)
        )
        if row is None:
            raise AlreadyConnected
        work.audit("gateway_connection.created", "gateway_connection", row.id)
        return connection_view(row)

    async def opened(self, connection_id: UUID, account: GatewayAccount) -> None:
        """The provider has answered; the same answer again changes nothing.

        Raises:
            Forbidden: without `gateway_connection:write`.
            NotConnected: it was parted from meanwhile.
        """
        self._work.actor.require(GatewayPermission.GATEWAY_CONNECTION_WRITE)
        row = await self._row(lock=True)
        if row is None or row.id != connection_id:
            raise NotConnected
        row.account_id = account.id
        self.take(row, account)

    async def disconnect(self, version: int) -> None:
        """Part from the account: nobody pays online any more, what was paid stays the company's.

        Raises:
            Forbidden: without `gateway_connection:write`.
            NotConnected, StaleVersion, ConnectionMoveRefused
        """
        self._work.actor.require(GatewayPermission.GATEWAY_CONNECTION_WRITE)
        row = await self._row(lock=True)
        if row is None:
            raise NotConnected
        if row.version != version:
            raise StaleVersion
        row.state = CONNECTION.after(ConnectionMove.DISCONNECT, row.state)
        row.changed_at, row.version = self._work.now, row.version + 1
        self._work.audit("gateway_connection.closed", "gateway_connection", row.id)
        await self._work.session.flush()

    def take(self, row: GatewayConnection, account: GatewayAccount) -> None:
        """Write down what the provider says of the account now."""
        before = row.state
        if account.charges_enabled:
            row.state = CONNECTION.after(ConnectionMove.ACTIVATE, row.state)
        elif row.state != ConnectionState.CONNECTING:
            row.state = CONNECTION.after(ConnectionMove.RESTRICT, row.state)
        row.payouts_enabled, row.currency = account.payouts_enabled, account.currency
        row.missing, row.changed_at, row.version = list(account.missing), self._work.now, row.version + 1
        if row.state != before:
            self._work.audit("gateway_connection.changed", "gateway_connection", row.id, state=row.state)

    async def _row(self, *, lock: bool = False) -> GatewayConnection | None:
        found = select(GatewayConnection).where(GatewayConnection.state != ConnectionState.DISCONNECTED)
        if lock:
            found = found.with_for_update().execution_options(populate_existing=True)
        return await self._work.session.scalar(found)


async def takes_payments(work: UnitOfWork) -> bool:
    """Whether the company can be paid online. Asked in the company's own view: no client sees the account."""
    active = select(GatewayConnection.id).where(GatewayConnection.state == ConnectionState.ACTIVE)
    return await work.session.scalar(active) is not None


async def account_of_object(work: UnitOfWork, object_id: str) -> str:
    """The account in which the provider keeps something: where it was told of, or else the one that is used now.

    Raises:
        NotConnected: none.
    """
    told = await work.session.scalar(select(GatewayObject.account_id).where(GatewayObject.object_id == object_id))
    if told is not None:
        return told
    used = await work.session.scalar(
        select(GatewayConnection.account_id).where(GatewayConnection.state != ConnectionState.DISCONNECTED)
    )
    if not used:
        raise NotConnected
    return used


async def account_changed(work: UnitOfWork, account: GatewayAccount) -> None:
    """The provider's news of an account; of one that the company has parted from they change nothing."""
    row = await work.session.scalar(
        select(GatewayConnection)
        .where(GatewayConnection.account_id == account.id, GatewayConnection.state != ConnectionState.DISCONNECTED)
        .with_for_update()
    )
    if row is not None:
        Connections(work).take(row, account)


async def onboarding_link(runtime: Runtime, begin: Begin) -> str:
    """Where the company tells the provider who it is. Opens the account first, once: its key is the connection's id.

    `begin` opens a unit of work of whoever asks; nothing is open while the provider is spoken with.

    Raises:
        Forbidden: without `gateway_connection:write`.
        NotConnected: the company has not begun.
        OnlinePaymentsOff: no provider.
        GatewaySilent: it does not answer, or will not.
    """
    async with begin() as work:
        work.actor.require(GatewayPermission.GATEWAY_CONNECTION_WRITE)
        connection = await Connections(work).current()
    if connection is None:
        raise NotConnected
    back = f"{runtime.settings.public_url}{PAGE}"
    try:
        async with gateway_of(runtime.settings) as gateway:
            if not connection.account_id:
                account = await gateway.open_account(connection.email, f"account-{connection.id}")
                async with begin() as work:
                    await Connections(work).opened(connection.id, account)
            else:
                account = await gateway.fetch_account(connection.account_id)
            return await gateway.account_link(account.id, back, f"{back}/onboarding")
    except (GatewayRefused, GatewayUnreachable) as silent:
        raise GatewaySilent from silent


def connection_view(row: GatewayConnection) -> ConnectionView:
    """The account as it is shown."""
    return ConnectionView(
        id=row.id,
        state=ConnectionState(row.state),
        account_id=row.account_id,
        email=row.email,
        payouts_enabled=row.payouts_enabled,
        currency=row.currency,
        missing=tuple(row.missing),
        created_at=row.created_at,
        version=row.version,
    )
