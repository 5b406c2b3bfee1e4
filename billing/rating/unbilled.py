"""What a client owes that is on no invoice yet."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, exists, func, not_, or_, select
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
    bills the same client waits."""
    return await unbilled_charges_of(work, [client_id], until)


async def clients_to_bill(work: UnitOfWork, until: date, *, after: UUID | None, limit: int) -> list[UUID]:
    """Clients with charges of days before `until` that no line holds, in the order of their ids, those behind `after`.
    Some of them may have nothing to bill: what is left of them is disputed."""
    statement = _waiting(until).order_by(Charge.client_id).limit(limit)
    if after is not None:
        statement = statement.where(Charge.client_id > after)
    return list(await work.session.scalars(statement))


async def count_clients_to_bill(work: UnitOfWork, until: date) -> int:
    """How many `clients_to_bill` has."""
    counted = select(func.count()).select_from(_waiting(until).subquery())
    return (await work.session.scalar(counted)) or 0


def _waiting(until: date) -> Select[UUID]:
    return select(Charge.client_id).where(Charge.day < until, not_(is_claimed(Charge.id))).distinct()


async def unbilled_charges_of(work: UnitOfWork, client_ids: Sequence[UUID], until: date) -> list[UnbilledCharge]:
    """The same of several clients.

    Left out are disputed ones, and pairs of which neither was billed: what is taken back before anybody asked for it.
    What is taken back of a disputed or waived charge is so itself.
    """
    await hold_charges(work, *client_ids)
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
            Charge.client_id.in_(client_ids),
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
