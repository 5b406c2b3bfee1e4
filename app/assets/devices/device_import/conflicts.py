"""Serial numbers and addresses of a list that other recorded devices of the client have. Pure.

A device has one serial number, and two devices with one address disturb each other: a list that gives them to another
number has a typing error, or a device was given a new label.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from app.assets.devices.device_import.drafts import DeviceDraft
from app.assets.devices.models import Device
from app.assets.devices.states import RETIRED_OR_LOST
from app.platform.imports.reading.issues import RowIssue, Severity

UNIQUE_FIELDS: Final = {
    "serial_number": "serial_number_recorded",
    "ip_address": "ip_recorded",
    "mac_address": "mac_recorded",
}
"""Field whose value one device should have alone → issue code where another has it."""


class RecordedValues:
    """Value → the device that has it once the list is written: its values replace those of recorded devices."""

    def __init__(self, devices: Iterable[Device], listed: Mapping[str, DeviceDraft]) -> None:
        self._numbers: dict[tuple[str, str], str] = {}
        for device in devices:
            draft = listed.get(device.number)
            for field in UNIQUE_FIELDS:
                value = getattr(device, field)
                # An address of what is gone is free again; a serial number never is.
                is_free = device.state in RETIRED_OR_LOST and field != "serial_number"
                if value and not is_free and (draft is None or getattr(draft, field) is None):
                    self._numbers[field, value] = device.number

    def warnings(self, draft: DeviceDraft) -> list[RowIssue]:
        """Warnings for values of the row that another device has."""
        found: list[RowIssue] = []
        for field, code in UNIQUE_FIELDS.items():
            value = getattr(draft, field)
            other = self._numbers.get((field, value)) if value else None
            if other is not None and other != draft.number:
                found.append(RowIssue("", field, code, Severity.WARNING, {"value": value, "other": other}))
        return found
