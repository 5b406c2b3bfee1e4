"""The figures that headquarters reads. Shares are percentages with one decimal; None where nothing was measured."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from tenants.partner_metrics.period import Grain


class Measure(StrEnum):
    """What partners are compared by."""

    RESPONSE = "response"
    REMOTE_ACCESS = "remote_access"
    ARRIVAL = "arrival"
    RESOLUTION = "resolution"
    FIRST_VISIT_FIX = "first_visit_fix"
    REOPENED = "reopened"
    REPEATED = "repeated"
    SATISFACTION = "satisfaction"


LESS_IS_BETTER = frozenset({Measure.REOPENED, Measure.REPEATED})


class TargetAttainment(msgspec.Struct, frozen=True):
    """How often one kind of service target was met; `percent` is the share of those that ended in time."""

    met: int
    breached: int
    percent: float | None


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one stretch of time. A ticket counts on the day it was reported, on its partner's calendar.

    Shares are computed from sums, never averaged. `reopened_percent` is the share of the solved tickets that came back,
    `first_visit_fix_percent` of the solved and visited ones those that one visit settled for good, `repeated_percent`
    of the tickets on devices those reported within 30 days after a resolution on the same device, `satisfaction` the
    mean score from 1 to 5.
    """

    tickets: int
    resolved: int
    reopened: int
    reopened_percent: float | None
    response: TargetAttainment
    remote_access: TargetAttainment
    arrival: TargetAttainment
    resolution: TargetAttainment
    visited: int
    first_visit_fixed: int
    first_visit_fix_percent: float | None
    on_device: int
    repeated: int
    repeated_percent: float | None
    rated: int
    satisfaction: float | None


class Concern(msgspec.Struct, frozen=True):
    """A measure in which a partner is clearly worse than the others.

    `network` is the network's own value, computed from its sums; `distance` is the distance of the partner from the
    partners' median, in scaled median deviations; None where too few partners can be compared for that.
    """

    measure: Measure
    value: float
    network: float
    distance: float | None = None


class PartnerView(msgspec.Struct, frozen=True):
    """Who delivers. `star_level` is None until headquarters has graded."""

    id: UUID
    name: str
    slug: str
    state: str
    star_level: int | None


class PartnerFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One partner's figures and what stands out in them, the worst first.

    `rank` is the place in the measure that the list is sorted by, 1 is best; None in other orders, and for partners
    with too few cases. `too_few` names the measures that stand on fewer cases than count.
    """

    partner: PartnerView
    measures: Measures
    concerns: list[Concern]
    too_few: list[Measure]
    rank: int | None = None


class PeriodFigures(msgspec.Struct, frozen=True):
    """The figures of the day, month or quarter that begins on `first_day`."""

    first_day: date
    measures: Measures


class PeriodView(msgspec.Struct, frozen=True):
    """What was asked for: steps of `grain`, the first and the last by their first days."""

    grain: Grain
    first: date
    last: date


class NetworkQuality(msgspec.Struct, frozen=True, kw_only=True):
    """The network in one period.

    `partners` is one page of `count` partners, of whom `outliers` have concerns. `before` is the period of the same
    length right before; `trend` ends with the period's last step.
    """

    period: PeriodView
    network: Measures
    before: Measures
    partners: list[PartnerFigures]
    count: int
    outliers: int
    trend: list[PeriodFigures]


class PartnerQuality(msgspec.Struct, frozen=True, kw_only=True):
    """One partner's period as a whole, with its concerns, and step by step beside the network, the latest last."""

    period: PeriodView
    partner: PartnerView
    measures: Measures
    before: Measures
    whole_network: Measures
    concerns: list[Concern]
    too_few: list[Measure]
    steps: list[PeriodFigures]
    network: list[PeriodFigures]


class PartnerComparison(msgspec.Struct, frozen=True):
    """Two partners side by side, each beside the same network."""

    one: PartnerQuality
    other: PartnerQuality


class MonthFigures(msgspec.Struct, frozen=True):
    """The figures of the month that begins on `month`."""

    month: date
    measures: Measures


class RepeatedFault(msgspec.Struct, frozen=True):
    """A device that fails again and again: how often in the last ninety days, and when last (UTC)."""

    device_id: UUID
    device_number: str
    device_model: str
    faults: int
    last_at: datetime
