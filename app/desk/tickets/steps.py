"""What `app.desk.tickets.decision` decides on: a ticket with its visits, and people's steps. Values only."""

from datetime import datetime
from uuid import UUID

import msgspec

from app.agreements.sla import TargetKind
from app.desk.tickets.lifecycle import OPEN_VISIT_STATES, ConfirmedBy, Move, TicketState, VisitMode, VisitState
from app.platform.promises import WaitReason


class VisitFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A visit, as far as steps depend on it or change it."""

    id: UUID
    engineer_id: UUID | None
    planned: bool = True
    performed_by: UUID | None = None
    performed_by_name: str = ""
    mode: VisitMode
    state: VisitState = VisitState.PLANNED
    scheduled_start: datetime
    scheduled_end: datetime
    accepted_at: datetime | None = None
    departed_at: datetime | None = None
    arrived_at: datetime | None = None
    finished_at: datetime | None = None
    work_done: str = ""
    cause: str = ""
    work_minutes: int | None = None
    travel_minutes: int | None = None
    outcome: str = ""

    @property
    def is_open(self) -> bool:
        """Whether something is left to do on it."""
        return self.state in OPEN_VISIT_STATES


class TicketFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket, as far as steps depend on it or change it."""

    state: TicketState = TicketState.NEW
    wait_reason: str = ""
    engineer_id: UUID | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    confirmed_by: str = ""
    reopened: int = 0
    rating: int | None = None
    visits: tuple[VisitFacts, ...] = ()
    """In the order of planning."""

    @property
    def leading_visit(self) -> VisitFacts | None:
        """The open visit that the ticket's state follows: the one that has come furthest, or was planned last."""
        return max(
            (visit for visit in self.visits if visit.is_open),
            key=lambda visit: (OPEN_VISIT_STATES.index(visit.state), self.visits.index(visit)),
            default=None,
        )


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody does to a ticket at `at` (UTC)."""

    at: datetime


class Triage(Step, frozen=True, kw_only=True):
    """Classify it."""


class Assign(Step, frozen=True, kw_only=True):
    """Plan `visit`; None where a past names an engineer who is unknown here. It takes the place of the open ones, or
    with `beside` stands beside them."""

    engineer: str
    visit: VisitFacts | None
    note: str = ""
    beside: bool = False


class VisitStep(Step, frozen=True, kw_only=True):
    """A step of one visit; None is the leading one, or none where the engineer is unknown here."""

    visit_id: UUID | None = None


class Accept(VisitStep, frozen=True, kw_only=True):
    """The engineer takes the visit."""


class Decline(VisitStep, frozen=True, kw_only=True):
    """The engineer does not take it."""

    reason: str


class Unassign(VisitStep, frozen=True, kw_only=True):
    """The desk calls the visit off before work begins; `reason` may be empty."""

    reason: str = ""


class Depart(VisitStep, frozen=True, kw_only=True):
    """The engineer sets out."""


class Arrive(VisitStep, frozen=True, kw_only=True):
    """The engineer is there."""


class Connect(VisitStep, frozen=True, kw_only=True):
    """The engineer works remotely."""


class Resolve(VisitStep, frozen=True, kw_only=True):
    """The fault is fixed: at a visit, or from the desk without a planned one, which leaves the record `unplanned`."""

    work_done: str
    cause: str = ""
    work_minutes: int | None = None
    travel_minutes: int | None = None
    unplanned: VisitFacts | None = None


class Finish(VisitStep, frozen=True, kw_only=True):
    """The visit is over and the fault is not fixed; the ticket waits for `waiting_for`, or for whoever comes next."""

    work_done: str
    cause: str = ""
    work_minutes: int | None = None
    travel_minutes: int | None = None
    waiting_for: WaitReason | None = None


class Wait(Step, frozen=True, kw_only=True):
    """Work waits for somebody or something."""

    reason: WaitReason
    note: str = ""


class Resume(Step, frozen=True, kw_only=True):
    """The waiting ends."""


class Confirm(Step, frozen=True, kw_only=True):
    """The client confirms; that closes as well."""

    how: ConfirmedBy


class Close(Step, frozen=True, kw_only=True):
    """Closed without the client's word."""


class Reopen(Step, frozen=True, kw_only=True):
    """The client says that it is not fixed. `however_late`: another system's past knows no limit."""

    reason: str
    however_late: bool = False


class Cancel(Step, frozen=True, kw_only=True):
    """Nothing is to be done any more."""

    reason: str


class Rate(Step, frozen=True, kw_only=True):
    """The client's rating, 1 to 5."""

    score: int


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """One move: a public timeline entry, an event and an audit entry each."""

    move: Move
    before: TicketState
    after: TicketState
    engineer_id: UUID | None
    """The engineer whom it concerns."""
    text: str = ""
    details: dict[str, str] = {}


class InternalNote(msgspec.Struct, frozen=True):
    """An internal timeline entry that goes with a move."""

    kind: str
    text: str
    details: dict[str, str] = {}


class MeetTargets(msgspec.Struct, frozen=True):
    """The clocks of these targets are met."""

    targets: tuple[TargetKind, ...]


class PauseClocks(msgspec.Struct, frozen=True):
    """The clocks pause as the policy says."""

    reason: WaitReason


class ResumeClocks(msgspec.Struct, frozen=True):
    """Paused clocks go on."""


class CancelClocks(msgspec.Struct, frozen=True):
    """Every clock ends."""


class ReopenClocks(msgspec.Struct, frozen=True):
    """Resolution is promised again."""


ClockChange = MeetTargets | PauseClocks | ResumeClocks | CancelClocks | ReopenClocks


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What a step changes, in the order in which it is stored."""

    ticket: TicketFacts
    """The ticket and its visits afterwards."""
    moves: tuple[Moved, ...] = ()
    notes: tuple[InternalNote, ...] = ()
    clocks: tuple[ClockChange, ...] = ()
    finished: tuple[VisitFacts, ...] = ()
    """Visits that ended with work done; each is an event."""
    awaits_answer: bool | None = None
    """True: the client is reminded to answer from now on. False: no longer. None: as before."""
