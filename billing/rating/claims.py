"""Where charges stand once they are billed. The room that writes invoices lies above this one, and declares how charges
are looked up there (`charge_claims` of its area)."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_

from app.platform.kernel.areas import declared
from app.platform.kernel.unit_of_work import UnitOfWork


class ClaimPlace(NamedTuple):
    """Where a charge stands: an invoice by its number, or a draft, which has none."""

    href: str
    number: str = ""


@dataclass(frozen=True, kw_only=True)
class ChargeClaims:
    """How charges are held by lines of invoices."""

    claimed: Callable[[Any], ColumnElement[bool]]
    """From the column of a charge's id: whether some line, of a draft or an issued invoice, holds the charge."""
    places: Callable[[UnitOfWork, Collection[UUID]], Awaitable[Mapping[UUID, ClaimPlace]]]
    """The places of these charges, as far as they have one."""


@cache
def _declared() -> tuple[ChargeClaims, ...]:
    return tuple(declared("charge_claims"))


def is_claimed(charge_id: Any) -> ColumnElement[bool]:
    """Whether the charge in this column stands on a line."""
    return or_(false(), *(claims.claimed(charge_id) for claims in _declared()))


async def places_of(work: UnitOfWork, charge_ids: Collection[UUID]) -> dict[UUID, ClaimPlace]:
    """Where these charges stand, as far as they are billed."""
    found: dict[UUID, ClaimPlace] = {}
    for claims in _declared():
        found |= await claims.places(work, charge_ids)
    return found
