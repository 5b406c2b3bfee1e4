"""Marks of charges: waived, or disputed until it is settled. Who waives does not change what was charged."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from app.platform.kernel.counters import take_turns
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.rating.claims import is_claimed
from billing.rating.errors import ChargeBilled, ChargeMarked, ChargeReversed, MarkMissing
from billing.rating.models import Charge, ChargeMark
from billing.rating.permissions import RatingPermission
from billing.rating.schemas import MarkReason
from billing.rating.vocabulary import MarkKind

MARK_ACTIONS: Final[Mapping[MarkKind, str]] = {
    MarkKind.GOODWILL: "charge.waived",
    MarkKind.DISPUTED: "charge.disputed",
}
LIFT_ACTIONS: Final[Mapping[MarkKind, str]] = {
    MarkKind.GOODWILL: "charge.waiver_revoked",
    MarkKind.DISPUTED: "charge.dispute_settled",
}
"""What the audit log calls a mark, and its end."""


async def hold_charges(work: UnitOfWork, *client_ids: UUID) -> None:
    """Have the clients' unbilled charges to oneself until the commit: who puts them on an invoice and who waives them
    wait for each other."""
    await take_turns(work.session, work.tenant_id, [f"charges:{client_id.hex}" for client_id in client_ids])


async def mark(work: UnitOfWork, charge_id: UUID, kind: MarkKind, wanted: MarkReason) -> None:
    """Waive a charge, or keep it off invoices while it is disputed.

    Raises:
        Forbidden: without `charge:write`.
        NotFound: no such charge for this actor.
        ChargeReversed: it was taken back, or takes one back.
        ChargeBilled: it stands on an invoice or draft already, and would be waived.
        ChargeMarked: it has this mark.
    """
    charge = await _held(work, charge_id)
    taken_back = aliased(Charge)
    is_reversed, claimed = (
        await work.session.execute(
            select(exists().where(taken_back.reverses_id == Charge.id), is_claimed(Charge.id)).where(
                Charge.id == charge_id
            )
        )
    ).one()
    if is_reversed or charge.reverses_id is not None:
        raise ChargeReversed
    if claimed and kind is MarkKind.GOODWILL:
        raise ChargeBilled
    if not await add_marks(work, {charge_id: wanted.reason}, kind):
        raise ChargeMarked
    work.audit(MARK_ACTIONS[kind], "charge", charge_id)


async def lift(work: UnitOfWork, charge_id: UUID, kind: MarkKind) -> None:
    """Take a mark away: the charge is asked for after all, or the dispute is settled.

    Raises:
        Forbidden: without `charge:write`.
        NotFound: no such charge for this actor.
        ChargeBilled: it stands on an invoice or draft as waived.
        MarkMissing: it has no such mark.
    """
    await _held(work, charge_id)
    standing = await work.session.scalar(
        select(ChargeMark).where(
            ChargeMark.charge_id == charge_id, ChargeMark.kind == kind, ChargeMark.lifted_at.is_(None)
        )
    )
    if standing is None:
        raise MarkMissing
    claimed = await work.session.scalar(select(is_claimed(Charge.id)).where(Charge.id == charge_id))
    if claimed and kind is MarkKind.GOODWILL:
        raise ChargeBilled
    standing.lifted_at, standing.lifted_by = work.now, work.actor.display_name
    work.audit(LIFT_ACTIONS[kind], "charge", charge_id)


async def add_marks(work: UnitOfWork, reasons: Mapping[UUID, str], kind: MarkKind) -> set[UUID]:
    """Mark charges by their ids, those that have no such mark; which were marked now."""
    if not reasons:
        return set()
    rows = [
        {
            "tenant_id": work.tenant_id,
            "id": work.new_id(),
            "charge_id": charge_id,
            "kind": kind,
            "reason": reason,
            "marked_at": work.now,
            "marked_by": work.actor.display_name,
            "lifted_by": "",
        }
        for charge_id, reason in reasons.items()
    ]
    marked = await work.session.scalars(
        insert(ChargeMark)
        .values(rows)
        .on_conflict_do_nothing(
            index_elements=["tenant_id", "charge_id", "kind"], index_where=ChargeMark.lifted_at.is_(None)
        )
        .returning(ChargeMark.charge_id)
    )
    return set(marked)


async def carry_marks(work: UnitOfWork, replaced: Mapping[UUID, UUID]) -> None:
    """What was said of a charge that is taken back holds for the one that stands in its place (old id → new)."""
    if not replaced:
        return
    standing = await work.session.scalars(
        select(ChargeMark).where(ChargeMark.charge_id.in_(replaced), ChargeMark.lifted_at.is_(None))
    )
    work.session.add_all(
        ChargeMark(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            charge_id=replaced[each.charge_id],
            kind=each.kind,
            reason=each.reason,
            marked_at=each.marked_at,
            marked_by=each.marked_by,
        )
        for each in standing
    )
    await work.session.flush()


async def _held(work: UnitOfWork, charge_id: UUID) -> Charge:
    work.actor.require(RatingPermission.CHARGE_WRITE)
    charge = await work.session.scalar(select(Charge).where(Charge.id == charge_id))
    if charge is None:
        raise NotFound
    await hold_charges(work, charge.client_id)
    return charge
