"""What settled a document besides credit notes. The room that books money lies above this one, and declares how it is
taken back (`settlements` of its area)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from app.platform.kernel.areas import declared
from app.platform.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Settlements:
    """How money settles documents."""

    hold: Callable[[UnitOfWork, UUID], Awaitable[None]]
    """From the id of an open item: nobody else changes what settles it until the transaction ends. Asked before the
    item itself is held, as whoever books money does it."""
    release: Callable[[UnitOfWork, UUID, int], Awaitable[None]]
    """From the id of an open item and an amount: so much of what settled it is the client's deposit again, posted; the
    newest first."""


@cache
def _declared() -> tuple[Settlements, ...]:
    return tuple(declared("settlements"))


async def hold(work: UnitOfWork, open_item_id: UUID) -> None:
    """Keep what settles the item as it is until the transaction ends."""
    for settlements in _declared():
        await settlements.hold(work, open_item_id)


async def release(work: UnitOfWork, open_item_id: UUID, amount: int) -> None:
    """Open so much of the item again."""
    for settlements in _declared():
        await settlements.release(work, open_item_id, amount)
