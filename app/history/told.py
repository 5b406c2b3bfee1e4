"""Our own log format (`yinghuo export-history`): every step, with names instead of ids; encoding and decoding. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from app.history.courses import Meant, Promised
from app.history.drafts import LONGEST_TEXT, MOST_MINUTES, MOST_RATING, Draft, ToldTicket, digest
from app.history.findings import Report
from app.history.mapping import Mapping
from app.history.reading import Group, Row
from app.kernel.actor import ActorKind
from app.tickets.replay import AnyStep, Assigned, Noted, Person, Rated, Replied, Resolved, TicketCourse, Triaged

LONGEST_PERSON = 80
LONGEST_CODE = 40
LONGEST_COMMENT = 1_000
_INNER = frozenset({ActorKind.CLIENT, ActorKind.REPORTER})


def encoded(told: ToldTicket | AnyStep) -> str:
    """A JSON cell of our own log."""
    return msgspec.json.encode(told).decode()


class StepDrafter:
    """Makes drafts of our own log. A ticket is imported whole or not at all: a missing step would change it."""

    def __init__(self, mapping: Mapping, now: datetime) -> None:
        self._columns = mapping.columns
        self._now = now

    def draft(self, group: Group) -> Draft:
        """The draft of one ticket's rows."""
        report = Report([row.number for row in group.rows])
        told: ToldTicket | None = None
        steps: list[tuple[int, AnyStep]] = []
        for row in group.rows:
            try:
                if row.fault:
                    report.say(row.number, row.fault)
                elif row[self._columns.ticket]:
                    told = self._decoded(row, self._columns.ticket, ToldTicket)
                else:
                    steps.append((row.number, self._decoded(row, self._columns.step, AnyStep)))
            except (msgspec.ValidationError, msgspec.DecodeError) as error:
                report.say(row.number, "step_unreadable", reason=str(error)[:200])
        whole = told is not None and len(steps) == len(group.rows) - 1
        if told is None or not whole or not self._is_past(told, [step for _, step in steps]):
            report.refuse_all("no_row_left")
            return Draft(number=group.number, report=report)
        first = next(row for row in group.rows if row[self._columns.ticket])
        steps.sort(key=lambda pair: pair[1].at)
        given = [step.engineer_name for _, step in steps if isinstance(step, Assigned) and step.engineer_name]
        return Draft(
            number=group.number,
            report=report,
            digests=[digest(told), *(digest(step) for _, step in steps)],
            told_in=[first.number, *(row for row, _ in steps)],
            engineers=tuple(dict.fromkeys(reversed(given)))[::-1],
            told=told,
            steps=tuple(step for _, step in steps),
            reported_at=told.reported_at,
            client=told.client,
            caller=told.caller,
            device=told.device,
            site=told.site,
            department=told.department,
        )

    def _decoded(self, row: Row, heading: str, kind: Any) -> Any:
        """
        Raises:
            msgspec.DecodeError, msgspec.ValidationError: not a document of this kind, or values out of range.
        """
        found = msgspec.json.decode(row[heading].encode(), type=kind)
        for problem in _problems(found):
            raise msgspec.ValidationError(problem)
        return found

    def _is_past(self, told: ToldTicket, steps: list[AnyStep]) -> bool:
        moments = [told.reported_at, *(step.at for step in steps)]
        return all(moment.tzinfo is not None and moment <= self._now for moment in moments)


def _problems(told: ToldTicket | AnyStep) -> Iterator[str]:
    """Values that do not fit the database's columns."""
    by = told.reported_by if isinstance(told, ToldTicket) else told.by
    if len(by.name) > LONGEST_PERSON:
        yield "name too long"
    if "\0" in str(msgspec.to_builtins(told, str_keys=True)):
        yield "control character"
    match told:
        case ToldTicket():
            return
        case Rated() if not 1 <= told.score <= MOST_RATING or len(told.comment) > LONGEST_COMMENT:
            yield "no such rating"
        case Resolved() if not 0 <= told.work_minutes <= MOST_MINUTES:
            yield "no such work time"
        case Assigned() if told.scheduled_end <= told.scheduled_start or told.mode not in ("on_site", "remote"):
            yield "no such visit"
        case Triaged() if max(len(told.service_category), len(told.product_category)) > LONGEST_CODE:
            yield "no such category"
        case Replied() | Noted() if len(told.text) > LONGEST_TEXT:
            yield "text too long"


def told_course(draft: Draft, meant: Meant, promised: Promised) -> TicketCourse:
    """The exported timeline, with the ids of the records here."""
    told = draft.told
    assert told is not None  # noqa: S101 - a draft of our own log has it
    return TicketCourse(
        client_id=meant.client_id,
        subject=told.subject,
        reported_at=told.reported_at,
        reported_by=_person(told.reported_by, meant),
        steps=tuple(_here(step, meant) for step in draft.steps),
        channel=told.channel,
        reporter_id=meant.reporter_id,
        device_id=meant.device_id,
        site_id=meant.site_id,
        department_id=meant.department_id,
        contact_name=told.contact_name,
        contact_phone=told.contact_phone,
        vip=told.vip,
        symptom=told.symptom,
        description=told.description,
        service_category=told.service_category,
        product_category=told.product_category,
        impact=told.impact,
        urgency=told.urgency,
        priority=told.priority,
        policy_version_id=promised.policy_version_id,
        calendar_version_id=promised.calendar_version_id,
        external_number=draft.number,
        silence_rule=False,
        unmeasured=tuple(told.unmeasured),
    )


def _here(step: AnyStep, meant: Meant) -> AnyStep:
    person = _person(step.by, meant)
    if isinstance(step, Assigned):
        return msgspec.structs.replace(step, by=person, engineer_id=meant.engineers.get(step.engineer_name))
    return msgspec.structs.replace(step, by=person)


def _person(person: Person, meant: Meant) -> Person:
    """The person with the ids known here; ids of the exporting tenant are dropped."""
    return Person(
        person.kind,
        person.name,
        membership_id=meant.engineers.get(person.name) if person.kind is ActorKind.PROVIDER else None,
        client_id=meant.client_id if person.kind in _INNER else None,
        reporter_id=meant.reporter_id if person.kind is ActorKind.REPORTER else None,
    )


def nameless(person: Person) -> Person:
    """A person for a log: kind and name, no ids."""
    return Person(person.kind, person.name)
