"""Whether a contract covers a matter, and why (T3)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from billing.terms.document import OutsideWork, Terms
from billing.terms.lines import (
    HourlyRate,
    Milestone,
    PerDevice,
    PerIncident,
    PrepaidBlock,
    Retainer,
    StationedStaff,
    TermLine,
)
from billing.terms.scope import Matter, ScopeMiss


class CoverageState(StrEnum):
    """The answer."""

    COVERED = "covered"
    """Work may begin; what it costs, if anything, has been agreed."""
    NEEDS_QUOTE = "needs_quote"
    """Work is offered and begins after approval."""
    NOT_COVERED = "not_covered"


class CoverageReason(StrEnum):
    """Why, in the order in which reasons are preferred."""

    INCLUDED = "included"
    PREPAID = "prepaid"
    """From what was paid ahead."""
    INCLUDED_OVERTIME = "included_overtime"
    """Included, but at this hour it costs the agreed overtime."""
    AGREED_PRICE = "agreed_price"
    PREPAID_OVERAGE = "prepaid_overage"
    """What was paid ahead is used up; more has an agreed price."""
    PREPAID_USED_UP = "prepaid_used_up"
    OUTSIDE_HOURS = "outside_hours"
    DEVICE_NOT_LISTED = "device_not_listed"
    SITE_NOT_LISTED = "site_not_listed"
    PRODUCT_NOT_COVERED = "product_not_covered"
    SERVICE_NOT_COVERED = "service_not_covered"
    NOT_IN_FORCE = "not_in_force"
    """The contract has not begun, or is over."""
    NO_CONTRACT = "no_contract"
    """The client has none on that day."""


class Coverage(msgspec.Struct, frozen=True):
    """The answer with its reason, and the line that gave it; `""` where none did."""

    state: CoverageState
    reason: CoverageReason
    line_key: str = ""


_GRANTING: Final = frozenset(
    {
        CoverageReason.INCLUDED,
        CoverageReason.PREPAID,
        CoverageReason.INCLUDED_OVERTIME,
        CoverageReason.AGREED_PRICE,
        CoverageReason.PREPAID_OVERAGE,
    }
)
_PREFERENCE: Final = {reason: place for place, reason in enumerate(CoverageReason)}
_MISSES: Final[Mapping[ScopeMiss, CoverageReason]] = {
    ScopeMiss.DEVICE: CoverageReason.DEVICE_NOT_LISTED,
    ScopeMiss.SITE: CoverageReason.SITE_NOT_LISTED,
    ScopeMiss.PRODUCT_CATEGORY: CoverageReason.PRODUCT_NOT_COVERED,
    ScopeMiss.SERVICE_CATEGORY: CoverageReason.SERVICE_NOT_COVERED,
}


def coverage(terms: Terms, matter: Matter, prepaid_left: Mapping[str, int]) -> Coverage:
    """What the lines say of the matter: the best answer of any, and among equal ones the first line's.

    `prepaid_left` has, by the key of each prepaid line, the minutes or visits that are left on the matter's day.
    """
    if matter.day not in terms.term:
        return Coverage(CoverageState.NOT_COVERED, CoverageReason.NOT_IN_FORCE)
    answers = [
        (_answer(line, matter, prepaid_left), line.key) for line in terms.lines if not isinstance(line, Milestone)
    ]
    if not answers:
        return _outside(terms, CoverageReason.SERVICE_NOT_COVERED, "")
    reason, key = min(answers, key=lambda each: _PREFERENCE[each[0]])
    if reason in _GRANTING:
        return Coverage(CoverageState.COVERED, reason, key)
    return _outside(terms, reason, key)


def _outside(terms: Terms, reason: CoverageReason, key: str) -> Coverage:
    refused = terms.outside is OutsideWork.REFUSED
    return Coverage(CoverageState.NOT_COVERED if refused else CoverageState.NEEDS_QUOTE, reason, key)


def _answer(line: TermLine, matter: Matter, prepaid_left: Mapping[str, int]) -> CoverageReason:
    miss = line.scope.miss(matter)
    if miss is not None:
        return _MISSES[miss]
    match line:
        case PrepaidBlock():
            if prepaid_left.get(line.key, 0) > 0:
                return CoverageReason.PREPAID
            return CoverageReason.PREPAID_USED_UP if line.overage is None else CoverageReason.PREPAID_OVERAGE
        case Retainer() | PerDevice():
            return _by_hours(
                matter, CoverageReason.INCLUDED, CoverageReason.INCLUDED_OVERTIME, line.prices.overtime_hour
            )
        case StationedStaff():
            return _by_hours(matter, CoverageReason.INCLUDED, CoverageReason.INCLUDED_OVERTIME, line.overtime_hour)
        case HourlyRate():
            return _by_hours(
                matter, CoverageReason.AGREED_PRICE, CoverageReason.AGREED_PRICE, line.prices.overtime_hour
            )
        case PerIncident():
            return CoverageReason.AGREED_PRICE
        case Milestone():
            return CoverageReason.SERVICE_NOT_COVERED


def _by_hours(
    matter: Matter, inside: CoverageReason, outside: CoverageReason, overtime_price: object
) -> CoverageReason:
    if not matter.outside_hours:
        return inside
    return CoverageReason.OUTSIDE_HOURS if overtime_price is None else outside
