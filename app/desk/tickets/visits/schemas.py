"""Structs of visits for engineers. Times are UTC."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.desk.tickets.schemas import TicketView
from app.desk.tickets.service_reports.schemas import ReportEdition
from app.desk.tickets.visits.call_back import CallBackContact
from app.platform.files import FileSummary
from app.platform.kernel.input_text import CODE, Input


class VisitSummary(msgspec.Struct, frozen=True):
    """One visit in a list. `due_at` is the ticket's nearest target, null while no clock runs."""

    id: UUID
    ticket_id: UUID
    engineer_id: UUID | None
    """None for work from the desk."""
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


class UnsentKind(StrEnum):
    """Kind of a record that waits on a phone."""

    PHOTOS = "photos"
    OTHER = "other"


class UnsentAction(Input, frozen=True):
    """An action that the phone still holds; `pieces` are the photos in it."""

    id: Annotated[str, CODE, Meta(min_length=8, max_length=80)]
    kind: UnsentKind = UnsentKind.OTHER
    pieces: Annotated[int, Meta(ge=1, le=50)] = 1


class StillOnPhone(msgspec.Struct, frozen=True):
    """How much of one kind still waits on the engineer's phone."""

    kind: UnsentKind
    pieces: int


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
    still_on_phone: list[StillOnPhone]
    """Records of a finished visit that have not come from the engineer's phone yet."""
    call_back: CallBackContact
    """The contact to call before setting out."""
    goodwill_reason: str
    """Why a finished visit is not charged; empty: it is billable."""
