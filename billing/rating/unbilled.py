"""What a client owes that is on no invoice yet."""

from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import and_, exists, func, not_, or_, select
from sqlalchemy.orm import aliased

from app.platform.kernel.columns import columns_of
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.rating.claims import is_claimed
from billing.rating.marks import hold_charges
from billing.rating.models import Charge, ChargeMark
from billing.rating.schemas import UnbilledCharge
from billing.rating.vocabulary import MarkKind


async def unbilled_charges(work: UnitOfWork, client_id: UUID, until: date) -> list[UnbilledCharge]:
    """The client's charges of days before `until` that no line holds, by day, until the commit nobody else's: whoever
    bills the same client waits.

    Left out are disputed ones, and pairs of which neither was billed: what is taken back before anybody asked for it.
    What is taken back of a disputed or waived charge is so itself.
    """
    await hold_charges(work, client_id)
    original, taken_back = aliased(Charge), aliased(Charge)
    marked_id = func.coalesce(Charge.reverses_id, Charge.id)
    waived = (
        select(ChargeMark.reason)
        .where(
            ChargeMark.tenant_id == Charge.tenant_id,
            ChargeMark.charge_id == marked_id,
            ChargeMark.kind == MarkKind.GOODWILL,
            ChargeMark.lifted_at.is_(None),
        )
        .scalar_subquery()
    )
    disputed = exists().where(
        ChargeMark.tenant_id == Charge.tenant_id,
        ChargeMark.charge_id == Charge.id,
        ChargeMark.kind == MarkKind.DISPUTED,
        ChargeMark.lifted_at.is_(None),
    )
    cancelled = exists().where(taken_back.tenant_id == Charge.tenant_id, taken_back.reverses_id == Charge.id)
    of_unbilled = exists().where(
        original.tenant_id == Charge.tenant_id, original.id == Charge.reverses_id, not_(is_claimed(original.id))
    )
    rows = await work.session.execute(
        select(*columns_of(UnbilledCharge, Charge, goodwill=func.coalesce(waived, ""), waived=Charge.amount))
        .where(
            Charge.client_id == client_id,
            Charge.day < until,
            not_(is_claimed(Charge.id)),
            not_(disputed),
            or_(
                and_(Charge.reverses_id.is_(None), not_(cancelled)),
                and_(Charge.reverses_id.is_not(None), not_(of_unbilled)),
            ),
        )
        .order_by(Charge.day, Charge.id)
    )
    return [_line(UnbilledCharge(*row)) for row in rows]


def _line(charge: UnbilledCharge) -> UnbilledCharge:
    if charge.goodwill:
        return msgspec.structs.replace(charge, amount=0)
    return msgspec.structs.replace(charge, waived=0)
