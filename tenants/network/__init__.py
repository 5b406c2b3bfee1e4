"""The quality of the whole network in numbers (N7). What other areas may use."""

from tenants.network.client_figures import ClientFigures, ClientFiguresService
from tenants.network.commands import rebuild_quality
from tenants.network.reading import NetworkQualityService, month_from
from tenants.network.schemas import Concern, Kept, Measure, Measures, Month, NetworkQuality, PartnerQuality
from tenants.network.service import rebuild, record_ticket, record_tickets

__all__ = [
    "ClientFigures",
    "ClientFiguresService",
    "Concern",
    "Kept",
    "Measure",
    "Measures",
    "Month",
    "NetworkQuality",
    "NetworkQualityService",
    "PartnerQuality",
    "month_from",
    "rebuild",
    "rebuild_quality",
    "record_ticket",
    "record_tickets",
]
