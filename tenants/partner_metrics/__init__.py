"""The quality of the whole network in numbers (N7). What other areas may use."""

from tenants.partner_metrics.client_figures import ClientFiguresService
from tenants.partner_metrics.commands import for_partners, rebuild_quality
from tenants.partner_metrics.comparison import FEWEST_CASES
from tenants.partner_metrics.measure_names import MEASURE_NAMES
from tenants.partner_metrics.monthly_measures import MeasuredMonth, measured_months, network_month
from tenants.partner_metrics.network_quality import OUTLIERS, TICKETS, Direction, Listing, NetworkQualityService
from tenants.partner_metrics.period import Grain, Period, beginning, following, label, period_from, preceding
from tenants.partner_metrics.rollups import record_ticket
from tenants.partner_metrics.schemas import (
    LESS_IS_BETTER,
    Concern,
    Measure,
    Measures,
    MonthFigures,
    NetworkQuality,
    PartnerComparison,
    PartnerQuality,
    PartnerView,
    PeriodFigures,
    TargetAttainment,
)

__all__ = [
    "FEWEST_CASES",
    "LESS_IS_BETTER",
    "MEASURE_NAMES",
    "OUTLIERS",
    "TICKETS",
    "ClientFiguresService",
    "Concern",
    "Direction",
    "Grain",
    "Listing",
    "Measure",
    "MeasuredMonth",
    "Measures",
    "MonthFigures",
    "NetworkQuality",
    "NetworkQualityService",
    "PartnerComparison",
    "PartnerQuality",
    "PartnerView",
    "Period",
    "PeriodFigures",
    "TargetAttainment",
    "beginning",
    "following",
    "for_partners",
    "label",
    "measured_months",
    "network_month",
    "period_from",
    "preceding",
    "rebuild_quality",
    "record_ticket",
]
