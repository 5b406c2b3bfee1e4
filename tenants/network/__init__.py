"""The quality of the whole network in numbers (N7). What other areas may use."""

from tenants.network.client_figures import ClientFigures, ClientFiguresService
from tenants.network.commands import rebuild_quality
from tenants.network.comparison import FEWEST_CASES
from tenants.network.measuring import MeasuredMonth, MeasuredPartner, measured_months, network_month
from tenants.network.names import MEASURE_NAMES
from tenants.network.period import Grain, Period, beginning, label, preceding
from tenants.network.reading import OUTLIERS, TICKETS, Direction, Listing, NetworkQualityService
from tenants.network.schemas import (
    LESS_IS_BETTER,
    Comparison,
    Concern,
    Kept,
    Measure,
    Measures,
    Month,
    NetworkQuality,
    Partner,
    PartnerQuality,
    Step,
)
from tenants.network.service import rebuild, record_ticket, record_tickets

__all__ = [
    "FEWEST_CASES",
    "LESS_IS_BETTER",
    "MEASURE_NAMES",
    "OUTLIERS",
    "TICKETS",
    "ClientFigures",
    "ClientFiguresService",
    "Comparison",
    "Concern",
    "Direction",
    "Grain",
    "Kept",
    "Listing",
    "Measure",
    "MeasuredMonth",
    "MeasuredPartner",
    "Measures",
    "Month",
    "NetworkQuality",
    "NetworkQualityService",
    "Partner",
    "PartnerQuality",
    "Period",
    "Step",
    "beginning",
    "label",
    "measured_months",
    "network_month",
    "preceding",
    "rebuild",
    "rebuild_quality",
    "record_ticket",
    "record_tickets",
]
