"""What other areas may use in the web process; the worker does not load it."""

from app.assets.devices.api import device_service, page_of, pdf_response, pin_service
from app.assets.devices.listing import DEVICES
from app.assets.devices.record import device_record
from app.assets.devices.services.choices import ClientChoices
from app.assets.devices.services.pins import PinService

__all__ = [
    "DEVICES",
    "ClientChoices",
    "PinService",
    "device_record",
    "device_service",
    "page_of",
    "pdf_response",
    "pin_service",
]
