"""Drawing down what was paid ahead."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID


class Block(NamedTuple):
    """A prepaid block of which `left` minutes or visits are left; it may be used before the day `expires`."""

    id: UUID
    left: int
    expires: date


class DrawDown(NamedTuple):
    """What is taken from which block, and what none had left."""

    taken: list[tuple[UUID, int]]
    missing: int


def draw_down(blocks: Sequence[Block], day: date, needed: int) -> DrawDown:
    """Take `needed` minutes or visits from the blocks that may be used on `day`, those first that lapse first.

    Raises:
        ValueError: less than nothing is needed, or a block has less than nothing left.
    """
    if needed < 0 or any(block.left < 0 for block in blocks):
        raise ValueError("quantities are not negative")
    taken = []
    usable = sorted(
        (block for block in blocks if day < block.expires and block.left), key=lambda block: (block.expires, block.id)
    )
    for block in usable:
        if not needed:
            break
        part = min(block.left, needed)
        taken.append((block.id, part))
        needed -= part
    return DrawDown(taken, needed)
