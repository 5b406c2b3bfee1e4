"""Royalties rebuilt from the records, and compared with what stands."""

from collections import defaultdict
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.platform.documents import content_hash
from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.errors import Forbidden
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.royalties.invoice_document import RoyaltyInvoiceContent
from billing.royalties.models import RoyaltyCharge, RoyaltyInvoice, RoyaltyPayment, RoyaltyRun, RoyaltyStatement
from billing.royalties.permissions import RoyaltyPermission
from billing.royalties.services.ageing import royalty_ageing
from billing.royalties.services.reckoning_partners import begin, owed_now
from billing.royalties.services.records import lines_of
from billing.royalties.standing import charged_until_now, star_levels

FACT: Final = "facts_differ"
PENDING: Final = "to_be_settled"
"""No fault: a month has changed since it was stated, and the next statement says so."""


class RoyaltyFinding(NamedTuple):
    """Something that does not hold: a kind of check, the record's number or month, and by how much."""

    check: str
    record: str
    amount: int


async def verify_headquarters(work: UnitOfWork, engine: AsyncEngine) -> list[RoyaltyFinding]:
    """What of statements, invoices, payments and books does not hold; `to_be_settled`, which stands on the next
    statement, is what months owe beyond what they were asked for. `engine` is the network role's.

    Raises:
        Forbidden: outside headquarters, or without `royalty:write`.
    """
    if work.tenant_id != HQ_TENANT_ID:
        raise Forbidden
    work.actor.require(RoyaltyPermission.ROYALTY_WRITE)
    return [
        *await _statements(work),
        *await _invoices(work),
        *[
            RoyaltyFinding("books_differ", each.partner_name, each.total - each.ledger)
            for each in await royalty_ageing(work)
            if each.total != each.ledger
        ],
        *await _months(work, engine),
    ]


async def _statements(work: UnitOfWork) -> list[RoyaltyFinding]:
    charged = await work.session.execute(
        select(RoyaltyCharge.statement_id, cast(func.sum(RoyaltyCharge.amount), BigInteger)).group_by(
            RoyaltyCharge.statement_id
        )
    )
    sums: dict[UUID, int] = {row[0]: row[1] for row in charged}
    found = []
    for row in await work.session.scalars(select(RoyaltyStatement).order_by(RoyaltyStatement.number)):
        lines = sum(each.amount for each in lines_of(row))
        if lines != row.amount:
            found.append(RoyaltyFinding("lines_differ", row.number, lines - row.amount))
        if sums.get(row.id, 0) != row.amount:
            found.append(RoyaltyFinding("charges_differ", row.number, sums.get(row.id, 0) - row.amount))
    return found


async def _invoices(work: UnitOfWork) -> list[RoyaltyFinding]:
    came_in = func.coalesce(func.sum(RoyaltyPayment.amount).filter(RoyaltyPayment.reverses_id.is_(None)), 0)
    went_back = func.coalesce(func.sum(RoyaltyPayment.amount).filter(RoyaltyPayment.reverses_id.is_not(None)), 0)
    paid = await work.session.execute(
        select(RoyaltyPayment.invoice_id, cast(came_in - went_back, BigInteger)).group_by(RoyaltyPayment.invoice_id)
    )
    sums: dict[UUID, int] = {row[0]: row[1] for row in paid}
    amounts = await work.session.execute(select(RoyaltyStatement.id, RoyaltyStatement.amount))
    stated: dict[UUID, int] = {row[0]: row[1] for row in amounts}
    found = []
    for row in await work.session.scalars(select(RoyaltyInvoice).order_by(RoyaltyInvoice.number)):
        asked = stated[row.statement_id] if row.statement_id is not None else sum(map(_amount, row.content["lines"]))
        if row.net != asked:
            found.append(RoyaltyFinding("invoice_differs", row.number, row.net - asked))
        if row.gross - sums.get(row.id, 0) != row.open:
            found.append(RoyaltyFinding("payments_differ", row.number, row.gross - sums.get(row.id, 0) - row.open))
        if content_hash(msgspec.convert(row.content, RoyaltyInvoiceContent, strict=False)) != row.content_hash:
            found.append(RoyaltyFinding("content_differs", row.number, 0))
    return found


def _amount(line: Any) -> int:
    return int(line["amount"])


async def _months(work: UnitOfWork, engine: AsyncEngine) -> list[RoyaltyFinding]:
    """By partner and stated month, what it owes by the facts as they are less what it was asked for."""
    last = await work.session.scalar(select(func.max(RoyaltyRun.month)))
    if last is None:
        return []
    statements = await work.session.execute(
        select(
            RoyaltyStatement.partner_id,
            RoyaltyStatement.partner_name,
            RoyaltyStatement.currency,
            RoyaltyStatement.month,
        ).order_by(RoyaltyStatement.partner_name, RoyaltyStatement.month)
    )
    names: dict[UUID, str] = {}
    months: dict[tuple[UUID, str], set[date]] = defaultdict(set)
    for partner_id, name, currency, month in statements:
        names[partner_id] = name
        months[partner_id, currency].add(month)
    charged = await charged_until_now(work, names)
    reckoning = await begin(work, engine, last)
    reckoning.levels.update(await star_levels(work, names))
    asked = {(*key, each.month): each for key, of_partner in charged.items() for each in of_partner}
    found = []
    for key, owed in (await owed_now(reckoning, months)).items():
        known = asked.get(key)
        open_ = owed - (known.amount if known else 0)
        if open_:
            found.append(RoyaltyFinding(PENDING, f"{names[key[0]]} {key[2]:%Y-%m}", open_))
    return found
