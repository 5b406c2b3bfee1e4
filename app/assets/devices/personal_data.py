"""What this area keeps of an employee: devices held, and the name in their change log."""

from typing import Any

from sqlalchemy import Text, cast, delete, select

from app.assets.devices.models import Device, DeviceChange, DevicePin
from app.platform.kernel.personal_data import Person


async def erase(person: Person) -> dict[str, int]:
    """Devices lose their holder and PIN; the change log loses the name."""
    return {
        "device_change": await _device_changes(person),
        "device_pin": await person.count(
            delete(DevicePin).where(
                DevicePin.client_id == person.client_id, DevicePin.reporter_id.in_(person.reporters)
            )
        ),
        "device": await person.change(
            Device, _held(person), employee_id=None, reporter_id=None, remark=person.without(Device.remark)
        ),
    }


async def tell(person: Person) -> dict[str, list[dict[str, Any]]]:
    """The devices held."""
    columns = (Device.id, Device.number, Device.brand, Device.model)
    return {"devices_held": await person.rows(*columns, where=_held(person), order=Device.number)}


def _held(person: Person) -> tuple[Any, ...]:
    return (Device.client_id == person.client_id, Device.employee_id == person.employee_id)


async def _device_changes(person: Person) -> int:
    """Replace the person's name in the change log of devices that they held."""
    if not person.words:
        return 0
    rows = await person.session.scalars(
        select(DeviceChange).where(
            DeviceChange.client_id == person.client_id,
            cast(DeviceChange.changes, Text).contains(person.name, autoescape=True),
        )
    )
    changed = 0
    for row in rows:
        replaced = person.replaced(row.changes)
        if replaced != row.changes:
            row.changes = replaced
            changed += 1
    return changed
