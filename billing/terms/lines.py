"""The lines of a contract: what the client bought, each kind with its prices.

Unit prices are decimals of the currency's main unit with up to six places. `key` names the line through all amendments:
charges are made once for each key. `tax` is the code of a tax rate; the rate itself is that of the day of the work.
"""

from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Final

import msgspec

from app.platform.kernel.input_text import LINE, Code, Input
from billing.terms.amounts import WithAmounts, require_amounts
from billing.terms.scope import Scope

LINE_NAME_LENGTH: Final = 80

MINUTES_OF_AN_HOUR: Final = 60


class TimePrices(WithAmounts, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What time and travel cost where they are charged. A price that is None is not charged for."""

    hour: Decimal | None = None
    """An hour inside the contract's service hours."""
    overtime_hour: Decimal | None = None
    """An hour outside of them."""
    travel: Decimal | None = None
    """One way to the site and back, for a visit on site."""
    step_minutes: int = 15
    """Time is rounded up to whole steps, inside and outside the service hours each."""
    minimum_minutes: int = 0
    """What a visit counts at least."""

    def counted(self, inside: int, outside: int) -> tuple[int, int]:
        """The minutes inside and outside the service hours that are charged for so many worked. What is missing to the
        minimum counts as inside, or as outside for work that was done outside alone."""
        step = self.step_minutes
        inside, outside = -(-inside // step) * step, -(-outside // step) * step
        missing = max(0, self.minimum_minutes - inside - outside)
        return (inside, outside + missing) if outside and not inside else (inside + missing, outside)


class _Line(Input, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every line says."""

    key: Annotated[Code, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[a-z0-9_-]+$")]
    name: Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=LINE_NAME_LENGTH)]
    tax: Code
    scope: Scope = Scope()

    def __post_init__(self) -> None:
        super().__post_init__()
        require_amounts(self)


class Retainer(_Line, frozen=True, kw_only=True, tag="retainer"):
    """A fixed amount for each billing period, for whatever falls into the scope."""

    amount: Decimal
    prices: TimePrices = TimePrices()
    """What is charged beside it: overtime, travel. Its `hour` is not used: the time is included."""


class TierMode(StrEnum):
    """How the prices of tiers are put together."""

    GRADUATED = "graduated"
    """Each device at the price of the tier in which it stands."""
    VOLUME = "volume"
    """All devices at the price of the tier that their number reaches."""


class DeviceTier(WithAmounts, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Devices number `first` to `last` (None: and all beyond); `price` is for one device and billing period."""

    first: int
    last: int | None
    price: Decimal


class PerDevice(_Line, frozen=True, kw_only=True, tag="per_device"):
    """A price for each device in use, by tiers, for each billing period."""

    tiers: tuple[DeviceTier, ...]
    mode: TierMode = TierMode.GRADUATED
    prices: TimePrices = TimePrices()

    def price_of(self, devices: int) -> Decimal:
        """What so many devices cost for a whole billing period."""
        if self.mode is TierMode.VOLUME:
            reached = [tier for tier in self.tiers if tier.first <= devices]
            return devices * reached[-1].price if reached else Decimal(0)
        return sum(
            (
                (min(devices, devices if tier.last is None else tier.last) - tier.first + 1) * tier.price
                for tier in self.tiers
                if tier.first <= devices
            ),
            Decimal(0),
        )

    def holes(self) -> bool:
        """Whether some number of devices has no tier, or two."""
        ends = [(tier.first, tier.last) for tier in self.tiers]
        joined = all(last is not None and first == last + 1 for (_, last), (first, _) in pairwise(ends))
        ordered = all(last is None or last >= first for first, last in ends)
        return not (ends and ends[0][0] == 1 and ends[-1][1] is None and joined and ordered)


class PerIncident(_Line, frozen=True, kw_only=True, tag="per_incident"):
    """A price for each ticket that was resolved, however many visits it took."""

    price: Decimal
    prices: TimePrices = TimePrices()


class HourlyRate(_Line, frozen=True, kw_only=True, tag="hourly"):
    """Time and travel at agreed prices."""

    prices: TimePrices


class PrepaidUnit(StrEnum):
    """What a prepaid block is counted in."""

    MINUTE = "minute"
    """Hours bought, minutes used."""
    VISIT = "visit"


class PrepaidBlock(_Line, frozen=True, kw_only=True, tag="prepaid"):
    """Hours or visits bought ahead: drawn down by work, the rest lapses when the block does."""

    unit: PrepaidUnit
    quantity: int
    """Of one block: minutes, or visits."""
    price: Decimal
    """Of one block."""
    months_valid: int
    step_minutes: int = 15
    overage: Decimal | None = None
    """Of an hour or a visit beyond the blocks; None: more must be quoted."""


class StationedStaff(_Line, frozen=True, kw_only=True, tag="stationed"):
    """People who work at the client: a fee per head and billing period, overtime by the hour."""

    heads: int
    price: Decimal
    """For one head and billing period."""
    overtime_hour: Decimal | None = None


class Milestone(_Line, frozen=True, kw_only=True, tag="milestone"):
    """A part of a project, charged when the client has accepted it."""

    amount: Decimal


TermLine = Retainer | PerDevice | PerIncident | HourlyRate | PrepaidBlock | StationedStaff | Milestone
