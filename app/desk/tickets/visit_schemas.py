"""Response structs of visits for engineers. Times are UTC."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from app.desk.tickets.call_back import CallBackContact
from app.desk.tickets.report_schemas import ReportEdition
from app.desk.tickets.schemas import TicketView
from app.platform.files import FileSummary


class VisitSummary(msgspec.Struct, frozen=True):
    """One visit in a list. `due_at` is the ticket's nearest target, null while no clock runs."""

    id: UUID
    ticket_id: UUID
    engineer_id: UUID
    mode: str
    state: str
    scheduled_start: datetime
    scheduled_end: datetime
    finished_at: datetime | None
    number: str
    subject: str
    ticket_state: str
    wait_reason: str
    priority: str
    vip: bool
    contact_name: str
    contact_phone: str
    due_at: datetime | None
    client_name: str
    time_zone: str
    site_name: str | None
    site_address: str | None
    device_number: str | None
    device_model: str | None
    signed: bool
    """Whether an edition of its report is signed."""


class VisitDay(msgspec.Struct, frozen=True):
    """An engineer's day in the tenant's time zone: overdue visits, the day's, and the next day's, in order."""

    day: date
    overdue: list[VisitSummary]
    visits: list[VisitSummary]
    next_day: list[VisitSummary]


class VisitToCache(msgspec.Struct, frozen=True):
    """One visit that a phone caches for offline reading; `version` changes with the content of its pages."""

    id: UUID
    state: str
    version: str


class DeviceTicket(msgspec.Struct, frozen=True):
    """An earlier ticket of the same device with the outcome of its last finished visit."""

    ticket_id: UUID
    number: str
    subject: str
    state: str
    reported_at: datetime
    work_done: str
    cause: str
    engineer_name: str


class VisitPhoto(msgspec.Struct, frozen=True):
    """One photo of a visit; `kind` is before or after."""

    kind: str
    file: FileSummary


class DataHandling(msgspec.Struct, frozen=True):
    """A statement about work on a disk, or the fate of a bad one; `kind`: consent, refusal, wiped or retained."""

    id: UUID
    kind: str
    person_name: str
    disk_serial: str
    remark: str
    recorded_at: datetime
    recorded_by_name: str


class VisitDetail(msgspec.Struct, frozen=True):
    """A visit with its ticket, photos, report and the device's earlier tickets."""

    visit: VisitSummary
    ticket: TicketView
    device_tickets: list[DeviceTicket]
    photos: list[VisitPhoto]
    report: ReportEdition | None
    """The newest edition of the visit's report."""
    data_handling: list[DataHandling]
    """Oldest first."""
    call_back: CallBackContact
    """The contact to call before setting out."""
