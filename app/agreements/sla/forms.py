"""Calendars and policies as forms: documents to fields, and what was typed back to documents. Pure.

What a form cannot show (a target with hours of its own, an escalation after a fixed time or of single targets) is kept
from the document that the form was drawn from. Invalid times become documents with problems, so that they are
validated in one place.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import msgspec

from app.agreements.sla.errors import PROBLEM_TEXTS
from app.agreements.sla.policy import (
    EscalationStep,
    PauseRule,
    PriorityRule,
    PriorityTerms,
    Promise,
    SlaPolicyDocument,
)
from app.agreements.sla.vocabulary import MEASURED_TARGETS, SENDING_CHANNELS, Impact, Priority, TimeBasis, Urgency
from app.platform.promises import (
    DateException,
    DayKind,
    DocumentProblem,
    HolidayEntry,
    HolidayTable,
    InvalidDocument,
    PublicHolidays,
    ServiceCalendar,
    WaitReason,
    Week,
    Window,
    Windows,
)
from app.platform.web.form_values import FormValues

UNITS: Final = {
    "minutes": (60, TimeBasis.BUSINESS),
    "hours": (3_600, TimeBasis.BUSINESS),
    "minutes_elapsed": (60, TimeBasis.ELAPSED),
    "hours_elapsed": (3_600, TimeBasis.ELAPSED),
}
"""What the field of a target's unit may say: seconds of one, and whether it counts in service hours."""
ESCALATION_LEVELS: Final = (1, 2, 3)
WEEKDAYS: Final = Week.__struct_fields__

_BETWEEN = re.compile(r"(?<=:\d\d)\s*[-–—~至到]\s*(?=\d{1,2}:\d\d)")
_NEXT_TIME = re.compile(r"[,;、]\s*(?=\d{1,2}:\d\d)")
_TIME = re.compile(r"\d{1,2}:\d\d")
_CLOSED: Final = frozenset({"休", "休息", "closed"})
_WORKDAY: Final = frozenset({"班", "上班", "workday"})
_DAY_KIND_WORDS: Final = {DayKind.HOLIDAY: "休", DayKind.MAKEUP_WORKDAY: "班", DayKind.ORDINARY: "平"}


def _words(text: str) -> list[str]:
    """Words as they stand, with the times of one window in one word."""
    return _BETWEEN.sub("-", _NEXT_TIME.sub(" ", unicodedata.normalize("NFKC", text))).split()


def _window(word: str) -> Window:
    opens, _, closes = word.partition("-")
    return Window(opens.zfill(5), closes.zfill(5))


def windows_from(text: str) -> Windows:
    """`09:00-12:00 13:30-18:00`, in any usual punctuation; nothing is a day off."""
    return tuple(_window(word) for word in _words(text) if word not in _CLOSED)


def windows_text(windows: Windows) -> str:
    """The windows as a field shows them."""
    return " ".join(f"{window.opens}-{window.closes}" for window in windows)


def exceptions_from(text: str) -> tuple[DateException, ...]:
    """One line a date: `2026-12-31 休息 年终盘点` or `2026-12-31 09:00-12:00 只上半天`.

    Raises:
        InvalidDocument: a line does not begin with a date.
    """
    found = []
    for place, words in enumerate(_lines(text)):
        day = _day(words[0], f"exceptions[{place}]")
        times = [word for word in words[1:] if _TIME.match(word)]
        note = [word for word in words[1:] if word not in times and word not in _CLOSED]
        found.append(DateException(day, tuple(_window(word) for word in times), " ".join(note)))
    return tuple(found)


def exceptions_text(exceptions: Iterable[DateException]) -> str:
    """The exceptions as a field shows them."""
    return "\n".join(
        " ".join(part for part in (each.day.isoformat(), windows_text(each.windows) or "休息", each.note) if part)
        for each in exceptions
    )


def holidays_from(text: str, complete_years: str) -> HolidayTable:
    """One line a date: `2027-01-01 休 元旦`, `2027-02-06 班 春节调休`; any other word: an ordinary day after all.

    Raises:
        InvalidDocument: a line does not begin with a date.
    """
    entries = []
    for words in _lines(text):
        kind = DayKind.ORDINARY
        if words[1:2] and words[1] in _CLOSED:
            kind = DayKind.HOLIDAY
        elif words[1:2] and words[1] in _WORKDAY:
            kind = DayKind.MAKEUP_WORKDAY
        entries.append(HolidayEntry(_day(words[0], "holiday_table"), kind, " ".join(words[2:])))
    years = tuple(sorted({int(word) for word in _words(complete_years) if re.fullmatch(r"20\d\d", word)}))
    return HolidayTable(tuple(entries), years)


def holidays_text(table: HolidayTable) -> str:
    """The table's entries as a field shows them."""
    return "\n".join(f"{each.day} {_DAY_KIND_WORDS[each.kind]} {each.name}".strip() for each in table.entries)


def _lines(text: str) -> list[list[str]]:
    return [words for words in map(_words, text.splitlines()) if words]


def _day(text: str, path: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidDocument([DocumentProblem("date_invalid", path)], PROBLEM_TEXTS) from error


def calendar_fields(calendar: ServiceCalendar) -> dict[str, str]:
    """The fields of a calendar's form."""
    days = dict(zip(WEEKDAYS, calendar.weekly.days(), strict=True))
    return {
        **{name: windows_text(windows) for name, windows in days.items()},
        "time_zone": calendar.time_zone,
        "public_holidays": calendar.public_holidays.value,
        "holiday_windows": windows_text(calendar.holiday_windows),
        "makeup_windows": windows_text(calendar.makeup_windows or ()),
        "exceptions": exceptions_text(calendar.exceptions),
        "holiday_table": holidays_text(calendar.holiday_table),
        "complete_years": " ".join(str(year) for year in calendar.holiday_table.complete_years),
    }


def calendar_from(form: FormValues) -> ServiceCalendar:
    """
    Raises:
        InvalidDocument: a line does not begin with a date.
    """
    makeup = windows_from(form["makeup_windows"])
    china = form["public_holidays"] == PublicHolidays.CHINA
    return ServiceCalendar(
        weekly=Week(*(windows_from(form[name]) for name in WEEKDAYS)),
        time_zone=form["time_zone"].strip(),
        public_holidays=PublicHolidays.CHINA if china else PublicHolidays.NONE,
        holiday_windows=windows_from(form["holiday_windows"]),
        makeup_windows=makeup or None,
        holiday_table=holidays_from(form["holiday_table"], form["complete_years"]),
        exceptions=exceptions_from(form["exceptions"]),
    )


def calendar_field_of(path: str) -> str:
    """The field of the form that a problem's path is about."""
    first, _, rest = re.sub(r"\[\d+\]", "", path).partition(".")
    return rest if first == "weekly" and rest else first


def _is_in_form(step: EscalationStep) -> bool:
    return step.at_percent is not None and not step.kinds


def policy_fields(policy: SlaPolicyDocument) -> dict[str, Any]:
    """The fields of a policy's form. `P1.response.amount`, `P1.level1.percent`, `matrix.high.low`…"""
    fields: dict[str, Any] = {"name": policy.name, "attainment_percent": f"{policy.attainment_percent:g}"}
    for terms in policy.terms:
        for promise in terms.promises:
            size = 3_600 if promise.seconds % 3_600 == 0 else 60
            key = f"{terms.priority}.{promise.kind}"
            fields[f"{key}.amount"] = f"{promise.seconds / size:g}"
            fields[f"{key}.unit"] = next(unit for unit, meant in UNITS.items() if meant == (size, promise.basis))
        for step in filter(_is_in_form, terms.escalation):
            fields[f"{terms.priority}.level{step.level}.percent"] = str(step.at_percent)
            fields[f"{terms.priority}.level{step.level}.waiting"] = "yes" if step.while_waiting else ""
            fields[f"{terms.priority}.level{step.level}.channels"] = step.channels
    for rule in policy.matrix:
        fields[f"matrix.{rule.impact}.{rule.urgency}"] = rule.priority
    for pause in policy.pause_rules:
        fields[f"pause.{pause.reason}"] = pause.pauses
    return fields


def policy_from(form: FormValues, base: SlaPolicyDocument) -> tuple[SlaPolicyDocument, dict[str, str]]:
    """The document, and for the path of each promise and step the field of the form that it came from."""
    field_by_path: dict[str, str] = {}
    terms = tuple(_terms(form, base, place, priority, field_by_path) for place, priority in enumerate(Priority))
    matrix = tuple(
        PriorityRule(impact, urgency, Priority(form[f"matrix.{impact}.{urgency}"]))
        for impact in Impact
        for urgency in Urgency
        if form[f"matrix.{impact}.{urgency}"] in set(Priority)
    )
    pauses = [
        PauseRule(reason, tuple(kind for kind in MEASURED_TARGETS if kind in form.checked(f"pause.{reason}")))
        for reason in WaitReason
    ]
    document = SlaPolicyDocument(
        name=form["name"].strip(),
        terms=terms,
        matrix=matrix,
        pause_rules=tuple(rule for rule in pauses if rule.pauses),
        attainment_percent=_number(form["attainment_percent"]),
    )
    return document, field_by_path


def _terms(
    form: FormValues, base: SlaPolicyDocument, place: int, priority: Priority, field_by_path: dict[str, str]
) -> PriorityTerms:
    before = base.terms_of(priority)
    own_hours = {promise.kind: promise.calendar for promise in before.promises}
    promises: list[Promise] = []
    for kind in MEASURED_TARGETS:
        key = f"{priority}.{kind}"
        if not form[f"{key}.amount"].strip():
            continue
        size, basis = UNITS.get(form[f"{key}.unit"], UNITS["minutes"])
        seconds = round(_number(form[f"{key}.amount"]) * size)
        calendar = own_hours.get(kind) if basis is TimeBasis.BUSINESS else None
        field_by_path[f"terms[{place}].promises[{len(promises)}]"] = f"{key}.amount"
        promises.append(Promise(kind, seconds, basis, calendar))
    promised = {promise.kind for promise in promises}
    steps = [
        msgspec.structs.replace(step, kinds=tuple(kind for kind in step.kinds if kind in promised))
        for step in before.escalation
        if not _is_in_form(step) and (not step.kinds or not promised.isdisjoint(step.kinds))
    ]
    for level in ESCALATION_LEVELS:
        key = f"{priority}.level{level}"
        if not form[f"{key}.percent"].strip():
            continue
        field_by_path[f"terms[{place}].escalation[{len(steps)}]"] = f"{key}.percent"
        steps.append(
            EscalationStep(
                level=level,
                channels=tuple(channel for channel in SENDING_CHANNELS if channel in form.checked(f"{key}.channels")),
                at_percent=int(_number(form[f"{key}.percent"])),
                while_waiting=form[f"{key}.waiting"] == "yes",
            )
        )
    return PriorityTerms(priority, tuple(promises), tuple(steps))


def policy_field_of(path: str, field_by_path: dict[str, str]) -> str:
    """The field of the form that a problem's path is about."""
    match = re.match(r"terms\[\d\]\.(promises|escalation)\[\d+\]", path)
    return field_by_path.get(match[0], path) if match else path


def _number(text: str) -> float:
    """The typed number; 0, which validation refuses, where it is none."""
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("%")
    return float(plain) if re.fullmatch(r"\d{1,6}(\.\d{1,4})?", plain) else 0.0
