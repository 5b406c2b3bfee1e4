"""The parsed values of one row. None means that the row has no value: a stored value then stays."""

from datetime import date

import msgspec

from app.assets.clients import ListedPerson


class DeviceDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a device list (一机一档)."""

    number: str
    """Half-width and upper case, without spaces: the key of a repeated import."""
    category: str | None = None
    """A code of `categories.CATEGORY_NAMES`."""
    brand: str | None = None
    model: str | None = None
    serial_number: str | None = None
    part_number: str | None = None
    hardware_configuration: str | None = None
    operating_system: str | None = None
    software: str | None = None
    ip_address: str | None = None
    mac_address: str | None = None
    """`AA:BB:CC:DD:EE:FF`."""
    host_name: str | None = None
    holder: str | None = None
    """Name of the employee who uses the device."""
    holder_employee_number: str | None = None
    holder_email: str | None = None
    holder_phone: str | None = None
    is_shared: bool | None = None
    """Used by many (a POS till): reports are made as the device and not as an employee."""
    department: str | None = None
    site: str | None = None
    purchased_on: date | None = None
    warranty_until: date | None = None
    status: str | None = None
    """`in_use`, `spare`, `in_repair`, `retired` or `lost`."""
    remark: str | None = None

    @property
    def person(self) -> ListedPerson:
        """The employee whom the row names."""
        return ListedPerson(
            self.holder or "", self.department or "", self.holder_employee_number or "", self.holder_email or ""
        )
