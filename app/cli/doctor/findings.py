"""What a check says: whether something works, and what an operator does where it does not."""

from collections.abc import Awaitable, Callable
from enum import StrEnum

import msgspec

from app.platform.kernel.runtime import Runtime


class Verdict(StrEnum):
    """How bad it is. A warning works today and will not for ever, or not for everybody."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


class Finding(msgspec.Struct, frozen=True):
    """One line: what was looked at, what was found, what to do. Never a secret, never a record's content."""

    subject: str
    verdict: Verdict
    told: str
    remedy: str = ""


class Check(msgspec.Struct, frozen=True):
    """Something to look at. It may find several things; what it raises is `broken` with `remedy`."""

    subject: str
    look: Callable[[Runtime], Awaitable[list[Finding]]]
    remedy: str
    takes_long: bool = False
    """Reads all of a company's records: left out where somebody is in a hurry."""


def ok(subject: str, told: str) -> Finding:
    """It works."""
    return Finding(subject, Verdict.OK, told)


def warning(subject: str, told: str, remedy: str) -> Finding:
    """It works, and something about it is to be changed."""
    return Finding(subject, Verdict.WARNING, told, remedy)


def broken(subject: str, told: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(subject, Verdict.BROKEN, told, remedy)
