"""Reading tickets: lists, the queue, one ticket with its timeline."""

import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from app.agreements.sla import Priority, TargetKind, terms_of_versions
from app.desk.tickets import repository
from app.desk.tickets.lifecycle import OPEN_STATES, Move, TicketState, moves_from
from app.desk.tickets.models import NUMBER_PREFIX
from app.desk.tickets.queries.detail import NoteRow, detail
from app.desk.tickets.repository import ClockRow
from app.desk.tickets.schemas import TicketFilter, TicketSummary, TicketView, TimelineEntry
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.errors import NotFound
from app.platform.kernel.text_search import parse_search
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Place
from app.platform.promises import ClockView, clock_view, is_counting
from rbac import Permission

_CLIENT_MOVES = (Move.CONFIRM, Move.REOPEN)
_PERMISSIONS = {
    Move.TRIAGE: Permission.TICKET_TRIAGE,
    Move.ASSIGN: Permission.TICKET_ASSIGN,
    Move.UNASSIGN: Permission.TICKET_ASSIGN,
    Move.WAIT: Permission.TICKET_TRIAGE,
    Move.RESUME: Permission.TICKET_TRIAGE,
    Move.RESOLVE: Permission.TICKET_TRIAGE,
    Move.CONFIRM: Permission.TICKET_TRIAGE,
    Move.REOPEN: Permission.TICKET_TRIAGE,
    Move.CANCEL: Permission.TICKET_TRIAGE,
}
"""Permissions for the moves of staff on the ticket itself; steps of a visit are not among them."""

LAST_CHARACTER = "\U0010ffff"
"""Sorts after every string with the same beginning, where bytes are compared."""

_SYSTEM_NAME = "system"
"""Name of the platform's own actor."""

_STATES: dict[str, TicketState] = {state.value: state for state in TicketState}
_STATE_INDEX = TicketView.__struct_fields__.index("state")


class UrgencyCount(NamedTuple):
    """How many tickets of one state there are, and how many of them press."""

    state: str
    all: int
    overdue: int
    soon: int


class TicketQueries:
    """Lists and single tickets, for every ring."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def newest(
        self, wanted: TicketFilter, *, after: tuple[datetime, UUID] | None = None, limit: int = 50
    ) -> list[TicketSummary]:
        """The newest tickets that the actor may see; `after` is where the page before ended."""
        filters = filter_conditions(wanted)
        if after is not None:
            filters["after"] = after
        return await self._list(filters, "newest", limit)

    async def by_ids(self, ticket_ids: Collection[UUID]) -> list[TicketSummary]:
        """These tickets, as far as the actor may see them, newest first."""
        if not ticket_ids:
            return []
        return await self._list({"ids": list(ticket_ids)}, "newest", len(ticket_ids))

    async def most_urgent(
        self, wanted: TicketFilter, *, after: tuple[datetime | None, UUID] | None = None, limit: int = 50
    ) -> list[TicketSummary]:
        """The queue: what is due soonest first, what has no due time (waiting, resolved) last; `after` is the due time
        and id of the last one before."""
        filters = filter_conditions(wanted)
        if after is not None:
            filters["behind" if after[0] is not None else "behind_undated"] = after
        return await self._list(filters, "most_urgent", limit)

    async def in_order(
        self, wanted: TicketFilter, sort: str, *, place: Place | None = None, limit: int = 50
    ) -> list[TicketSummary]:
        """The tickets of a list by one of the repository's `SORT_COLUMNS`, from `place` on."""
        self.work.actor.require(Permission.TICKET_READ)
        filters = filter_conditions(wanted)
        rows = await repository.sorted_summaries(
            self.work.session, self.work.actor, filters, sort=sort, place=place, limit=limit
        )
        return [TicketSummary(*row) for row in rows]

    async def count_by_urgency(self, wanted: TicketFilter, soon: timedelta) -> list[UrgencyCount]:
        """Number of tickets by state, of those that the actor may see: all, overdue, due within `soon`."""
        self.work.actor.require(Permission.TICKET_READ)
        now = self.work.now
        rows = await repository.count_by_urgency(
            self.work.session, self.work.actor, filter_conditions(wanted), now, now + soon
        )
        return [UrgencyCount(*row) for row in rows]

    async def next_promises(self, ticket_ids: Collection[UUID]) -> dict[UUID, ClockView]:
        """The next clock of each of these tickets: the first to fall due, else a paused one."""
        self.work.actor.require(Permission.TICKET_READ)
        found: dict[UUID, ClockView] = {}
        for row in await repository.open_clocks(self.work.session, self.work.tenant_id, ticket_ids):
            clock = ClockRow(*row)
            if clock.ticket_id not in found:
                found[clock.ticket_id] = await self._clock(clock)
        return found

    async def _list(self, filters: dict[str, Any], order: str, limit: int) -> list[TicketSummary]:
        self.work.actor.require(Permission.TICKET_READ)
        rows = await repository.summaries(self.work.session, self.work.actor, filters, order=order, limit=limit)
        return [TicketSummary(*row) for row in rows]

    async def count_by_state(self, wanted: TicketFilter) -> dict[str, int]:
        """Number of tickets by state, of those that the actor may see."""
        self.work.actor.require(Permission.TICKET_READ)
        rows = await repository.count_by_state(self.work.session, self.work.actor, filter_conditions(wanted))
        return {row[0]: row[1] for row in rows}

    async def ticket(self, ticket_id: UUID) -> TicketView:
        """One ticket with its clocks, timeline and visits.

        Raises:
            NotFound: for what does not exist or belongs to somebody else.
        """
        self.work.actor.require(Permission.TICKET_READ)
        actor = self.work.actor
        found = await detail(self.work.session, actor, ticket_id, with_notes=actor.may(Permission.NOTE_READ))
        if found is None:
            raise NotFound
        timeline = found.events
        if found.notes:
            timeline += [_internal(note) for note in found.notes]
            timeline.sort(key=lambda line: (line.occurred_at, line.id))
        clocks = [await self._clock(clock) for clock in found.clocks]
        moves = self._moves(_STATES[found.columns[_STATE_INDEX]])
        fields: list[Any] = [*found.columns, moves, clocks, timeline, found.visits]
        return TicketView(*fields)

    async def _clock(self, clock: ClockRow) -> ClockView:
        calendar = None
        if is_counting(clock, self.work.now):
            terms = await terms_of_versions(self.work.session, clock.policy_version_id, clock.calendar_version_id)
            calendar = terms.calendar_of(Priority(clock.priority), TargetKind(clock.kind))
        return clock_view(clock, calendar, self.work.now, clock.pauses)

    def _moves(self, state: TicketState) -> tuple[Move, ...]:
        actor, possible = self.work.actor, moves_from(state)
        if actor.read_only:
            return ()
        if actor.kind in (ActorKind.CLIENT, ActorKind.REPORTER):
            return tuple(move for move in possible if move in _CLIENT_MOVES and actor.may(Permission.TICKET_CONFIRM))
        return tuple(move for move in possible if move in _PERMISSIONS and actor.may(_PERMISSIONS[move]))


def filter_conditions(wanted: TicketFilter) -> dict[str, Any]:
    """A filter as the repository's named conditions with their values."""
    states = list(wanted.states)
    is_open = wanted.open_only if not states else OPEN_STATES.issuperset(states)
    beginning = number_prefix(wanted.number) if wanted.number else ""
    given = {
        "states": states,
        "open": is_open or None,
        "priorities": list(wanted.priorities),
        "client_id": wanted.client_id,
        "device_id": wanted.device_id,
        "engineer_id": wanted.engineer_id,
        "number_from": beginning,
        "number_before": beginning and _upper_bound(beginning),
        "due_from": wanted.due_from,
        "due_before": wanted.due_before,
        "reported_from": wanted.reported_from,
        "reported_to": wanted.reported_to,
    }
    given |= repository.search_parameters(parse_search(wanted.text)) | repository.search_parameters(
        parse_search(wanted.title), title=True
    )
    return {name: value for name, value in given.items() if value not in (None, "", [])}


def number_prefix(typed: str) -> str:
    """Typed text as the beginning of a ticket's number: half-width, upper case, with the `FW-` prefix."""
    number = "".join(unicodedata.normalize("NFKC", typed).split()).upper()
    return f"{NUMBER_PREFIX}-{number}" if number[:1].isdigit() else number


def _upper_bound(beginning: str) -> str:
    """The upper bound of all numbers that begin so: the last character's successor, which helps the planner."""
    last = beginning[-1]
    return beginning[:-1] + chr(ord(last) + 1) if last.isascii() else beginning + LAST_CHARACTER


def _internal(note: NoteRow) -> TimelineEntry:
    # Authors in other systems have a name but no membership here.
    is_system = note.membership_id is None and note.actor_name == _SYSTEM_NAME
    writer = ActorKind.SYSTEM if is_system else ActorKind.PROVIDER
    return TimelineEntry(
        note.id, note.occurred_at, note.kind, "", writer, note.actor_name, note.text, note.details, internal=True
    )
