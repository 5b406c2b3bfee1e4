"""What becomes of a client's devices when its company is forgotten: what they are and what was done to them stays,
where they stood, how they were reached and who held them does not."""

from sqlalchemy import delete

from app.assets.devices.models import Device, DeviceChange, DeviceLabel, DevicePin
from app.platform.kernel.client_company import Company


async def devices(company: Company) -> int:
    """Serial numbers are no names, and prove which device a document speaks of."""
    return await company.change(
        Device,
        company.own(Device),
        employee_id=None,
        reporter_id=None,
        ip_address="",
        mac_address="",
        host_name="",
        remark="",
        version=Device.version + 1,
    )


async def device_changes(company: Company) -> int:
    """Addresses, holders and remarks of before: all of it is what is forgotten."""
    return await company.count(delete(DeviceChange).where(*company.own(DeviceChange)))


async def device_pins(company: Company) -> int:
    """Nobody signs in by them any more."""
    return await company.count(delete(DevicePin).where(*company.own(DevicePin)))


async def device_labels(company: Company) -> int:
    """A label that is still glued somewhere leads nowhere."""
    return await company.count(delete(DeviceLabel).where(*company.own(DeviceLabel)))
