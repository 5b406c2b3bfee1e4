"""The figures that headquarters reads. Shares are percentages with one decimal; None where nothing was measured."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec


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


class Kept(msgspec.Struct, frozen=True):
    """How one kind of promise was kept; `percent` is the share of those that ended in time."""

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
    response: Kept
    remote_access: Kept
    arrival: Kept
    resolution: Kept
    visited: int
    first_visit_fixed: int
    first_visit_fix_percent: float | None
    on_device: int
    repeated: int
    repeated_percent: float | None
    rated: int
    satisfaction: float | None


class Concern(msgspec.Struct, frozen=True):
    """A measure in which a partner is clearly worse than the network as a whole."""

    measure: Measure
    value: float
    network: float


class Partner(msgspec.Struct, frozen=True, kw_only=True):
    """Who delivers. `star_level` is None until headquarters has graded."""

    id: UUID
    name: str
    slug: str
    state: str
    star_level: int | None


class PartnerMonth(msgspec.Struct, frozen=True, kw_only=True):
    """One partner's month and what stands out in it, the worst first."""

    partner: Partner
    measures: Measures
    concerns: list[Concern]


class Month(msgspec.Struct, frozen=True):
    """The figures of the month that begins on `month`."""

    month: date
    measures: Measures


class NetworkQuality(msgspec.Struct, frozen=True, kw_only=True):
    """The network in one month: outliers first; `trend` ends with this month."""

    month: date
    network: Measures
    partners: list[PartnerMonth]
    trend: list[Month]


class PartnerQuality(msgspec.Struct, frozen=True, kw_only=True):
    """One partner month by month beside the network, the latest last; concerns are those of the latest."""

    partner: Partner
    months: list[Month]
    network: list[Month]
    concerns: list[Concern]


class RepeatedFault(msgspec.Struct, frozen=True):
    """A device that fails again and again: how often in the last ninety days, and when last (UTC)."""

    device_id: UUID
    device_number: str
    device_model: str
    faults: int
    last_at: datetime
