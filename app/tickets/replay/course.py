"""A ticket's whole course as a value: who reported what, and every step that people took, in the order of time.

What follows by itself is not told here, because the rules give it: priorities, clocks, breaches, escalations, reminders
and closing by silence. `app.tickets.replay.rows` works it out; `app.tickets.replay.writing` writes it. Times are aware.
"""

from datetime import datetime
from typing import Self
from uuid import UUID

import msgspec

from app.kernel.actor import Actor, ActorKind
from app.sla import Impact, Priority, TargetKind, Urgency, WaitReason
from app.tickets.services.confirmation import ConfirmedBy
from app.tickets.services.reporting import Channel


class Person(msgspec.Struct, frozen=True):
    """Who did something, as timelines and audit entries name them. What is unknown of a past is left out."""

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
    """One thing that somebody did with the ticket."""

    at: datetime
    by: Person


class Triaged(Step, frozen=True, kw_only=True):
    """Classified, or classified anew; the priority follows from the policy's matrix, unless another system gave it."""

    service_category: str
    product_category: str
    impact: Impact
    urgency: Urgency
    priority: Priority | None = None


class Assigned(Step, frozen=True, kw_only=True):
    """An engineer is to go. `engineer_id` is None where the name is nobody's here: then there is no visit."""

    engineer_id: UUID | None
    engineer_name: str
    scheduled_start: datetime
    scheduled_end: datetime
    mode: str = "on_site"
    note: str = ""


class Accepted(Step, frozen=True, kw_only=True):
    """The engineer takes the visit."""


class Declined(Step, frozen=True, kw_only=True):
    """The engineer cannot."""

    reason: str


class Departed(Step, frozen=True, kw_only=True):
    """On the way."""


class Arrived(Step, frozen=True, kw_only=True):
    """At the client's."""


class Connected(Step, frozen=True, kw_only=True):
    """Working remotely."""


class WaitBegun(Step, frozen=True, kw_only=True):
    """The ticket waits for something; the note is public."""

    reason: WaitReason
    note: str = ""


class WaitEnded(Step, frozen=True, kw_only=True):
    """The waiting is over."""


class Resolved(Step, frozen=True, kw_only=True):
    """Fixed: by the visit that is under way, or else by telephone, with `work_done` on the public timeline."""

    work_done: str
    cause: str = ""
    work_minutes: int = 0


class Confirmed(Step, frozen=True, kw_only=True):
    """The client says that it is fixed; closes the ticket."""

    how: ConfirmedBy


class Closed(Step, frozen=True, kw_only=True):
    """Closed without the client's word by another system's rule; only for courses without our silence rule."""


class Reminded(Step, frozen=True, kw_only=True):
    """The client was reminded of a resolution without an answer; only for courses without our silence rule."""


class Reopened(Step, frozen=True, kw_only=True):
    """It is not fixed after all."""

    reason: str


class Cancelled(Step, frozen=True, kw_only=True):
    """Nothing is to be done."""

    reason: str


class Replied(Step, frozen=True, kw_only=True):
    """A public line."""

    text: str


class Noted(Step, frozen=True, kw_only=True):
    """An internal line."""

    text: str


class Rated(Step, frozen=True, kw_only=True):
    """The client's opinion, 1 (bad) to 5 (very good); `channel` as surveys name it."""

    score: int
    comment: str = ""
    channel: str = "employee"


AnyStep = (
    Triaged
    | Assigned
    | Accepted
    | Declined
    | Departed
    | Arrived
    | Connected
    | WaitBegun
    | WaitEnded
    | Resolved
    | Confirmed
    | Closed
    | Reminded
    | Reopened
    | Cancelled
    | Replied
    | Noted
    | Rated
)


class TicketCourse(msgspec.Struct, frozen=True, kw_only=True):
    """One ticket whole. Ids are the tenant's own; who makes a course has looked them up.

    `policy_version_id` and `calendar_version_id` say what was promised (None: what the client is served by now).
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
    """The number in another system; stands in the first line of the timeline."""
    silence_rule: bool = True
    """Whether an unanswered resolution was reminded of and closed by itself, as it is here. False for the past of
    another system: nobody is reminded of such a ticket, only a `Closed` step closes it without the client's word, and
    it may have been reopened however late."""
    unmeasured: tuple[TargetKind, ...] = ()
    """Promises that this past cannot judge, because nobody wrote down when they were kept: they have no clock."""
