"""Record ids: UUIDv7, made by the application so that any database can hold them."""

import random
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import uuid_utils.compat

from app.kernel.clock import Clock

IdSource = Callable[[], UUID]


def new_id() -> UUID:
    """A time-ordered UUIDv7."""
    return uuid_utils.compat.uuid7()


def seeded_ids(seed: int, clock: Clock) -> IdSource:
    """UUIDv7 that follow `clock` and repeat from the same seed: for the demo network and for tests."""
    randomness = random.Random(seed)  # noqa: S311 - repeatable on purpose, never used for secrets

    def next_id() -> UUID:
        return uuid7_at(clock.now(), randomness.getrandbits(74))

    return next_id


def uuid7_at(moment: datetime, random_bits: int) -> UUID:
    """The UUIDv7 of `moment` (RFC 9562 §5.7) with the given 74 random bits."""
    milliseconds = int(moment.timestamp() * 1000)
    rand_a = (random_bits >> 62) & 0xFFF
    rand_b = random_bits & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (rand_a << 64) | (0b10 << 62) | rand_b)
