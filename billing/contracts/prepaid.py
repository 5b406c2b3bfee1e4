"""Hours and visits that clients bought ahead: blocks, and what work takes from them."""

from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.columns import columns_of
from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.errors import PrepaidLineMissing
from billing.contracts.events import PrepaidBlockBought, PrepaidRunsLow
from billing.contracts.models import Contract, PrepaidBlockRow, PrepaidDraw, PrepaidMovement
from billing.contracts.records import contract_view
from billing.contracts.schemas import PrepaidBlockView
from billing.contracts.versions import version_on
from billing.periods import months_after
from billing.terms import Block, DrawDown, PrepaidBlock, draw_down

LOW_PERCENT: Final = 20
"""What is left when people are told, of all that may still be used."""


class MovementSource(NamedTuple):
    """The work that draws from blocks. `revision` rises when the same work is reckoned anew after it was given back."""

    kind: str
    id: UUID
    revision: int = 0


class CarriedOver(NamedTuple):
    """What is left of hours or visits that the client bought and paid elsewhere."""

    left: int
    expires_on: date


async def buy_block(
    work: UnitOfWork,
    contract: Contract,
    line: PrepaidBlock,
    day: date,
    *,
    source: str,
    carried: CarriedOver | None = None,
) -> UUID | None:
    """A block of the line, bought on `day`; None where `source` bought one before. What was
    `carried` over is charged no more."""
    block_id: UUID | None = await work.session.scalar(
        insert(PrepaidBlockRow)
        .values(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=contract.client_id,
            contract_id=contract.id,
            line_key=line.key,
            line_name=line.name,
            unit=line.unit,
            quantity=line.quantity if carried is None else max(carried.left, line.quantity),
            left=line.quantity if carried is None else carried.left,
            bought_on=day,
            expires_on=months_after(day, line.months_valid) if carried is None else carried.expires_on,
            source=source,
            created_at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "source"])
        .returning(PrepaidBlockRow.id)
    )
    if block_id is not None:
        work.audit("contract.block_bought", "contract", contract.id, line=line.key, day=day.isoformat())
        if carried is None:
            work.publish(PrepaidBlockBought(block_id=block_id))
    return block_id


async def draw_down_blocks(
    work: UnitOfWork, contract_id: UUID, line_key: str, day: date, needed: int, *, source: MovementSource
) -> DrawDown:
    """Take `needed` minutes or visits from the line's blocks that may be used on `day`, those first that lapse first.
    The same source gets the same answer again and takes nothing.

    Raises:
        PrepaidLineMissing: the contract has no such line on that day.
    """
    version = await version_on(work, contract_id, day)
    line = next((line for line in version.terms.lines if line.key == line_key), None) if version else None
    if version is None or not isinstance(line, PrepaidBlock):
        raise PrepaidLineMissing
    blocks = (
        await work.session.scalars(
            select(PrepaidBlockRow)
            .where(
                PrepaidBlockRow.contract_id == contract_id,
                PrepaidBlockRow.line_key == line_key,
                PrepaidBlockRow.bought_on <= day,
                PrepaidBlockRow.expires_on > day,
            )
            .order_by(PrepaidBlockRow.expires_on, PrepaidBlockRow.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).all()
    earlier = await _answered(work, source)
    if earlier is not None:
        return earlier
    taken = draw_down([Block(row.id, row.left, row.expires_on) for row in blocks], day, needed)
    drawn = await work.session.scalar(
        insert(PrepaidDraw)
        .values(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=version.client_id,
            contract_id=contract_id,
            line_key=line_key,
            source_kind=source.kind,
            source_id=source.id,
            revision=source.revision,
            needed=needed,
            missing=taken.missing,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "source_kind", "source_id", "revision"])
        .returning(PrepaidDraw.id)
    )
    if drawn is None:
        return present(await _answered(work, source), "a row stood in the way")
    of = {row.id: row for row in blocks}
    usable, before = sum(row.quantity for row in blocks), sum(row.left for row in blocks)
    for block_id, quantity in taken.taken:
        of[block_id].left -= quantity
        work.session.add(_movement(work, of[block_id], quantity, day, source, gives_back=False))
    await work.session.flush()
    left = before - needed + taken.missing
    if _low(left, usable) and not _low(before, usable):
        work.publish(PrepaidRunsLow(contract_id=contract_id, client_id=version.client_id, line_key=line_key, left=left))
    return taken


async def give_back(work: UnitOfWork, source: MovementSource) -> int:
    """Put back what the source took; how much that was. Given back before, it is nothing."""
    rows = (
        await work.session.execute(
            select(PrepaidMovement, PrepaidBlockRow)
            .join(PrepaidBlockRow, PrepaidBlockRow.id == PrepaidMovement.block_id)
            .where(
                PrepaidMovement.source_kind == source.kind,
                PrepaidMovement.source_id == source.id,
                PrepaidMovement.revision == source.revision,
                PrepaidMovement.gives_back.is_(False),
            )
            .order_by(PrepaidBlockRow.expires_on, PrepaidBlockRow.id)
            .with_for_update(of=PrepaidBlockRow)
            .execution_options(populate_existing=True)
        )
    ).all()
    given = 0
    for movement, block in rows:
        back = _movement(work, block, -movement.quantity, movement.day, source, gives_back=True)
        made = await work.session.scalar(
            insert(PrepaidMovement)
            .values({column.key: getattr(back, column.key) for column in PrepaidMovement.__table__.columns})
            .on_conflict_do_nothing(
                index_elements=["tenant_id", "source_kind", "source_id", "revision", "block_id", "gives_back"]
            )
            .returning(PrepaidMovement.id)
        )
        if made is not None:
            block.left += movement.quantity
            given += movement.quantity
    await work.session.flush()
    return given


def _movement(
    work: UnitOfWork, block: PrepaidBlockRow, quantity: int, day: date, source: MovementSource, *, gives_back: bool
) -> PrepaidMovement:
    return PrepaidMovement(
        tenant_id=work.tenant_id,
        id=work.new_id(),
        client_id=block.client_id,
        block_id=block.id,
        quantity=quantity,
        day=day,
        source_kind=source.kind,
        source_id=source.id,
        revision=source.revision,
        gives_back=gives_back,
        moved_at=work.now,
    )


async def _answered(work: UnitOfWork, source: MovementSource) -> DrawDown | None:
    missing = await work.session.scalar(
        select(PrepaidDraw.missing).where(
            PrepaidDraw.source_kind == source.kind,
            PrepaidDraw.source_id == source.id,
            PrepaidDraw.revision == source.revision,
        )
    )
    if missing is None:
        return None
    rows = await work.session.execute(
        select(PrepaidMovement.block_id, func.sum(PrepaidMovement.quantity), PrepaidBlockRow.expires_on)
        .join(PrepaidBlockRow, PrepaidBlockRow.id == PrepaidMovement.block_id)
        .where(
            PrepaidMovement.source_kind == source.kind,
            PrepaidMovement.source_id == source.id,
            PrepaidMovement.revision == source.revision,
            PrepaidMovement.gives_back.is_(False),
        )
        .group_by(PrepaidMovement.block_id, PrepaidBlockRow.expires_on)
        .order_by(PrepaidBlockRow.expires_on, PrepaidMovement.block_id)
    )
    return DrawDown([(block_id, int(quantity)) for block_id, quantity, _ in rows], missing)


def _low(left: int, usable: int) -> bool:
    return left * 100 <= usable * LOW_PERCENT


async def blocks_of(work: UnitOfWork, contract_id: UUID) -> list[PrepaidBlockView]:
    """All blocks of a contract, those first that lapse first.

    Raises:
        NotFound: no such contract for this actor.
    """
    await contract_view(work, contract_id)
    rows = await work.session.execute(
        select(*columns_of(PrepaidBlockView, PrepaidBlockRow))
        .where(PrepaidBlockRow.contract_id == contract_id)
        .order_by(PrepaidBlockRow.expires_on, PrepaidBlockRow.id)
    )
    return [PrepaidBlockView(*row) for row in rows]
