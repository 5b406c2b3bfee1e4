"""Request and response structs of the tickets area. Times are UTC; ids are UUIDs."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from app.agreements.sla import Impact, Urgency
from app.desk.tickets.lifecycle import Move, TicketState, VisitMode, VisitOutcome
from app.platform.kernel.input_text import CODE, LINE, TEXT, Input, Label
from app.platform.kernel.texts import N_
from app.platform.promises import ClockView, WaitReason

Subject = Annotated[str, LINE, Meta(min_length=1, max_length=120)]
LongText = Annotated[str, TEXT, Meta(max_length=4_000)]
ShortText = Annotated[str, LINE, Meta(max_length=60)]
Phone = Annotated[str, LINE, Meta(max_length=40)]
Code = Annotated[str, CODE, Meta(max_length=40)]
_WORK_DONE = Label(N_("做了什么"), refusal=N_("请写下做了什么，最多 4000 字。"))
_MINUTES = Label(N_("用了几分钟"), refusal=N_("请填写 0 到 1440 分钟。"))
_TRAVEL = Label(N_("路上几分钟"), refusal=N_("请填写 0 到 1440 分钟。"))
_GOODWILL = Label(N_("按免费处理的原因"), refusal=N_("原因最多 500 字。"))
Moment = Annotated[datetime, Meta(tz=True)]
"""A time that must come with its UTC offset."""


class TicketCreate(Input, frozen=True, forbid_unknown_fields=True):
    """A new ticket from staff or a client's people. Missing fields are taken from the device."""

    subject: Subject
    client_id: UUID | None = None
    """Needed from staff; a client's people report for their own company only."""
    device_id: UUID | None = None
    description: LongText = ""
    service_category: Code = ""
    product_category: Code = ""
    impact: Impact = Impact.LOW
    urgency: Urgency = Urgency.MEDIUM
    contact_name: ShortText = ""
    contact_phone: Phone = ""
    symptom: Annotated[str, CODE, Meta(max_length=20)] = ""


class Triage(Input, frozen=True, forbid_unknown_fields=True):
    """How a ticket is classified (T2); the priority follows from the policy's matrix."""

    service_category: Code
    product_category: Code
    impact: Impact
    urgency: Urgency
    version: int | None = None


class Assignment(Input, frozen=True, forbid_unknown_fields=True):
    """Who goes when. `scheduled_end` later than `scheduled_start`; aware times."""

    engineer_id: UUID
    scheduled_start: Moment
    scheduled_end: Moment
    mode: VisitMode = VisitMode.ON_SITE
    note: LongText = ""
    beside: bool = False
    """Beside the open visits instead of in their place."""
    version: int | None = None


class Waiting(Input, frozen=True, forbid_unknown_fields=True):
    """What the ticket waits for; the note is public."""

    reason: WaitReason
    note: LongText = ""


class Correction(Input, frozen=True, forbid_unknown_fields=True):
    """What was done, in minutes at work and on the way. `disks`: a disk or the data on it was worked on, which takes
    the recorded consent of whoever was there (C5)."""

    work_done: Annotated[str, TEXT, Meta(min_length=1, max_length=4_000), _WORK_DONE]
    cause: LongText = ""
    work_minutes: Annotated[int, Meta(ge=0, le=1_440), _MINUTES] = 0
    travel_minutes: Annotated[Annotated[int, Meta(ge=0, le=1_440)] | None, _TRAVEL] = None
    disks: bool = False


class Resolution(Correction, frozen=True, forbid_unknown_fields=True):
    """Work that is done. With `goodwill_reason` it is not charged; work that needs an approved quote can be finished so
    before the approval."""

    goodwill_reason: Annotated[str, TEXT, Meta(max_length=500), _GOODWILL] = ""


class DeskMode(StrEnum):
    """How a fault is fixed from the desk."""

    TELEPHONE = "telephone"
    REMOTE = "remote"


class DeskResolution(Resolution, frozen=True, forbid_unknown_fields=True):
    """What was done from the desk, without a planned visit."""

    mode: DeskMode = DeskMode.TELEPHONE


class VisitResult(Resolution, frozen=True, forbid_unknown_fields=True):
    """How a visit ended. Unresolved, the ticket waits for `waiting_for`, or goes back to dispatch for another visit."""

    outcome: VisitOutcome = VisitOutcome.RESOLVED
    waiting_for: WaitReason | None = None


class Reason(Input, frozen=True, forbid_unknown_fields=True):
    """Why a ticket is cancelled, reopened or declined."""

    reason: Annotated[str, TEXT, Meta(min_length=1, max_length=500)]


class Unassignment(Input, frozen=True, forbid_unknown_fields=True):
    """Which visit the desk calls off: `visit_id`, or the one that the ticket's state follows. Staff read the reason."""

    visit_id: UUID | None = None
    reason: Annotated[str, TEXT, Meta(max_length=500)] = ""
    version: int | None = None


class TicketMessage(Input, frozen=True, forbid_unknown_fields=True):
    """A public reply or an internal note."""

    text: Annotated[str, TEXT, Meta(min_length=1, max_length=4_000)]


class TicketSummary(msgspec.Struct, frozen=True):
    """A ticket in a list."""

    id: UUID
    number: str
    state: TicketState
    wait_reason: str
    priority: str
    subject: str
    channel: str
    client_id: UUID
    client_name: str | None
    device_id: UUID | None
    device_number: str | None
    site_name: str | None
    engineer_id: UUID | None
    engineer_name: str | None
    contact_name: str
    reported_at: datetime
    due_at: datetime | None
    resolved_at: datetime | None
    rating: int | None
    vip: bool


class TimelineEntry(msgspec.Struct, frozen=True):
    """One entry of the timeline; `internal` entries exist for the partner's staff only."""

    id: UUID
    occurred_at: datetime
    kind: str
    state: str
    actor_kind: str
    actor_name: str
    text: str
    details: dict[str, Any]
    internal: bool = False


class VisitView(msgspec.Struct, frozen=True):
    """One visit. Work from the desk has no engineer: then `performed_by_name` is who did it."""

    id: UUID
    ticket_id: UUID
    engineer_id: UUID | None
    engineer_name: str | None
    planned: bool
    performed_by_name: str
    mode: str
    state: str
    scheduled_start: datetime
    scheduled_end: datetime
    accepted_at: datetime | None
    departed_at: datetime | None
    arrived_at: datetime | None
    finished_at: datetime | None
    work_minutes: int | None
    travel_minutes: int | None
    outcome: str
    work_done: str
    cause: str
    version: int


class TicketView(msgspec.Struct, frozen=True):
    """A ticket as its reader may see it. `moves` are those that this reader may make."""

    id: UUID
    number: str
    state: TicketState
    wait_reason: str
    priority: str
    impact: str
    urgency: str
    subject: str
    description: str
    symptom: str
    channel: str
    service_category: str
    product_category: str
    client_id: UUID
    client_name: str | None
    """Null for a reporter."""
    site_id: UUID | None
    site_name: str | None
    site_address: str | None
    department_name: str | None
    device_id: UUID | None
    device_number: str | None
    device_model: str | None
    reporter_id: UUID | None
    contact_name: str
    contact_phone: str
    engineer_id: UUID | None
    engineer_name: str | None
    engineer_level: str | None
    time_zone: str | None
    reported_at: datetime
    due_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    confirmed_by: str
    reopened: int
    rating: int | None
    vip: bool
    version: int
    moves: tuple[Move, ...]
    clocks: list[ClockView]
    timeline: list[TimelineEntry]
    visits: list[VisitView]


class TicketCreated(msgspec.Struct, frozen=True):
    """A ticket just created."""

    id: UUID
    number: str
    state: TicketState
    priority: str
    reported_at: datetime
    due_at: datetime | None
    follow_token: str


class TicketFilter(msgspec.Struct, frozen=True):
    """Filter of a ticket list. Empty means everything that the actor may see.

    `text` searches (`app.platform.kernel.text_search`) number, subject, contact name and telephone number, client
    and device;
    `title` number and subject only; `number` is the beginning of a number, with or without its `FW-`; `due_from` and
    `due_before` leave out tickets without a due time.
    """

    states: tuple[TicketState, ...] = ()
    priorities: tuple[str, ...] = ()
    client_id: UUID | None = None
    device_id: UUID | None = None
    engineer_id: UUID | None = None
    text: str = ""
    title: str = ""
    number: str = ""
    open_only: bool = False
    due_from: datetime | None = None
    due_before: datetime | None = None
    reported_from: datetime | None = None
    reported_to: datetime | None = None
