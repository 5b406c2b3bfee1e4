"""Request and response structs of the device area."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from app.assets.devices.categories import OTHER
from app.assets.devices.states import DeviceState
from app.platform.kernel.input_text import LINE, TEXT, Code, Input, Line

Number = Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=40)]
Text100 = Annotated[str, LINE, msgspec.Meta(max_length=100)]
Text200 = Annotated[str, LINE, msgspec.Meta(max_length=200)]
Paragraph = Annotated[str, TEXT, msgspec.Meta(max_length=4_000)]


class DeviceFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which devices a list shows. `text` is what somebody is looking for (`app.platform.kernel.text_search`) in
    number, serial
    number, brand, model, addresses, host name and the holder's name."""

    client_id: UUID | None = None
    site_id: UUID | None = None
    department_id: UUID | None = None
    employee_id: UUID | None = None
    state: DeviceState | None = None
    category: str | None = None
    text: str = ""


class DeviceSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A device in a list. Names are empty where the reader may not see the record."""

    id: UUID
    number: str
    category: str
    brand: str
    model: str
    serial_number: str
    state: DeviceState
    shared: bool
    client_id: UUID
    client_name: str
    site_name: str
    department_name: str
    holder_name: str
    version: int


class DeviceDetail(DeviceSummary, frozen=True, kw_only=True):
    """The whole device file (一机一档)."""

    part_number: str
    hardware: str
    operating_system: str
    software: str
    ip_address: str
    mac_address: str
    host_name: str
    site_id: UUID | None
    department_id: UUID | None
    employee_id: UUID | None
    reporter_id: UUID | None
    purchased_on: date | None
    warranty_until: date | None
    remark: str
    created_at: datetime


class DeviceAccess(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a device has a label and a PIN, for the partner's staff; never the PIN itself."""

    label_made_at: datetime | None
    pin_issued_at: datetime | None
    pin_issued_by: str


class DeviceChangeView(msgspec.Struct, frozen=True, kw_only=True):
    """One change: field → [before, after], records by their present names."""

    id: UUID
    occurred_at: datetime
    actor_name: str
    source: str
    changes: dict[str, tuple[str, str]]


class DeviceCreate(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new device file."""

    client_id: UUID
    number: Number
    category: Line = OTHER
    brand: Text100 = ""
    model: Text200 = ""
    serial_number: Text100 = ""
    part_number: Text100 = ""
    hardware: Paragraph = ""
    operating_system: Text200 = ""
    software: Paragraph = ""
    ip_address: Text100 = ""
    mac_address: Text100 = ""
    host_name: Text200 = ""
    site_id: UUID | None = None
    department_id: UUID | None = None
    employee_id: UUID | None = None
    shared: bool = False
    purchased_on: date | None = None
    warranty_until: date | None = None
    state: DeviceState = DeviceState.IN_USE
    remark: Paragraph = ""


class DeviceUpdate(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to change; what is left out stays. `version` is the one that was read."""

    version: int
    number: Number | UnsetType = UNSET
    category: Line | UnsetType = UNSET
    brand: Text100 | UnsetType = UNSET
    model: Text200 | UnsetType = UNSET
    serial_number: Text100 | UnsetType = UNSET
    part_number: Text100 | UnsetType = UNSET
    hardware: Paragraph | UnsetType = UNSET
    operating_system: Text200 | UnsetType = UNSET
    software: Paragraph | UnsetType = UNSET
    ip_address: Text100 | UnsetType = UNSET
    mac_address: Text100 | UnsetType = UNSET
    host_name: Text200 | UnsetType = UNSET
    site_id: UUID | UnsetType | None = UNSET
    department_id: UUID | UnsetType | None = UNSET
    employee_id: UUID | UnsetType | None = UNSET
    shared: bool | UnsetType = UNSET
    purchased_on: date | UnsetType | None = UNSET
    warranty_until: date | UnsetType | None = UNSET
    state: DeviceState | UnsetType = UNSET
    remark: Paragraph | UnsetType = UNSET


class DeviceChoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Chosen devices, for labels or PINs."""

    device_ids: list[UUID]


class LabelRequest(DeviceChoice, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`layout` is a key of `LABEL_LAYOUTS`; `first_position` leaves places of a used sheet free. Without `print_anyway`
    labels are refused on which characters would stand as numbers, because no typeface has them."""

    layout: Code = "a4_3x8"
    first_position: Annotated[int, msgspec.Meta(ge=0, le=50)] = 0
    print_anyway: bool = False


class PinRequest(DeviceChoice, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without `print_anyway` slips are refused on which characters would stand as numbers, because no typeface has
    them; no PIN is issued then."""

    print_anyway: bool = False
