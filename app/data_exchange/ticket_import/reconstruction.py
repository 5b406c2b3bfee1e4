"""Reconstruction of the steps that people took from a ticket's records, for our own log format. Pure.

The timeline stores changes of priority, but not of impact, urgency and categories: those are exported with their last
values. Files and signatures are not exported.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any
from uuid import UUID

import msgspec

from app.agreements.sla import Impact, Priority, Urgency
from app.desk.tickets import ConfirmedBy, Move
from app.desk.tickets.replay import (
    Accepted,
    AnyStep,
    Arrived,
    Assigned,
    Cancelled,
    Closed,
    Confirmed,
    Connected,
    Declined,
    Departed,
    Finished,
    Noted,
    Person,
    Rated,
    Reminded,
    Reopened,
    Replied,
    Resolved,
    Triaged,
    Unassigned,
    WaitBegun,
    WaitEnded,
)
from app.platform.kernel.actor import ActorKind
from app.platform.promises import WaitReason

_WINDOW = timedelta(hours=2)


class Line(msgspec.Struct, frozen=True):
    """A timeline entry, public or internal."""

    id: UUID
    at: datetime
    kind: str
    actor_kind: str
    actor_name: str
    text: str
    details: dict[str, Any]
    internal: bool = False


class PastVisit(msgspec.Struct, frozen=True):
    """A visit, with the name of whoever did it. What was not planned is work from the desk."""

    person: str
    planned: bool
    mode: str
    start: datetime
    end: datetime
    finished_at: datetime | None
    work_done: str
    cause: str
    work_minutes: int | None
    travel_minutes: int | None


class Classification(msgspec.Struct, frozen=True):
    """Present classification of the ticket."""

    impact: Impact
    urgency: Urgency
    priority: Priority
    service_category: str
    product_category: str


class SurveyAnswer(msgspec.Struct, frozen=True):
    """The client's survey answer."""

    comment: str
    channel: str


def first_priority(lines: Sequence[Line], now: Priority) -> Priority:
    """The priority at the time of the report."""
    return next((Priority(line.details["before"]) for line in lines if line.kind == "priority"), now)


def person_of(line: Line) -> Person:
    """The author of an entry: kind and name, no ids."""
    return Person(ActorKind(line.actor_kind), line.actor_name)


class Reconstruction:
    """Reconstructs the steps of one ticket."""

    def __init__(
        self,
        lines: Sequence[Line],
        visits: Sequence[PastVisit],
        classified: Classification,
        answer: SurveyAnswer | None,
    ) -> None:
        self._lines = sorted(lines, key=lambda line: (line.at, line.id))
        self._work_from_desk = [visit for visit in visits if not visit.planned]
        self._planned = [visit for visit in visits if visit.planned]
        self._unassigned_visits, self._ended = list(self._planned), list(self._planned)
        self._assignment_of: list[int] = []
        """For each planned visit: which assignment it was, counted from 1."""
        self._assignments = 0
        self._class = classified
        self._answer = answer
        self._priority = first_priority(self._lines, classified.priority)
        assigned = [line for line in self._lines if _move(line) == Move.ASSIGN]
        self._every_assignment_has_a_visit = len(assigned) == len(self._planned)

    def steps(self) -> Iterator[AnyStep]:
        """Every step, in the order of time."""
        confirmed_at: datetime | None = None
        for line, following in zip_longest(self._lines, self._lines[1:]):
            move = _move(line)
            if line.kind == "priority":
                self._priority = Priority(line.details["after"])
                if following is not None and following.at == line.at and _move(following) == Move.TRIAGE:
                    continue  # one step wrote both entries, the change of priority first
                yield self._triaged(line)
            elif move == Move.CONFIRM:
                confirmed_at = line.at
                yield self._step_of_move(line, Move.CONFIRM)
            elif move == Move.CLOSE and confirmed_at == line.at:
                confirmed_at = None
            elif move is not None:
                yield self._step_of_move(line, move)
            else:
                yield from self._other_step(line)

    def _other_step(self, line: Line) -> Iterator[AnyStep]:
        by = person_of(line)
        if line.internal and line.kind == "note":
            yield Noted(at=line.at, by=by, text=line.text)
        elif line.kind == "reply" and not line.internal:
            yield Replied(at=line.at, by=by, text=line.text)
        elif line.kind == "reminder":
            yield Reminded(at=line.at, by=by)
        elif line.kind == "rating":
            answer = self._answer or SurveyAnswer("", "api")
            yield Rated(at=line.at, by=by, score=line.details["score"], comment=answer.comment, channel=answer.channel)

    def _step_of_move(self, line: Line, move: Move) -> AnyStep:
        at, by = line.at, person_of(line)
        match move:
            case Move.TRIAGE:
                return self._triaged(line)
            case Move.ASSIGN:
                return self._assigned(line)
            case Move.DECLINE:
                return Declined(
                    at=at, by=by, visit=self._visit_number(line), reason=self._text_of_note_with(line, "declined")
                )
            case Move.UNASSIGN:
                return Unassigned(
                    at=at, by=by, visit=self._visit_number(line), reason=self._text_of_note_with(line, "unassigned")
                )
            case Move.ACCEPT | Move.DEPART | Move.ARRIVE | Move.CONNECT:
                return _OF_VISITS[move](at=at, by=by, visit=self._visit_number(line))
            case Move.FINISH:
                return self._finished(line)
            case Move.WAIT:
                return WaitBegun(at=at, by=by, reason=WaitReason(line.details["reason"]), note=line.text)
            case Move.RESOLVE:
                return self._resolved(line)
            case Move.CONFIRM:
                return Confirmed(at=at, by=by, how=ConfirmedBy(line.details["confirmed_by"]))
            case Move.REOPEN:
                return Reopened(at=at, by=by, reason=line.text)
            case Move.CANCEL:
                return Cancelled(at=at, by=by, reason=line.text)
            case _:
                return _PLAIN[move](at=at, by=by)

    def _triaged(self, line: Line) -> Triaged:
        return Triaged(
            at=line.at,
            by=person_of(line),
            service_category=self._class.service_category,
            product_category=self._class.product_category,
            impact=self._class.impact,
            urgency=self._class.urgency,
            priority=self._priority,
        )

    def _assigned(self, line: Line) -> Assigned:
        name = str(line.details.get("engineer", ""))
        visit = self._visit_of(name)
        self._assignments += 1
        if visit is not None:
            self._assignment_of.append(self._assignments)
        return Assigned(
            at=line.at,
            by=person_of(line),
            engineer_id=None,
            engineer_name=visit.person if visit else name,
            scheduled_start=visit.start if visit else line.at,
            scheduled_end=visit.end if visit else line.at + _WINDOW,
            mode=visit.mode if visit else "on_site",
            note=self._text_of_note_with(line, "dispatch"),
            beside="beside" in line.details,
        )

    def _visit_of(self, engineer: str) -> PastVisit | None:
        """The visit planned by an assignment: the next one; by name where some assignments have no visit."""
        for place, visit in enumerate(self._unassigned_visits):
            if self._every_assignment_has_a_visit or visit.person == engineer:
                return self._unassigned_visits.pop(place)
        return None

    def _resolved(self, line: Line) -> Resolved:
        from_desk = self._taken_out(self._work_from_desk, line) if line.text else None
        visit = from_desk or (None if line.text else self._ended_by(line))
        if visit is None:
            return Resolved(at=line.at, by=person_of(line), work_done=line.text)
        return Resolved(
            at=line.at,
            by=person_of(line),
            visit=self._visit_number(line),
            work_done=visit.work_done,
            cause=visit.cause,
            work_minutes=visit.work_minutes or 0,
            travel_minutes=visit.travel_minutes,
            mode=visit.mode if from_desk else None,
        )

    def _finished(self, line: Line) -> Finished:
        visit = self._ended_by(line)
        if visit is None:
            return Finished(at=line.at, by=person_of(line), visit=self._visit_number(line), work_done="")
        return Finished(
            at=line.at,
            by=person_of(line),
            visit=self._visit_number(line),
            work_done=visit.work_done,
            cause=visit.cause,
            work_minutes=visit.work_minutes or 0,
            travel_minutes=visit.travel_minutes,
        )

    def _ended_by(self, line: Line) -> PastVisit | None:
        """The visit at which the step was taken: the one that the entry counts, where several were open."""
        if "visit" in line.details:
            place = int(line.details["visit"]) - 1
            return self._planned[place] if 0 <= place < len(self._planned) else None
        return self._taken_out(self._ended, line)

    @staticmethod
    def _taken_out(visits: list[PastVisit], line: Line) -> PastVisit | None:
        """The first that ended with the entry; two resolutions at one moment have a visit each."""
        place = next((place for place, each in enumerate(visits) if each.finished_at == line.at), None)
        return None if place is None else visits.pop(place)

    def _visit_number(self, line: Line) -> int | None:
        """Which assignment planned the visit that the entry counts: pasts have assignments without a visit."""
        if "visit" not in line.details:
            return None
        number = int(line.details["visit"])
        return self._assignment_of[number - 1] if 0 < number <= len(self._assignment_of) else number

    def _text_of_note_with(self, line: Line, kind: str) -> str:
        """The text of the internal entry written with a move: after it, before the next move of the same moment."""
        for each in self._lines[self._lines.index(line) + 1 :]:
            if each.at != line.at or _move(each) is not None:
                return ""
            if each.internal and each.kind == kind:
                return each.text
        return ""


_OF_VISITS: dict[Move, type[Accepted | Departed | Arrived | Connected]] = {
    Move.ACCEPT: Accepted,
    Move.DEPART: Departed,
    Move.ARRIVE: Arrived,
    Move.CONNECT: Connected,
}
_PLAIN: dict[Move, type[WaitEnded | Closed]] = {Move.RESUME: WaitEnded, Move.CLOSE: Closed}


def _move(line: Line) -> Move | None:
    return Move(line.details["move"]) if line.kind == "state" and not line.internal else None
