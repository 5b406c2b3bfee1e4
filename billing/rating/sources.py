"""Whatever costs something by the day, apart from what events tell: periods of contracts, add-ons, work that waited for
a price. A source is declared by its area (`rated_sources`) and walked through once a day; parts from the store and
insurance come as further ones."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple
from uuid import UUID

from app.platform.kernel.areas import declared
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.rating.charging import Charged


class RatedStep(NamedTuple):
    """One transaction's share of a walk: the last record of it, None where none was left; and what came of it."""

    last: UUID | None
    charged: Charged = Charged()


@dataclass(frozen=True, kw_only=True)
class RatedSource:
    """One kind of records that are charged by the day.

    `step(work, after, until)` rates the records after the one of `after`, in the order of their ids, as many as belong
    into one transaction: what they owe for days before `until`. It holds what it rates (`hold_records`) or charges
    under keys that never change, so that walking again changes nothing.
    """

    name: str
    step: Callable[[UnitOfWork, UUID | None, date], Awaitable[RatedStep]]


@cache
def rated_sources() -> tuple[RatedSource, ...]:
    """Those of all areas, in the order of the floors."""
    return tuple(declared("rated_sources"))
