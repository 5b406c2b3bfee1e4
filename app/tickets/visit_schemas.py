"""What comes out of visits for those who do them. Times are UTC."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from app.files import KeptFile
from app.tickets.calling_back import CallBack
from app.tickets.report_schemas import Edition
from app.tickets.schemas import Ticket


class VisitSummary(msgspec.Struct, frozen=True):
    """One visit as a day's list shows it. `due_at` is the ticket's nearest promised time, null while nothing counts."""

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
    """An engineer's day by the tenant's calendar: what is left from before, the day, and the next one, in order."""

    day: date
    overdue: list[VisitSummary]
    visits: list[VisitSummary]
    next_day: list[VisitSummary]


class VisitToHold(msgspec.Struct, frozen=True):
    """One visit that a phone keeps for reading without a network; `version` changes with whatever its pages show."""

    id: UUID
    state: str
    version: str


class DeviceStory(msgspec.Struct, frozen=True):
    """An earlier fault of the same device and what was done about it; the last finished visit speaks."""

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
    file: KeptFile


class DataHandling(msgspec.Struct, frozen=True):
    """What was said about work on a disk, or what became of a bad one: consent, refusal, wiped or retained."""

    id: UUID
    kind: str
    person_name: str
    disk_serial: str
    remark: str
    recorded_at: datetime
    recorded_by_name: str


class VisitDetail(msgspec.Struct, frozen=True):
    """All that the engineer needs at the door."""

    visit: VisitSummary
    ticket: Ticket
    stories: list[DeviceStory]
    photos: list[VisitPhoto]
    report: Edition | None
    """The newest edition of the visit's report."""
    data_handling: list[DataHandling]
    """Oldest first."""
    call_back: CallBack
    """Whom to ring up before setting out."""
