"""Our own log format (`yinghuo export-tickets`): every step, with names instead of ids; encoding and decoding. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from app.data_exchange.ticket_import.drafts import LONGEST_TEXT, MOST_MINUTES, MOST_RATING, Draft, NativeTicket, digest
from app.data_exchange.ticket_import.findings import Report
from app.data_exchange.ticket_import.log_file import Group, Row
from app.data_exchange.ticket_import.mapping import Mapping
from app.data_exchange.ticket_import.timelines import AppliedTerms, ResolvedNames
from app.desk.tickets import VisitMode
from app.desk.tickets.replay import (
    AnyStep,
    Assigned,
    Finished,
    Noted,
    Person,
    Rated,
    Replied,
    Resolved,
    TicketTimeline,
    Triaged,
    has_visits_side_by_side,
)
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.invariants import present

LONGEST_PERSON = 80
LONGEST_CODE = 40
LONGEST_COMMENT = 1_000
_INNER = frozenset({ActorKind.CLIENT, ActorKind.REPORTER})


def encoded(native: NativeTicket | AnyStep) -> str:
    """A JSON cell of our own log."""
    return msgspec.json.encode(native).decode()


class StepDrafter:
    """Makes drafts of our own log. A ticket is imported whole or not at all: a missing step would change it."""

    def __init__(self, mapping: Mapping, now: datetime) -> None:
        self._columns = mapping.columns
        self._now = now

    def draft(self, group: Group) -> Draft:
        """The draft of one ticket's rows."""
        report = Report([row.number for row in group.rows])
        native: NativeTicket | None = None
        steps: list[tuple[int, AnyStep]] = []
        for row in group.rows:
            try:
                if row.fault:
                    report.say(row.number, row.fault)
                elif row[self._columns.ticket]:
                    native = self._decoded(row, self._columns.ticket, NativeTicket)
                else:
                    steps.append((row.number, self._decoded(row, self._columns.step, AnyStep)))
            except (msgspec.ValidationError, msgspec.DecodeError) as error:
                report.say(row.number, "step_unreadable", reason=str(error)[:200])
        whole = native is not None and len(steps) == len(group.rows) - 1
        if native is None or not whole or not self._is_past(native, [step for _, step in steps]):
            report.refuse_all("no_row_left")
            return Draft(number=group.number, report=report)
        first = next(row for row in group.rows if row[self._columns.ticket])
        steps.sort(key=lambda pair: pair[1].at)
        given = [step.engineer_name for _, step in steps if isinstance(step, Assigned) and step.engineer_name]
        return Draft(
            number=group.number,
            report=report,
            digests=[digest(native), *(digest(step) for _, step in steps)],
            digest_rows=[first.number, *(row for row, _ in steps)],
            engineers=tuple(dict.fromkeys(reversed(given)))[::-1],
            native=native,
            steps=tuple(step for _, step in steps),
            reported_at=native.reported_at,
            client=native.client,
            caller=native.caller,
            device=native.device,
            site=native.site,
            department=native.department,
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

    def _is_past(self, native: NativeTicket, steps: list[AnyStep]) -> bool:
        moments = [native.reported_at, *(step.at for step in steps)]
        return all(moment.tzinfo is not None and moment <= self._now for moment in moments)


def _problems(native: NativeTicket | AnyStep) -> Iterator[str]:
    """Values that do not fit the database's columns."""
    by = native.reported_by if isinstance(native, NativeTicket) else native.by
    if len(by.name) > LONGEST_PERSON:
        yield "name too long"
    if "\0" in str(msgspec.to_builtins(native, str_keys=True)):
        yield "control character"
    match native:
        case NativeTicket():
            return
        case Rated() if not 1 <= native.score <= MOST_RATING or len(native.comment) > LONGEST_COMMENT:
            yield "no such rating"
        case Resolved() if native.mode not in (None, *VisitMode):
            yield "no such work"
        case Resolved() | Finished() if not all(
            0 <= minutes <= MOST_MINUTES for minutes in (native.work_minutes, native.travel_minutes or 0)
        ):
            yield "no such work time"
        case Assigned() if native.scheduled_end <= native.scheduled_start or native.mode not in set(VisitMode):
            yield "no such visit"
        case Triaged() if max(len(native.service_category), len(native.product_category)) > LONGEST_CODE:
            yield "no such category"
        case Replied() | Noted() if len(native.text) > LONGEST_TEXT:
            yield "text too long"


def native_timeline(draft: Draft, resolved: ResolvedNames, applied_terms: AppliedTerms) -> TicketTimeline:
    """The exported timeline, with the ids of the records here. Visits of unknown engineers are named in the draft's
    report where they stood beside others."""
    native = present(draft.native, "a draft of our own log has it")
    if has_visits_side_by_side(draft.steps):
        for row, step in zip(draft.digest_rows[1:], draft.steps, strict=True):
            if isinstance(step, Assigned) and step.engineer_name not in resolved.engineers:
                draft.report.say(row, "visit_by_name", name=step.engineer_name)
    return TicketTimeline(
        client_id=resolved.client_id,
        subject=native.subject,
        reported_at=native.reported_at,
        reported_by=_person(native.reported_by, resolved),
        steps=tuple(_here(step, resolved) for step in draft.steps),
        channel=native.channel,
        reporter_id=resolved.reporter_id,
        device_id=resolved.device_id,
        site_id=resolved.site_id,
        department_id=resolved.department_id,
        contact_name=native.contact_name,
        contact_phone=native.contact_phone,
        vip=native.vip,
        symptom=native.symptom,
        description=native.description,
        service_category=native.service_category,
        product_category=native.product_category,
        impact=native.impact,
        urgency=native.urgency,
        priority=native.priority,
        policy_version_id=applied_terms.policy_version_id,
        calendar_version_id=applied_terms.calendar_version_id,
        external_number=draft.number,
        auto_close=False,
        unmeasured=tuple(native.unmeasured),
    )


def _here(step: AnyStep, resolved: ResolvedNames) -> AnyStep:
    person = _person(step.by, resolved)
    if isinstance(step, Assigned):
        return msgspec.structs.replace(step, by=person, engineer_id=resolved.engineers.get(step.engineer_name))
    return msgspec.structs.replace(step, by=person)


def _person(person: Person, resolved: ResolvedNames) -> Person:
    """The person with the ids known here; ids of the exporting tenant are dropped."""
    return Person(
        person.kind,
        person.name,
        membership_id=resolved.engineers.get(person.name) if person.kind is ActorKind.PROVIDER else None,
        client_id=resolved.client_id if person.kind in _INNER else None,
        reporter_id=resolved.reporter_id if person.kind is ActorKind.REPORTER else None,
    )
