"""Record ids: UUIDv7, made by the application so that any database can hold them."""

import random
from collections.abc import Callable
from datetime import datetime
from itertools import count
from uuid import UUID

import uuid_utils.compat

from app.platform.kernel.time_source import TimeSource

IdSource = Callable[[], UUID]
RandomBits = Callable[[int], int]
_SEQUENCE_BITS = 24
_RANDOM_BITS = 74 - _SEQUENCE_BITS


def new_id() -> UUID:
    """A time-ordered UUIDv7."""
    return uuid_utils.compat.uuid7()


def seeded_ids(seed: int, clock: TimeSource) -> IdSource:
    """UUIDv7 that follow `clock` and repeat from the same seed: for the demo network and for tests. While the clock
    stands still they grow all the same, as `new_id`'s do within a millisecond."""
    randomness = random.Random(seed)  # noqa: S311 - repeatable on purpose, never used for secrets
    id_at = ids_in_sequence(randomness.getrandbits)
    return lambda: id_at(clock.now())


def ids_in_sequence(random_bits: RandomBits, *, behind: UUID | None = None) -> Callable[[datetime], UUID]:
    """Ids of given moments, of which those of one moment keep the order in which they were made: everything that is
    sorted by (time, id) depends on it.

    A number of 24 bits stands behind the milliseconds and never comes round again in practice: one source is for the
    records of one ticket or of one small world, not for all of an import. The 50 random bits behind it keep apart what
    several sources make of the same moment. With `behind`, an id made by an earlier source, those of its moment follow
    it.
    """
    first = 0 if behind is None else (_bits_of(behind) >> _RANDOM_BITS) + 1
    sequence = count(first)

    def id_at(moment: datetime) -> UUID:
        return uuid7_at(moment, next(sequence) << _RANDOM_BITS | random_bits(_RANDOM_BITS))

    return id_at


def _bits_of(id_: UUID) -> int:
    """The 74 bits behind the milliseconds, without version and variant."""
    return (id_.int >> 64 & 0xFFF) << 62 | id_.int & ((1 << 62) - 1)


def uuid7_at(moment: datetime, random_bits: int) -> UUID:
    """The UUIDv7 of `moment` (RFC 9562 §5.7) with the given 74 random bits."""
    milliseconds = int(moment.timestamp() * 1000)
    rand_a = (random_bits >> 62) & 0xFFF
    rand_b = random_bits & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (rand_a << 64) | (0b10 << 62) | rand_b)
