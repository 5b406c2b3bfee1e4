"""A ticket's whole timeline as a value: the report and every step that people took, in the order of time.

What the rules derive is left out: priorities, clocks, breaches, escalations, reminders and automatic closing.
`app.desk.tickets.replay.rows` computes it, `app.desk.tickets.replay.writer` stores it. Times are aware.
"""

from datetime import datetime
from typing import Self
from uuid import UUID

import msgspec

from app.agreements.sla import Impact, Priority, TargetKind, Urgency
from app.desk.tickets.lifecycle import ConfirmedBy
from app.desk.tickets.workflow.creation import Channel
from app.platform.kernel.actor import Actor, ActorKind
from app.platform.promises import WaitReason


class Person(msgspec.Struct, frozen=True):
    """An actor as timelines and audit entries store it. Ids that are not known of a past are None."""

    kind: ActorKind
    name: str
    account_id: UUID | None = None
    membership_id: UUID | None = None
    client_id: UUID | None = None
    """Set for people of a client, and for reporters."""
    reporter_id: UUID | None = None

    @classmethod
    def of(cls, actor: Actor) -> Self:
        """The person that `actor` is."""
        return cls(
            actor.kind, actor.display_name, actor.account_id, actor.membership_id, actor.client_id, actor.reporter_id
        )


PLATFORM = Person(ActorKind.SYSTEM, "system")
"""The platform itself."""


class Step(msgspec.Struct, frozen=True, kw_only=True, tag_field="step", tag=str.lower):
    """One action of a person on the ticket."""

    at: datetime
    by: Person


class Triaged(Step, frozen=True, kw_only=True):
    """Classified, or reclassified; the priority follows from the policy's matrix, unless another system gave it."""

    service_category: str
    product_category: str
    impact: Impact
    urgency: Urgency
    priority: Priority | None = None


class Assigned(Step, frozen=True, kw_only=True):
    """An engineer was assigned. `engineer_id` is None where the name is not known here: then there is no visit."""

    engineer_id: UUID | None
    engineer_name: str
    scheduled_start: datetime
    scheduled_end: datetime
    mode: str = "on_site"
    note: str = ""
    beside: bool = False
    """Beside the open visits instead of in their place."""


class VisitTaken(Step, frozen=True, kw_only=True):
    """A step of one visit. `visit` counts the ticket's assignments from 1; None is the visit that leads."""

    visit: int | None = None


class Accepted(VisitTaken, frozen=True, kw_only=True):
    """The engineer accepted the visit."""


class Declined(VisitTaken, frozen=True, kw_only=True):
    """The engineer declined the visit."""

    reason: str


class Unassigned(VisitTaken, frozen=True, kw_only=True):
    """The desk called the visit off; `reason` may be empty."""

    reason: str = ""


class Departed(VisitTaken, frozen=True, kw_only=True):
    """The engineer set out."""


class Arrived(VisitTaken, frozen=True, kw_only=True):
    """The engineer arrived at the site."""


class Connected(VisitTaken, frozen=True, kw_only=True):
    """The engineer connected remotely."""


class WaitBegun(Step, frozen=True, kw_only=True):
    """The ticket began to wait; the note is public."""

    reason: WaitReason
    note: str = ""


class WaitEnded(Step, frozen=True, kw_only=True):
    """The waiting ended."""


class Resolved(VisitTaken, frozen=True, kw_only=True):
    """Resolved: at the open visit; or from the desk, with `work_done` on the public timeline. `mode` tells how the desk
    worked; a ticket without an open visit was resolved by telephone where it is left out."""

    work_done: str
    cause: str = ""
    work_minutes: int = 0
    travel_minutes: int | None = None
    mode: str | None = None


class Finished(VisitTaken, frozen=True, kw_only=True):
    """A visit ended and the fault was not fixed."""

    work_done: str
    cause: str = ""
    work_minutes: int = 0
    travel_minutes: int | None = None
    waiting_for: WaitReason | None = None


class Confirmed(Step, frozen=True, kw_only=True):
    """The client confirmed the resolution; closes the ticket."""

    how: ConfirmedBy


class Closed(Step, frozen=True, kw_only=True):
    """Closed unconfirmed by another system's rule; only where `auto_close` is False."""


class Reminded(Step, frozen=True, kw_only=True):
    """The client was reminded of an unanswered resolution; only where `auto_close` is False."""


class Reopened(Step, frozen=True, kw_only=True):
    """The client reopened the ticket."""

    reason: str


class Cancelled(Step, frozen=True, kw_only=True):
    """The ticket was cancelled."""

    reason: str


class Replied(Step, frozen=True, kw_only=True):
    """A public reply."""

    text: str


class Noted(Step, frozen=True, kw_only=True):
    """An internal note."""

    text: str


class Rated(Step, frozen=True, kw_only=True):
    """The client's rating, 1 (bad) to 5 (very good); `channel` as surveys name it."""

    score: int
    comment: str = ""
    channel: str = "employee"


AnyStep = (
    Triaged
    | Assigned
    | Accepted
    | Declined
    | Unassigned
    | Departed
    | Arrived
    | Connected
    | WaitBegun
    | WaitEnded
    | Resolved
    | Finished
    | Confirmed
    | Closed
    | Reminded
    | Reopened
    | Cancelled
    | Replied
    | Noted
    | Rated
)


class TicketTimeline(msgspec.Struct, frozen=True, kw_only=True):
    """One whole ticket. Ids are the tenant's own and must have been looked up.

    `policy_version_id` and `calendar_version_id` are the service terms (None: the client's current ones).
    """

    client_id: UUID
    subject: str
    reported_at: datetime
    reported_by: Person
    steps: tuple[AnyStep, ...] = ()
    channel: Channel = Channel.EMPLOYEE
    reporter_id: UUID | None = None
    device_id: UUID | None = None
    site_id: UUID | None = None
    department_id: UUID | None = None
    contact_name: str = ""
    contact_phone: str = ""
    vip: bool = False
    symptom: str = ""
    description: str = ""
    service_category: str = ""
    product_category: str = ""
    impact: Impact = Impact.LOW
    urgency: Urgency = Urgency.MEDIUM
    priority: Priority | None = None
    """As another system gave it; None: as the policy's matrix gives it."""
    policy_version_id: UUID | None = None
    calendar_version_id: UUID | None = None
    external_number: str = ""
    """The number in another system; stored in the first timeline entry."""
    auto_close: bool = True
    """Whether reminders and automatic closing follow an unanswered resolution. False for the past of another system:
    only a `Closed` step closes such a ticket unconfirmed, and it may have been reopened however late."""
    unmeasured: tuple[TargetKind, ...] = ()
    """Targets without a clock, because the source has no times for them."""
