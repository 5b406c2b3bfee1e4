"""How old what partners owe is: by partner and currency, in steps of thirty days after the due day."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, func, select

from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.errors import Forbidden
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.ledger import AccountKind, detail_balances
from billing.royalties.models import RoyaltyInvoice
from billing.royalties.permissions import RoyaltyPermission
from billing.royalties.schemas import RoyaltyAgeingRow
from tenants.company_time import company_day

AGEING_STEP_NAMES: Final = (N_("未到期"), N_("1–30 天"), N_("31–60 天"), N_("61–90 天"), N_("90 天以上"))
_ENDS: Final = (0, 30, 60, 90)
"""Days after the due day on which a step ends."""


async def royalty_ageing(work: UnitOfWork) -> list[RoyaltyAgeingRow]:
    """By partner, those who owe the most first.

    Raises:
        Forbidden: outside headquarters, or without `royalty:write`.
    """
    if work.tenant_id != HQ_TENANT_ID:
        raise Forbidden
    work.actor.require(RoyaltyPermission.ROYALTY_WRITE)
    today = await company_day(work)
    rows = await work.session.execute(
        select(
            RoyaltyInvoice.partner_id,
            RoyaltyInvoice.currency,
            func.max(RoyaltyInvoice.partner_name),
            *(cast(func.sum(_within(step, today)), BigInteger) for step in range(len(AGEING_STEP_NAMES))),
        ).group_by(RoyaltyInvoice.partner_id, RoyaltyInvoice.currency)
    )
    steps: dict[tuple[UUID, str], tuple[str, list[int]]] = defaultdict(lambda: ("", [0] * len(AGEING_STEP_NAMES)))
    for partner_id, currency, name, *amounts in rows:
        steps[partner_id, currency] = (name, amounts)
    books = {
        (UUID(detail), currency): balance
        for (detail, currency), balance in (await detail_balances(work, AccountKind.PARTNER_RECEIVABLE)).items()
    }
    found = [
        RoyaltyAgeingRow(
            partner_id=key[0],
            partner_name=steps[key][0],
            currency=key[1],
            steps=steps[key][1],
            total=sum(steps[key][1]),
            ledger=books.get(key, 0),
        )
        for key in {*steps, *books}
    ]
    owing = [each for each in found if each.total or each.ledger]
    return sorted(owing, key=lambda each: (each.currency, -each.total, each.partner_name, each.partner_id))


def _within(step: int, today: date) -> ColumnElement[int]:
    """What is open of an invoice in the step: overdue by more days than the step before ends, and by no more."""
    conditions = []
    if step > 0:
        conditions.append(RoyaltyInvoice.due_on < today - timedelta(days=_ENDS[step - 1]))
    if step < len(_ENDS):
        conditions.append(RoyaltyInvoice.due_on >= today - timedelta(days=_ENDS[step]))
    return case((and_(*conditions), RoyaltyInvoice.open), else_=0)
