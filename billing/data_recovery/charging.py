"""What a case costs, once: by the rule that the client approved, as a charge of the approved line."""

from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import exists, select

from app.platform.kernel.unit_of_work import UnitOfWork
from billing.data_recovery.fees import Fee, FeeReason, FeeTerms, Tally, fee_of_result, fee_when_stopped
from billing.data_recovery.models import RecoveryCase
from billing.money import Money
from billing.periods import day_in
from billing.quotes import ApprovedLine, approved_lines_of_quote
from billing.rating import ChargeCategory, ChargeDue, insert_charges

SOURCE: Final = "recovery_case"
"""From what the charge of a case follows."""
CURRENCY: Final = "CNY"
FEE_POSITION: Final = 1


async def lines_by_result(work: UnitOfWork, quote_id: UUID) -> set[UUID]:
    """The line of a case's quote that depends on the result (`Area.conditional_lines`); whatever else stands in the
    quote is owed with the approval."""
    if not await work.session.scalar(select(exists().where(RecoveryCase.quote_id == quote_id))):
        return set()
    line = await fee_line(work, quote_id)
    return {line.line_id} if line else set()


async def fee_line(work: UnitOfWork, quote_id: UUID) -> ApprovedLine | None:
    """The approved line with the fee: the first that was written; None where the client did not approve it."""
    return next((line for line in await approved_lines_of_quote(work, quote_id) if line.position == FEE_POSITION), None)


async def charge_case(work: UnitOfWork, case: RecoveryCase, tally: Tally | None) -> None:
    """Reckon the locked case's fee for a result, or for a stop without one (`tally` is None), and charge it."""
    line = await _approved_line(work, case)
    if line is None or case.fee_terms is None:
        fee = Fee(Money.zero(CURRENCY), FeeReason.NOT_APPROVED)
    else:
        terms = msgspec.convert(case.fee_terms, FeeTerms)
        fee = fee_when_stopped(terms, line.amount) if tally is None else fee_of_result(terms, line.amount, tally)
    case.fee_minor, case.fee_currency, case.fee_reason = fee.amount.minor, fee.amount.currency, fee.reason
    if line is not None and fee.amount.minor:
        await insert_charges(work, [(_due(work, case, line, fee), 0)])


async def _approved_line(work: UnitOfWork, case: RecoveryCase) -> ApprovedLine | None:
    if case.quote_id is None or case.approved_at is None:
        return None
    return await fee_line(work, case.quote_id)


def _due(work: UnitOfWork, case: RecoveryCase, line: ApprovedLine, fee: Fee) -> ChargeDue:
    return ChargeDue(
        client_id=case.client_id,
        source_kind=SOURCE,
        source_id=case.id,
        rule="recovery/fee",
        day=day_in(ZoneInfo(case.time_zone), work.now),
        name=f"{line.name} {case.number}",
        quantity=Decimal(1),
        unit=line.unit,
        unit_price=fee.amount.value,
        amount=fee.amount,
        tax=line.tax,
        price_mode=line.price_mode,
        category=ChargeCategory.QUOTED,
        quote_line_id=line.line_id,
        ticket_id=case.ticket_id,
        device_id=case.device_id,
    )
