"""Queries of the intake area."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.assets.clients.models import Client
from app.assets.devices import RETIRED_OR_LOST
from app.assets.devices.models import Device, DeviceLabel, DevicePin
from app.people.identity import Reporter
from app.people.single_sign_on import IdentityProvider, ReportersBy
from app.platform.kernel.columns import columns_of
from tenants.models import OPEN_STATES, Tenant


class Holder(msgspec.Struct, frozen=True):
    """The present holder of a device, and the hash of the PIN that the holder was given."""

    device_id: UUID
    client_id: UUID
    client_code: str
    reporter_id: UUID
    display_name: str
    pin_hash: str


async def tenant_by_slug(session: AsyncSession, slug: str) -> UUID | None:
    """The tenant at this address, if its people may sign in."""
    found: UUID | None = await session.scalar(
        select(Tenant.id).where(Tenant.slug == slug, Tenant.state.in_(OPEN_STATES))
    )
    return found


async def is_closed_slug(session: AsyncSession, slug: str) -> bool:
    """Whether a tenant had this slug and is closed now."""
    state = await session.scalar(select(Tenant.state).where(Tenant.slug == slug))
    return state is not None and state not in OPEN_STATES


async def holder_by_number(session: AsyncSession, client_code: str, number: str) -> Holder | None:
    """The holder of the device with this number at this client."""
    return await _holder(session, _HOLDER.where(Client.code == client_code, Device.number == number))


async def holder_by_label(session: AsyncSession, token: str) -> Holder | None:
    """The holder of the device with this label, unless the label was revoked."""
    statement = _HOLDER.join(
        DeviceLabel, and_(DeviceLabel.tenant_id == Device.tenant_id, DeviceLabel.device_id == Device.id)
    ).where(DeviceLabel.token == token, DeviceLabel.revoked_at.is_(None))
    return await _holder(session, statement)


_HOLDER = (
    select(
        *columns_of(
            Holder,
            device_id=Device.id,
            client_id=Device.client_id,
            client_code=Client.code,
            reporter_id=Reporter.id,
            display_name=Reporter.display_name,
            pin_hash=DevicePin.pin_hash,
        )
    )
    .select_from(Device)
    .join(Client, and_(Client.tenant_id == Device.tenant_id, Client.id == Device.client_id))
    .join(
        DevicePin,
        and_(
            DevicePin.tenant_id == Device.tenant_id,
            DevicePin.device_id == Device.id,
            DevicePin.reporter_id == Device.reporter_id,
        ),
    )
    .join(Reporter, and_(Reporter.tenant_id == Device.tenant_id, Reporter.id == Device.reporter_id))
    .outerjoin(
        IdentityProvider,
        and_(
            IdentityProvider.tenant_id == Device.tenant_id,
            IdentityProvider.client_id == Device.client_id,
            IdentityProvider.active,
            IdentityProvider.reporters_by == ReportersBy.PROVIDER,
        ),
    )
    .where(
        Client.state == "active",
        Reporter.state == "active",
        Device.state.not_in(sorted(RETIRED_OR_LOST)),
        # Where a client allows sign-in by company account only, its devices do not exist for PINs.
        IdentityProvider.id.is_(None),
    )
)


async def _holder(session: AsyncSession, statement: Select[*tuple[Any, ...]]) -> Holder | None:
    row = (await session.execute(statement)).first()
    return None if row is None else Holder(*row)


async def pin_is_current(session: AsyncSession, holder: Holder) -> bool:
    """Whether the verified PIN is still the device's; locks the PIN until the transaction ends."""
    kept = await session.scalar(
        select(DevicePin.pin_hash).where(DevicePin.device_id == holder.device_id).with_for_update(read=True)
    )
    return kept == holder.pin_hash


async def labelled_device(session: AsyncSession, token: str) -> UUID | None:
    """The device of a label that is not revoked."""
    found: UUID | None = await session.scalar(
        select(DeviceLabel.device_id).where(DeviceLabel.token == token, DeviceLabel.revoked_at.is_(None))
    )
    return found
