"""What one finished visit costs: by which line of which contract, by an approved quote, by the price book, or why not.
Pure: everything it decides by is given."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

import msgspec

from app.platform.promises import ServiceCalendar
from billing.contracts import AgreedDays
from billing.money import Money, PriceMode
from billing.money.rounding import EXACT
from billing.periods import day_in
from billing.rating.outcomes import Outcome, Unrated
from billing.rating.schemas import ChargeDue
from billing.rating.service_hours import began, minutes_by_hours
from billing.rating.vocabulary import CATEGORY_NAMES, ChargeCategory, SourceKind
from billing.rating.work_facts import TicketFacts, VisitFacts
from billing.terms import (
    Charge,
    ChargedOnce,
    CoverageReason,
    CoverageState,
    HourlyRate,
    Matter,
    PrepaidBlock,
    PrepaidUnit,
    TermLine,
    TimePrices,
    WorkDone,
    coverage,
    overage_charge,
    work_charges,
)
from billing.terms.charges import hours

BOOK_RULE: Final = "price_book/hour"
_STATES: Final = {state: place for place, state in enumerate(CoverageState)}
_REASONS: Final = {reason: place for place, reason in enumerate(CoverageReason)}
_CATEGORIES: Final[Mapping[str, ChargeCategory]] = {
    "hour": ChargeCategory.WORK,
    "overtime": ChargeCategory.OVERTIME,
    "travel": ChargeCategory.TRAVEL,
    "incident": ChargeCategory.INCIDENT,
    "overage": ChargeCategory.PREPAID,
}


class HourPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What an hour costs by the price book of the day, for work without a contract."""

    name: str
    unit: str
    unit_price: Decimal
    currency: str
    price_mode: PriceMode
    tax: str


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """By what a visit is charged. `line` and `agreed` are set where a contract says it."""

    outcome: Outcome
    reason: str = ""
    agreed: AgreedDays | None = None
    line: TermLine | None = None
    work: WorkDone | None = None
    minutes: tuple[int, int] = (0, 0)

    @property
    def draws(self) -> bool:
        """Whether it takes from what was paid ahead."""
        return self.outcome is Outcome.PREPAID


def decide(
    ticket: TicketFacts,
    visit: VisitFacts,
    agreed: Sequence[AgreedDays],
    calendars: Mapping[UUID, ServiceCalendar],
    left: Mapping[UUID, Mapping[str, int]],
    *,
    charge_rework: bool = False,
) -> Decided:
    """The best answer of all contracts, `agreed` for the day of the work; where none covers it, what was approved or
    what the price book says. `left` has, by contract and line, what is left of prepaid blocks on that day."""
    if visit.rework and not charge_rework:
        return Decided(outcome=Outcome.REWORK, minutes=(visit.minutes or 0, 0))
    works: dict[tuple[str, UUID | None], WorkDone] = {}
    answers = []
    for each in agreed:
        hours_of = each.version.terms.time_zone, each.version.terms.calendar_version_id
        if hours_of not in works:
            works[hours_of] = _work(ticket, visit, each, calendars)
        answers.append(_answer(visit, each, works[hours_of], calendars, left.get(each.version.contract_id, {})))
    best = min(answers, key=lambda each: each[0]) if answers else None
    if best is not None and best[1].line is not None and ticket.said in (None, CoverageState.COVERED):
        return best[1]
    return _uncovered(ticket, visit, best[1] if best else None)


def _answer(
    visit: VisitFacts,
    each: AgreedDays,
    work: WorkDone,
    calendars: Mapping[UUID, ServiceCalendar],
    left: Mapping[str, int],
) -> tuple[tuple[int, int], Decided]:
    terms = each.version.terms
    found = coverage(terms, work.matter, left)
    rank = _STATES[found.state], _REASONS[found.reason]
    if found.state is not CoverageState.COVERED:
        reason = _uncovered_reason(found.state, found.reason)
        return rank, Decided(outcome=Outcome.UNRATED, reason=reason, work=work)
    line = next(line for line in terms.lines if line.key == found.line_key)
    return rank, _by_line(visit, each, line, work, calendars)


def decide_by(
    ticket: TicketFacts,
    visit: VisitFacts,
    each: AgreedDays,
    line: TermLine,
    calendars: Mapping[UUID, ServiceCalendar],
) -> Decided:
    """What a visit costs by the line that covers it."""
    return _by_line(visit, each, line, _work(ticket, visit, each, calendars), calendars)


def _by_line(
    visit: VisitFacts, each: AgreedDays, line: TermLine, work: WorkDone, calendars: Mapping[UUID, ServiceCalendar]
) -> Decided:
    terms = each.version.terms
    decided = Decided(
        outcome=Outcome.CHARGED,
        agreed=each,
        line=line,
        work=work,
        minutes=(work.minutes_inside, work.minutes_outside),
    )
    if terms.calendar_version_id and terms.calendar_version_id not in calendars:
        return _missing(decided, Unrated.CALENDAR_MISSING)
    if visit.minutes is None and _counts_time(line):
        return _missing(decided, Unrated.MINUTES_MISSING)
    if isinstance(line, PrepaidBlock):
        return msgspec.structs.replace(decided, outcome=Outcome.GOODWILL if visit.goodwill else Outcome.PREPAID)
    if not work_charges(terms, line, work):
        return msgspec.structs.replace(decided, outcome=Outcome.INCLUDED)
    return decided


def _work(
    ticket: TicketFacts, visit: VisitFacts, each: AgreedDays, calendars: Mapping[UUID, ServiceCalendar]
) -> WorkDone:
    """The visit as the contract sees it: on the day, in its zone, on which it ended."""
    terms, minutes = each.version.terms, visit.minutes or 0
    calendar = calendars.get(terms.calendar_version_id) if terms.calendar_version_id else None
    inside, outside = minutes_by_hours(calendar, began(visit.arrived_at, visit.finished_at, minutes), minutes)
    matter = Matter(
        day=day_in(terms.zone, visit.finished_at),
        service_category=ticket.service_category,
        product_category=ticket.product_category,
        site_id=ticket.site_id,
        device_id=ticket.device_id,
        outside_hours=outside > 0 and inside == 0,
    )
    return WorkDone(matter=matter, minutes_inside=inside, minutes_outside=outside, on_site=visit.on_site)


def _missing(decided: Decided, reason: Unrated) -> Decided:
    """Nothing is charged before it is mended."""
    return Decided(outcome=Outcome.UNRATED, reason=reason, minutes=decided.minutes)


def _uncovered_reason(state: CoverageState, reason: CoverageReason) -> Unrated:
    if reason is CoverageReason.PREPAID_USED_UP:
        return Unrated.PREPAID_USED_UP
    return Unrated.REFUSED if state is CoverageState.NOT_COVERED else Unrated.QUOTE_MISSING


def _counts_time(line: TermLine) -> bool:
    return isinstance(line, HourlyRate) or (isinstance(line, PrepaidBlock) and line.unit is PrepaidUnit.MINUTE)


def _uncovered(ticket: TicketFacts, visit: VisitFacts, answer: Decided | None) -> Decided:
    """Work that no contract pays for: what the client approved, else what the price book says to a client without a
    contract, and where a member said that it lies outside."""
    minutes, said = (visit.minutes or 0, 0), ticket.said
    if said is CoverageState.COVERED:
        return Decided(outcome=Outcome.INCLUDED, minutes=minutes)
    if ticket.approved:
        return Decided(outcome=Outcome.QUOTED, minutes=minutes)
    if said is CoverageState.NOT_COVERED or (answer is None and said is None):
        if visit.minutes is None:
            return _unrated(visit, Unrated.MINUTES_MISSING)
        return Decided(outcome=Outcome.CHARGED, minutes=minutes)
    reason = answer.reason if answer is not None and said is None else Unrated.QUOTE_MISSING
    return _unrated(visit, Unrated(reason or Unrated.QUOTE_MISSING))


def _unrated(visit: VisitFacts, reason: Unrated) -> Decided:
    outcome = Outcome.GOODWILL if visit.goodwill else Outcome.UNRATED
    return Decided(outcome=outcome, reason=reason, minutes=(visit.minutes or 0, 0))


def charges_of_visit(ticket: TicketFacts, visit: VisitFacts, decided: Decided, missing: int = 0) -> list[ChargeDue]:
    """What the visit costs by the contract's line, the price of an incident left out: `missing` are minutes or visits
    that no prepaid block had left."""
    if decided.agreed is None or decided.line is None or decided.work is None:
        return []
    terms, line = decided.agreed.version.terms, decided.line
    if isinstance(line, PrepaidBlock):
        made = overage_charge(terms, line, decided.work.matter.day, missing)
    else:
        made = work_charges(terms, line, decided.work)
    return [_due(ticket, decided.agreed, line, each, visit) for each in made if each.once_for is ChargedOnce.VISIT]


def incident_charges(ticket: TicketFacts, decided: Decided) -> list[ChargeDue]:
    """The price of the ticket by the contract's line, once however many visits it took."""
    if decided.agreed is None or decided.line is None or decided.work is None:
        return []
    made = work_charges(decided.agreed.version.terms, decided.line, decided.work)
    return [
        _due(ticket, decided.agreed, decided.line, each, None) for each in made if each.once_for is ChargedOnce.TICKET
    ]


def book_charge(ticket: TicketFacts, visit: VisitFacts, price: HourPrice) -> ChargeDue:
    """The visit's time by the price book, in steps of a quarter of an hour."""
    counted, _ = TimePrices(hour=price.unit_price).counted(visit.minutes or 0, 0)
    quantity = hours(counted)
    return ChargeDue(
        client_id=ticket.client_id,
        source_kind=SourceKind.VISIT,
        source_id=visit.id,
        rule=BOOK_RULE,
        day=ticket.day_of(visit.finished_at),
        name=f"{price.name} {ticket.number}",
        quantity=quantity,
        unit=price.unit,
        unit_price=price.unit_price,
        amount=Money.of(EXACT.multiply(quantity, price.unit_price), price.currency),
        tax=price.tax,
        price_mode=price.price_mode,
        category=ChargeCategory.WORK,
        ticket_id=ticket.id,
        visit_id=visit.id,
        site_id=ticket.site_id,
        department_id=ticket.department_id,
        device_id=ticket.device_id,
    )


def _due(
    ticket: TicketFacts, agreed: AgreedDays, line: TermLine, charge: Charge, visit: VisitFacts | None
) -> ChargeDue:
    category = _CATEGORIES[charge.rule.rpartition("/")[2]]
    version = agreed.version
    return ChargeDue(
        client_id=ticket.client_id,
        source_kind=SourceKind.VISIT if visit else SourceKind.TICKET,
        source_id=visit.id if visit else ticket.id,
        rule=charge.rule,
        day=charge.day,
        name=f"{line.name} {CATEGORY_NAMES[category]} {ticket.number}",
        quantity=charge.quantity,
        unit=charge.unit,
        unit_price=charge.unit_price,
        amount=charge.amount,
        tax=charge.tax,
        price_mode=version.terms.price_mode,
        category=category,
        contract_id=version.contract_id,
        contract_version_id=version.version_id,
        ticket_id=ticket.id,
        visit_id=visit.id if visit else None,
        site_id=ticket.site_id,
        department_id=ticket.department_id,
        device_id=ticket.device_id,
    )
