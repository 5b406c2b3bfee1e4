"""What clients approved in quotes: each line charged once, at the amount that was offered."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from billing.quotes import ApprovedLine, LineKind
from billing.rating.schemas import ChargeDue
from billing.rating.vocabulary import ChargeCategory, SourceKind

RULE: Final = "quote"
_PLACES: Final = Decimal("0.000001")
_CATEGORIES: Final[Mapping[LineKind, ChargeCategory]] = {
    LineKind.PART: ChargeCategory.PART,
    LineKind.ADDON: ChargeCategory.ADDON,
}


def charge_of(line: ApprovedLine, day: date) -> ChargeDue:
    """The line, for work that was done on `day`; its unit price is after the discount."""
    return ChargeDue(
        client_id=line.client_id,
        source_kind=SourceKind.QUOTE_LINE,
        source_id=line.line_id,
        rule=RULE,
        day=day,
        name=f"{line.name} {line.quote_number}",
        quantity=line.quantity,
        unit=line.unit,
        unit_price=(line.unit_price * (1 - line.discount)).quantize(_PLACES),
        amount=line.amount,
        tax=line.tax,
        price_mode=line.price_mode,
        category=_CATEGORIES.get(line.kind, ChargeCategory.QUOTED),
        quote_line_id=line.line_id,
        ticket_id=line.ticket_id,
    )
