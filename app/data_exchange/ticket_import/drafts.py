"""The rows of one ticket as changes in the order of time, with states, priorities and times parsed. Pure.

Names of clients, callers, devices and engineers are not resolved here.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from app.agreements.sla import Impact, Priority, TargetKind, Urgency
from app.data_exchange.ticket_import.findings import Report
from app.data_exchange.ticket_import.log_file import Group, Row
from app.data_exchange.ticket_import.mapping import Mapping, Shape
from app.data_exchange.ticket_import.times import TimeReader
from app.desk.tickets import Channel, TicketState
from app.desk.tickets.replay import AnyStep, Person
from app.platform.promises import WaitReason

MOST_RATING = 5
MOST_MINUTES = 1_440
LONGEST_TEXT = 4_000
LONGEST_SUBJECT = 120
LONGEST_NAME = 60
"""Length of a contact's name on a ticket."""
_Word = TypeVar("_Word")


class Severity(msgspec.Struct, frozen=True):
    """Impact, urgency and priority, as far as the log has them."""

    impact: Impact | None = None
    urgency: Urgency | None = None
    priority: Priority | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One row of an event log, or one time column of a row per ticket."""

    row: int
    at: datetime
    state: TicketState
    word: str = ""
    """The state as the log names it."""
    reason: WaitReason | None = None
    actor: str = ""
    engineer: str = ""
    group: str = ""
    severity: Severity = Severity()
    service_category: str = ""
    product_category: str = ""
    text: str = ""
    note: str = ""
    work_done: str = ""
    cause: str = ""
    work_minutes: int = 0
    rating: int | None = None
    reopenings: int = 0
    reassignments: int = 0
    differences: str = ""
    """Other cells that changed since the previous row, as text."""


def digest(value: Any) -> str:
    """The first 16 hexadecimal digits of the value's SHA-256. Fields that younger logs have count where they say
    something, so that a log from before has the digests that it had."""
    encoded = msgspec.json.encode(value, order="deterministic")
    for unsaid in _YOUNGER_FIELDS:
        encoded = encoded.replace(unsaid, b"")
    return sha256(encoded).hexdigest()[:16]


_YOUNGER_FIELDS = (b',"visit":null', b',"travel_minutes":null', b',"beside":false', b',"mode":null')


class NativeTicket(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ticket in our own log format, without its steps, with names instead of ids."""

    subject: Annotated[str, Meta(min_length=1, max_length=LONGEST_SUBJECT)]
    reported_at: Annotated[datetime, Meta(tz=True)]
    reported_by: Person
    channel: Channel
    impact: Impact
    urgency: Urgency
    priority: Priority
    description: str = ""
    symptom: Annotated[str, Meta(max_length=20)] = ""
    service_category: Annotated[str, Meta(max_length=40)] = ""
    product_category: Annotated[str, Meta(max_length=40)] = ""
    contact_name: Annotated[str, Meta(max_length=LONGEST_NAME)] = ""
    contact_phone: Annotated[str, Meta(max_length=40)] = ""
    client: str = ""
    """The client's code."""
    caller: str = ""
    """The employee's number or name."""
    device: str = ""
    site: str = ""
    department: str = ""
    vip: bool = False
    unmeasured: list[TargetKind] = []


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """One ticket of the log. Without `digests` it cannot be imported, and `report` says why."""

    number: str
    report: Report
    digests: list[str] = []
    """One digest for the ticket and for each change, in the order of time; a longer log is compared by them."""
    digest_rows: list[int] = []
    """The row number of each digest."""
    engineers: tuple[str, ...] = ()
    """All engineers' names, the latest last."""
    changes: tuple[Change, ...] = ()
    native: NativeTicket | None = None
    steps: tuple[AnyStep, ...] = ()
    """Instead of `changes` where the log is our own."""
    reported_at: datetime | None = None
    client: str = ""
    caller: str = ""
    phone: str = ""
    device: str = ""
    site: str = ""
    department: str = ""
    channel: Channel = Channel.HOT_LINE
    subject: str = ""
    description: str = ""


class Drafter:
    """Makes drafts of one log."""

    def __init__(self, mapping: Mapping, times: TimeReader, now: datetime) -> None:
        self._mapping = mapping
        self._columns = mapping.columns
        self._times = times
        self._now = now
        mapped = {
            "at",
            "state",
            "state_detail",
            "number",
            "impact",
            "urgency",
            "priority",
            "engineer",
            "group",
            "reopenings",
        }
        mapped |= {"reassignments", "text", "note", "work_done", "cause", "actor", "channel"}
        self._unmapped = mapping.headings() - {heading for name, heading in mapping.columns.named() if name in mapped}

    def draft(self, group: Group) -> Draft:
        """The draft of one ticket's rows."""
        report = Report([row.number for row in group.rows])
        rows = []
        for row in group.rows:
            if row.fault:
                report.say(row.number, row.fault)
                continue
            if row.short:
                report.say(row.number, "cells_missing")
            if row.guessed:
                report.say(row.number, "encoding_guessed", encoding=row.guessed)
            if row.doubtful:
                report.say(row.number, "word_doubtful", word=row.doubtful[:LONGEST_NAME])
            rows.append(row)
        parsed = (
            self._events(rows, report) if self._mapping.shape is Shape.EVENTS else self._times_of_ticket(rows, report)
        )
        changes = _in_order(list(parsed), report)
        if not changes:
            report.refuse_all("no_row_left")
            return Draft(number=group.number, report=report)
        taken = {change.row for change in changes}
        return self._whole(group.number, [row for row in rows if row.number in taken], changes, report)

    def _whole(self, number: str, rows: Sequence[Row], changes: tuple[Change, ...], report: Report) -> Draft:
        first = next(row for row in rows if row.number == changes[0].row)
        last = next(row for row in rows if row.number == changes[-1].row)
        columns = self._columns
        reported_at = self._reported_at(first, changes[0], report)
        client, caller = _last_known(rows, columns.client), _last_known(rows, columns.caller)[:LONGEST_NAME]
        device = _last_known(rows, columns.device)
        contents = (msgspec.structs.replace(change, row=0) for change in changes)
        return Draft(
            number=number,
            report=report,
            digests=[digest((reported_at, client, caller, device)), *map(digest, contents)],
            digest_rows=[changes[0].row, *(change.row for change in changes)],
            engineers=tuple(dict.fromkeys(change.engineer for change in reversed(changes) if change.engineer))[::-1],
            changes=changes,
            reported_at=reported_at,
            client=client,
            caller=caller,
            phone=_last_known(rows, columns.phone)[:40],
            device=device,
            site=_last_known(rows, columns.site),
            department=_last_known(rows, columns.department),
            channel=self._word(first, columns.channel, self._mapping.channels, "channel_unknown", report)
            or self._mapping.channel,
            subject=self._subject(first, number, report),
            description=self._description(last, report),
        )

    # --- one row per change --------------------------------------------------------------------

    def _events(self, rows: Sequence[Row], report: Report) -> Iterator[Change]:
        before: Row | None = None
        for row in rows:
            at = self._time(row, self._columns.at, report)
            word, state = self._state(row, report)
            if at is None or state is None:
                continue
            yield self._change(row, at, state, report, word=word, differences=self._differences(before, row))
            before = row

    def _state(self, row: Row, report: Report) -> tuple[str, TicketState | None]:
        """The state as the log names it, and ours."""
        if not row[self._columns.state]:
            report.say(row.number, "state_missing")
            return "", None
        word, state = self._mapping.state_of(row[self._columns.state], row[self._columns.state_detail])
        if state is None:
            report.say(row.number, "state_unknown", word=word[:LONGEST_NAME])
        return word, state

    def _differences(self, before: Row | None, row: Row) -> str:
        if before is None:
            return ""
        changed = [heading for heading in sorted(self._unmapped) if before[heading] != row[heading]]
        return "；".join(f"{heading}：{before[heading] or '—'} → {row[heading] or '—'}" for heading in changed)

    # --- one row per ticket --------------------------------------------------------------------

    def _times_of_ticket(self, rows: Sequence[Row], report: Report) -> Iterator[Change]:
        """A change for every time column of the ticket's last row, which supersedes earlier rows with its number."""
        if not rows:
            return
        row, columns = rows[-1], self._columns
        if self._time(row, columns.opened_at, report) is None:
            return
        stages = (
            (columns.opened_at, TicketState.NEW),
            (columns.assigned_at, TicketState.ASSIGNED),
            (columns.arrived_at, TicketState.ON_SITE),
            (columns.resolved_at, TicketState.RESOLVED),
            (columns.closed_at, TicketState.CLOSED),
            (columns.cancelled_at, TicketState.CANCELLED),
        )
        found = [
            (at, state)
            for heading, state in stages
            if row[heading] and (at := self._time(row, heading, report)) is not None
        ]
        for at, state in found:
            change = self._change(row, at, state, report)
            yield change if state is found[-1][1] else msgspec.structs.replace(change, rating=None)

    # --- cells ---------------------------------------------------------------------------------

    def _change(
        self,
        row: Row,
        at: datetime,
        state: TicketState,
        report: Report,
        *,
        word: str = "",
        differences: str = "",
    ) -> Change:
        columns, mapping = self._columns, self._mapping
        return Change(
            row=row.number,
            at=at,
            state=state,
            word=word,
            reason=mapping.wait_reasons.get(word) if state is TicketState.WAITING else None,
            actor=(row[columns.actor] or (row[columns.engineer] if state is not TicketState.NEW else ""))[:80],
            engineer=row[columns.engineer][:80],
            group=row[columns.group][:80],
            severity=Severity(
                self._word(row, columns.impact, mapping.impacts, "impact_unknown", report),
                self._word(row, columns.urgency, mapping.urgencies, "urgency_unknown", report),
                self._word(row, columns.priority, mapping.priorities, "priority_unknown", report)
                if mapping.priorities
                else None,
            ),
            service_category=mapping.service_categories.get(row[columns.service_category], ""),
            product_category=mapping.product_categories.get(row[columns.product_category], ""),
            text=self._text(row, columns.text, report),
            note=self._text(row, columns.note, report),
            work_done=self._text(row, columns.work_done, report),
            cause=self._text(row, columns.cause, report),
            work_minutes=self._number(row, columns.work_minutes, "minutes_unknown", report, most=MOST_MINUTES) or 0,
            rating=self._number(row, columns.rating, "rating_unknown", report, least=1, most=MOST_RATING),
            reopenings=_count(row[columns.reopenings]),
            reassignments=_count(row[columns.reassignments]),
            differences=differences,
        )

    def _time(self, row: Row, heading: str, report: Report) -> datetime | None:
        word = row[heading]
        if not word:
            report.say(row.number, "time_missing")
            return None
        found = self._times(word)
        if found is None:
            report.say(row.number, "time_unreadable", word=word[:LONGEST_NAME])
            return None
        if found.at > self._now:
            report.say(row.number, "time_in_future", word=word[:LONGEST_NAME])
            return None
        if found.doubt:
            report.say(row.number, found.doubt)
        return found.at

    def _reported_at(self, row: Row, first: Change, report: Report) -> datetime:
        if self._mapping.shape is not Shape.EVENTS:
            return first.at
        created = first.state is TicketState.NEW
        opened = self._times(row[self._columns.opened_at]) if row[self._columns.opened_at] else None
        if opened is None:
            if self._columns.opened_at or not created:
                report.say(row.number, "opened_missing")
            return first.at
        if opened.at > first.at:
            report.say(row.number, "opened_after_first")
            return first.at
        if not created:
            report.say(row.number, "creation_missing")
        return opened.at

    def _word(self, row: Row, heading: str, words: dict[str, _Word], code: str, report: Report) -> _Word | None:
        word = row[heading]
        if not word:
            return None
        found = words.get(word)
        if found is None:
            report.say(row.number, code, word=word[:LONGEST_NAME])
        return found

    def _number(self, row: Row, heading: str, code: str, report: Report, *, least: int = 0, most: int) -> int | None:
        word = row[heading]
        if not word:
            return None
        if not (word.isascii() and word.isdigit() and least <= int(word[:9]) <= most):
            report.say(row.number, code, word=word[:LONGEST_NAME])
            return None
        return int(word)

    def _text(self, row: Row, heading: str, report: Report) -> str:
        return _shortened(row, row[heading], LONGEST_TEXT, report)

    def _subject(self, row: Row, number: str, report: Report) -> str:
        words = " · ".join(row[heading] for heading in self._mapping.subject if row[heading])
        return _shortened(row, " ".join(words.split()), LONGEST_SUBJECT, report) or number

    def _description(self, row: Row, report: Report) -> str:
        headings = [heading for heading in self._mapping.description if row[heading]]
        if len(self._mapping.description) == 1:
            return _shortened(row, "".join(row[heading] for heading in headings), LONGEST_TEXT, report)
        return _shortened(row, "\n".join(f"{each}：{row[each]}" for each in headings), LONGEST_TEXT, report)


def _in_order(changes: list[Change], report: Report) -> tuple[Change, ...]:
    """Sort by time; changes of the same time keep the order of the file."""
    latest: datetime | None = None
    for change in changes:
        if latest is not None and change.at < latest:
            report.say(change.row, "put_in_order")
        latest = change.at if latest is None else max(latest, change.at)
    ordered = sorted(changes, key=lambda change: change.at)
    for before, after in pairwise(ordered):
        if before.at == after.at and before.row != after.row:
            report.say(after.row, "same_time")
    return tuple(ordered)


def _last_known(rows: Sequence[Row], heading: str) -> str:
    return next((row[heading] for row in reversed(rows) if row[heading]), "")


def _count(word: str) -> int:
    return int(word[:6]) if word.isascii() and word.isdigit() else 0


def _shortened(row: Row, text: str, most: int, report: Report) -> str:
    if len(text) > most:
        report.say(row.number, "text_shortened")
    return text[:most]
