"""What clients approved in quotes: each line charged once, at the amount that was offered."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import and_, select

from app.platform.kernel.columns import view_of
from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.money import Money, PriceMode
from billing.quotes.models import OfferedQuote, OfferedQuoteLine
from billing.rating.schemas import ChargeDue
from billing.rating.vocabulary import ChargeCategory, SourceKind

RULE: Final = "quote"
APPROVED: Final = "approved"
_PLACES: Final = Decimal("0.000001")
_CATEGORIES: Final = {"part": ChargeCategory.PART, "addon": ChargeCategory.ADDON}


class ApprovedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line that a client approved; `unit_price` is after the discount, `amount` as `price_mode` says."""

    id: UUID
    client_id: UUID
    ticket_id: UUID | None
    decided_at: datetime
    kind: str
    name: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    amount: Money
    tax: str
    price_mode: PriceMode
    number: str


async def approved_lines_of(work: UnitOfWork, ticket_ids: Collection[UUID]) -> dict[UUID, list[ApprovedLine]]:
    """By ticket, those of its quotes."""
    found: dict[UUID, list[ApprovedLine]] = {}
    for line in await _lines(work, OfferedQuote.ticket_id.in_(ticket_ids)):
        if line.ticket_id is not None:
            found.setdefault(line.ticket_id, []).append(line)
    return found


async def approved_lines_of_quote(work: UnitOfWork, quote_id: UUID) -> list[ApprovedLine]:
    """Those of one quote."""
    return await _lines(work, OfferedQuote.quote_id == quote_id)


async def _lines(work: UnitOfWork, condition: Any) -> list[ApprovedLine]:
    rows = await work.session.execute(
        select(OfferedQuoteLine, OfferedQuote)
        .join(
            OfferedQuote,
            and_(
                OfferedQuote.tenant_id == OfferedQuoteLine.tenant_id,
                OfferedQuote.id == OfferedQuoteLine.offered_quote_id,
            ),
        )
        .where(condition, OfferedQuoteLine.decision == APPROVED, OfferedQuote.decided_at.is_not(None))
        .order_by(OfferedQuote.decided_at, OfferedQuoteLine.position, OfferedQuoteLine.id)
    )
    return [_approved(line, quote) for line, quote in rows]


def _approved(line: OfferedQuoteLine, quote: OfferedQuote) -> ApprovedLine:
    mode = PriceMode(line.price_mode)
    amount = line.gross_minor if mode is PriceMode.TAX_INCLUDED else line.net_minor
    return view_of(
        ApprovedLine,
        line,
        ticket_id=quote.ticket_id,
        decided_at=present(quote.decided_at, "only decided ones are read"),
        unit_price=(line.unit_price * (1 - line.discount)).quantize(_PLACES),
        amount=Money(amount, quote.currency),
        price_mode=mode,
        number=quote.number,
    )


def charge_of(line: ApprovedLine, day: date) -> ChargeDue:
    """The line, for work that was done on `day`."""
    return ChargeDue(
        client_id=line.client_id,
        source_kind=SourceKind.QUOTE_LINE,
        source_id=line.id,
        rule=RULE,
        day=day,
        name=f"{line.name} {line.number}",
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        amount=line.amount,
        tax=line.tax,
        price_mode=line.price_mode,
        category=_CATEGORIES.get(line.kind, ChargeCategory.QUOTED),
        quote_line_id=line.id,
        ticket_id=line.ticket_id,
    )
