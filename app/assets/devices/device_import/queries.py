"""Queries for the client's devices that a list may mean, each for many rows at once."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, String, all_, any_, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.assets.devices.device_import.conflicts import UNIQUE_FIELDS, RecordedValues
from app.assets.devices.device_import.drafts import DeviceDraft
from app.assets.devices.models import Device


async def devices_by_number(
    session: AsyncSession, client_id: UUID, drafts: Sequence[DeviceDraft], *, lock: bool = False
) -> dict[str, Device]:
    """The client's devices whose numbers stand in the list."""
    numbers = [draft.number for draft in drafts]
    statement = (
        select(Device)
        .where(Device.client_id == client_id, Device.number == any_(literal(numbers, ARRAY(String))))
        .order_by(Device.id)
    )
    if lock:
        statement = statement.with_for_update()
    return {device.number: device for device in await session.scalars(statement)}


async def recorded_values(
    session: AsyncSession, client_id: UUID, drafts: Sequence[DeviceDraft], stored: Mapping[str, Device]
) -> RecordedValues:
    """The client's devices that have a serial number or an address of the rows, beside those that the rows name."""
    listed = {draft.number: draft for draft in drafts}
    same = [
        getattr(Device, field) == any_(literal(values, ARRAY(String)))
        for field in UNIQUE_FIELDS
        if (values := sorted({value for draft in listed.values() if (value := getattr(draft, field))}))
    ]
    if not same:
        return RecordedValues(stored.values(), listed)
    others = await session.scalars(
        select(Device).where(
            Device.client_id == client_id,
            Device.number != all_(literal(list(listed), ARRAY(String))),
            or_(*same),
        )
    )
    return RecordedValues([*stored.values(), *others], listed)
