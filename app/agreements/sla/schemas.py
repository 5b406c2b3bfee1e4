"""Request and response structs of the service levels' settings."""

from datetime import datetime
from uuid import UUID

import msgspec

from app.agreements.sla.policy import SlaPolicyDocument
from app.platform.kernel.input_text import Code, Input, Line
from app.platform.promises import DateException, ServiceCalendar


class CalendarCreate(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new calendar. `template` is the code of the template that it began as."""

    name: Line
    calendar: ServiceCalendar
    template: Code = ""


class CalendarUpdate(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The calendar as it is to be from now on. `version` is the one that was read."""

    name: Line
    calendar: ServiceCalendar
    version: int
    active: bool = True


class CalendarView(msgspec.Struct, frozen=True, kw_only=True):
    """A calendar with its present contents.

    `unpublished_years` are this and the coming year as far as their public holidays are not known yet: until they are,
    those days count as ordinary ones.
    """

    id: UUID
    name: str
    template: str
    active: bool
    version: int
    version_id: UUID
    calendar: ServiceCalendar
    changed_at: datetime
    changed_by: str
    unpublished_years: list[int] = []


class PolicyCreate(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new policy, named as its document says."""

    policy: SlaPolicyDocument
    template: Code = ""


class PolicyUpdate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The policy as it is to be from now on. `version` is the one that was read."""

    policy: SlaPolicyDocument
    version: int
    active: bool = True


class PolicyView(msgspec.Struct, frozen=True, kw_only=True):
    """A policy with its present promises."""

    id: UUID
    name: str
    template: str
    active: bool
    version: int
    version_id: UUID
    policy: SlaPolicyDocument
    changed_at: datetime
    changed_by: str


class PastVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One state that a calendar or policy has had; clocks that began under it still run by it."""

    id: UUID
    created_at: datetime
    created_by: str


class AssignmentUpdate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client is to be served by. `version` is the one that was read; None where there was none.

    `exceptions` lie over the calendar for this client alone.
    """

    policy_id: UUID
    calendar_id: UUID
    exceptions: list[DateException] = []
    version: int | None = None


class AssignmentView(msgspec.Struct, frozen=True, kw_only=True):
    """What a client is served by; `client_id` None is the default of all others."""

    client_id: UUID | None
    client_name: str
    policy_id: UUID
    policy_name: str
    calendar_id: UUID
    calendar_name: str
    exceptions: list[DateException]
    version: int


class EscalationContactView(msgspec.Struct, frozen=True):
    """A member whom a level's escalations reach."""

    membership_id: UUID
    name: str


class EscalationLevelView(msgspec.Struct, frozen=True):
    """Level 1 technical or project manager, 2 delivery manager, 3 general manager [S2 §1.1.5.2.3]. Without contacts
    the level reaches roles."""

    level: int
    contacts: list[EscalationContactView]


class EscalationLevelUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everybody whom the level is to reach."""

    membership_ids: list[UUID]
