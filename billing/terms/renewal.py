"""The terms under which a contract goes on after its term."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import msgspec

from billing.money import currency_exponent
from billing.money.rounding import EXACT
from billing.periods import Period, months_after
from billing.terms.document import Terms
from billing.terms.lines import DeviceTier, Milestone, TermLine, TimePrices

MOST_MONTHS: Final = 1_200


def renewed(terms: Terms) -> Terms:
    """The terms of the next term: as long as was agreed for renewals, else as long as this one; prices raised by the
    indexation. The anchor of the billing periods stays; milestones are reached once and do not come again."""
    lines = tuple(_indexed(line, terms) for line in terms.lines if not isinstance(line, Milestone))
    return msgspec.structs.replace(terms, term=Period(terms.term.end, _next_end(terms)), lines=lines)


def months_of(term: Period) -> int | None:
    """How many whole months a term has; None where it has none or odd days beside them."""
    months = (term.end.year - term.start.year) * 12 + term.end.month - term.start.month
    return months if 0 < months <= MOST_MONTHS and months_after(term.start, months) == term.end else None


def _next_end(terms: Terms) -> date:
    term, before = terms.term, months_of(terms.term)
    if before is not None:
        # Reckoned from the start, so that a term from the 31st ends on last days of months.
        return months_after(term.start, before + (terms.renewal_months or before))
    if terms.renewal_months:
        return months_after(term.end, terms.renewal_months)
    return term.end + (term.end - term.start)


def _indexed(line: TermLine, terms: Terms) -> TermLine:
    if not terms.indexation:
        return line
    raised: TermLine = _raised(line, 1 + terms.indexation, currency_exponent(terms.currency))
    return raised


def _raised(record: Any, factor: Decimal, places: int) -> Any:
    changed: dict[str, Any] = {}
    for field in msgspec.structs.fields(record):
        value = getattr(record, field.name)
        if isinstance(value, Decimal):
            changed[field.name] = _price(value, factor, places)
        elif isinstance(value, TimePrices):
            changed[field.name] = _raised(value, factor, places)
        elif isinstance(value, tuple) and all(isinstance(each, DeviceTier) for each in value):
            changed[field.name] = tuple(_raised(each, factor, places) for each in value)
    return msgspec.structs.replace(record, **changed)


def _price(price: Decimal, factor: Decimal, places: int) -> Decimal:
    """Rounded to the currency's minor unit, or to as many places as the price had."""
    kept = max(places, -int(price.normalize().as_tuple().exponent))
    return EXACT.multiply(price, factor).quantize(Decimal(1).scaleb(-kept), rounding=ROUND_HALF_UP)
