"""What a device's week says: which findings follow from it, and the figures of all devices. Pure functions."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final, NamedTuple

from app.desk.security.states import FindingKind, Protection

DEFINITIONS_DAYS: Final = 7
"""Virus definitions may be so many days old at the end of the week; after that they are outdated."""
A_WEEK: Final = timedelta(days=7)


class DeviceWeek(NamedTuple):
    """What is known of a device; None is what the report does not say."""

    protection: Protection
    definitions_on: date | None
    virus_events: int | None
    missing_patches: int | None


class WeekFigures(NamedTuple):
    """The sums over a week's devices."""

    checked: int = 0
    protected: int = 0
    outdated: int = 0
    virus_events: int = 0
    unpatched: int = 0


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def findings_of(device: DeviceWeek, monday: date, seen_on: date) -> list[FindingKind]:
    """What is wrong with a device. Definitions are measured at the end of the week, or on the day that it is assessed
    if that is earlier: a device without antivirus software has no definitions to be old."""
    found = []
    if device.protection is Protection.MISSING:
        found.append(FindingKind.UNPROTECTED)
    elif is_outdated(device, monday, seen_on):
        found.append(FindingKind.OUTDATED)
    if device.virus_events:
        found.append(FindingKind.VIRUS)
    if device.missing_patches:
        found.append(FindingKind.UNPATCHED)
    return found


def is_outdated(device: DeviceWeek, monday: date, seen_on: date) -> bool:
    """Whether its virus definitions are older than they may be."""
    last_day = min(monday + A_WEEK - timedelta(days=1), max(seen_on, monday))
    return device.definitions_on is not None and (last_day - device.definitions_on).days > DEFINITIONS_DAYS


def figures_of(devices: Iterable[DeviceWeek], monday: date, seen_on: date) -> WeekFigures:
    """The sums. What nobody knows to be protected counts as checked, not as protected."""
    every = list(devices)
    return WeekFigures(
        checked=len(every),
        protected=sum(each.protection is Protection.INSTALLED for each in every),
        outdated=sum(FindingKind.OUTDATED in findings_of(each, monday, seen_on) for each in every),
        virus_events=sum(each.virus_events or 0 for each in every),
        unpatched=sum(bool(each.missing_patches) for each in every),
    )


def coverage_of(protected: int, expected: int) -> float | None:
    """Percent of the computers that should have antivirus software and are known to have it, at most 100; None where
    there is no such computer."""
    return round(min(100.0, 100 * protected / expected), 1) if expected else None
