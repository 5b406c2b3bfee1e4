"""Request and response structs of the clients' area. Texts come as typed; `app.assets.clients.validation` normalises
them."""

from datetime import datetime
from uuid import UUID

import msgspec

from app.assets.clients.labels import EngagementModel, RecordState
from app.platform.kernel.input_text import Code, Input, Line, Text
from app.platform.kernel.time_source import PLATFORM_ZONE


class ClientCreate(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new client company. `code` is the portal address below the partner's slug; `city_code` is GB/T 2260."""

    name: Line
    code: Line
    short_name: Line = ""
    industry: Line = ""
    city_code: Code = ""
    time_zone: Code = PLATFORM_ZONE.key
    engagement_models: list[EngagementModel] = msgspec.field(default_factory=list)
    remark: Text = ""


class ClientUpdate(ClientCreate, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file as it is to be. `version` is the one that was read."""

    version: int


class ClientView(msgspec.Struct, frozen=True, kw_only=True):
    """A client company."""

    id: UUID
    code: str
    name: str
    short_name: str
    industry: str
    city_code: str
    time_zone: str
    engagement_models: list[EngagementModel]
    state: RecordState
    remark: str
    created_at: datetime
    erased_at: datetime | None
    version: int


class ClientFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which clients a list shows; `text` is part of the name, the short name or the code."""

    text: str = ""
    industry: str = ""
    city_code: str = ""
    state: RecordState | None = RecordState.ACTIVE


class NamePosition(msgspec.Struct, frozen=True):
    """Where a page that is sorted by name ends."""

    name: str
    id: UUID


class ClientCount(msgspec.Struct, frozen=True):
    """How many active clients have one value; the value is empty where it is not known."""

    value: str
    clients: int


class Distribution(msgspec.Struct, frozen=True):
    """Active clients by industry and by city code, most first."""

    industries: list[ClientCount]
    cities: list[ClientCount]


class StateChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Take out of use, or back into use. `version` is the one that was read."""

    state: RecordState
    version: int


class SiteCreate(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new site. Names are unique within the client."""

    name: Line
    address: Line = ""
    city_code: Code = ""
    phone: Line = ""


class SiteUpdate(SiteCreate, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole record as it is to be. `version` is the one that was read."""

    version: int


class SiteView(msgspec.Struct, frozen=True, kw_only=True):
    """A place where devices stand."""

    id: UUID
    client_id: UUID
    name: str
    address: str
    city_code: str
    phone: str
    state: RecordState
    version: int


class DepartmentCreate(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new department. Names are unique within the client."""

    name: Line
    cost_centre: Line = ""


class DepartmentUpdate(DepartmentCreate, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole record as it is to be. `version` is the one that was read."""

    version: int


class DepartmentView(msgspec.Struct, frozen=True, kw_only=True):
    """A department of the client, by which costs are grouped."""

    id: UUID
    client_id: UUID
    name: str
    cost_centre: str
    state: RecordState
    version: int


class ContactCreate(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new contact."""

    name: Line
    function: Line = ""
    phone: Line = ""
    email: Line = ""
    site_id: UUID | None = None


class ContactUpdate(ContactCreate, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole record as it is to be. `version` is the one that was read."""

    version: int


class ContactView(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody at the client whom the partner calls."""

    id: UUID
    client_id: UUID
    name: str
    function: str
    phone: str
    email: str
    site_id: UUID | None
    state: RecordState
    version: int


class EmployeeCreate(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new employee of the client."""

    name: Line
    employee_number: Line = ""
    phone: Line = ""
    email: Line = ""
    vip: bool = False
    site_id: UUID | None = None
    department_id: UUID | None = None


class EmployeeUpdate(EmployeeCreate, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole record as it is to be. `version` is the one that was read."""

    version: int


class EmployeeView(msgspec.Struct, frozen=True, kw_only=True):
    """A person at the client who uses devices."""

    id: UUID
    client_id: UUID
    name: str
    employee_number: str
    phone: str
    email: str
    vip: bool
    site_id: UUID | None
    department_id: UUID | None
    state: RecordState
    version: int
