"""All waiting lines of which who pays and how much both fit: the first at once, the rest in the background, each few
hundred in a transaction of their own."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from app.platform.kernel.actor import Actor
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory
from billing.payments.events import SureLinesLeft
from billing.payments.schemas import LinePosition, SureLines
from billing.payments.services.bank_lines import BankLines

AT_ONCE: Final = 200


async def accept_all_sure(work: UnitOfWork, limit: int = AT_ONCE) -> SureLines:
    """Book the oldest ones now; where more wait behind them, a worker goes on.

    Raises:
        Forbidden: without `payment:write`.
    """
    first = await BankLines(work).accept_sure(limit)
    if first.more is not None:
        left = SureLinesLeft(day=first.more.day.isoformat(), line_id=first.more.id, asked_by=work.actor.display_name)
        work.publish(left)
    return first


async def accept_left(
    units_of_work: UnitOfWorkFactory, tenant_id: UUID, left: SureLinesLeft, limit: int = AT_ONCE
) -> int:
    """Look at every line behind the ones that were looked at; how many were booked. Whatever is delivered twice, or
    begins again after a kill, finds booked lines booked."""
    actor = replace(Actor.system(tenant_id), display_name=left.asked_by)
    after: LinePosition | None = left.position
    booked = 0
    while after is not None:
        async with units_of_work.begin(actor) as work:
            batch = await BankLines(work).accept_sure(limit, after)
        after, booked = batch.more, booked + batch.booked
    return booked
