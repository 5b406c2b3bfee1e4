"""Devices, their labels and PINs, and lists of them that come in. What other areas may use."""

from app.assets.devices.categories import CATEGORY_NAMES
from app.assets.devices.events import DeviceRetired
from app.assets.devices.fields import FIELD_LABELS
from app.assets.devices.repository import device_matches
from app.assets.devices.schemas import DeviceChangeView, DeviceDetail, DeviceFilter, DeviceSummary, PinRequest
from app.assets.devices.services.devices import DeviceService
from app.assets.devices.states import RETIRED_OR_LOST, STATE_NAMES, DeviceState

__all__ = [
    "CATEGORY_NAMES",
    "FIELD_LABELS",
    "RETIRED_OR_LOST",
    "STATE_NAMES",
    "DeviceChangeView",
    "DeviceDetail",
    "DeviceFilter",
    "DeviceRetired",
    "DeviceService",
    "DeviceState",
    "DeviceSummary",
    "PinRequest",
    "device_matches",
]
