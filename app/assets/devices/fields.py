"""Fields of a device file and their normalisation: one rule for forms, API and imported lists."""

from typing import Any, Final

from app.assets.devices.device_import.list_fields import DEVICE_FIELDS
from app.assets.devices.errors import DeviceFieldRefused
from app.platform.imports.reading.converters import CellContext
from app.platform.kernel.texts import N_

DRAFT_FIELD: Final = {
    "number": "number",
    "category": "category",
    "brand": "brand",
    "model": "model",
    "serial_number": "serial_number",
    "part_number": "part_number",
    "hardware": "hardware_configuration",
    "operating_system": "operating_system",
    "software": "software",
    "ip_address": "ip_address",
    "mac_address": "mac_address",
    "host_name": "host_name",
    "purchased_on": "purchased_on",
    "warranty_until": "warranty_until",
    "state": "status",
    "remark": "remark",
}
"""Column of a device → field of an imported row that says the same."""

REFERENCES: Final = ("site_id", "department_id", "employee_id")
"""Columns that name other records of the same client."""

TRACKED_COLUMNS: Final = (*DRAFT_FIELD, *REFERENCES, "shared")
"""Columns whose every change is recorded with before and after."""

FIELD_OF: Final = DRAFT_FIELD | {
    "site_id": "site",
    "department_id": "department",
    "employee_id": "holder",
    "shared": "is_shared",
}
"""Column → field of an imported row that is about the same."""

_LABELS: Final = {field.name: field.label for field in DEVICE_FIELDS}
FIELD_LABELS: Final = {column: _LABELS[name] for column, name in FIELD_OF.items()}
"""Column → its label."""

_CONVERTERS: Final = {field.name: field.convert for field in DEVICE_FIELDS}
_MESSAGES: Final = {
    "number_missing": N_("请填写设备编号。"),
    "number_unusable": N_("编号只能用字母、数字和连字符。"),
    "too_long": N_("太长了，请缩短。"),
    "ip_invalid": N_("请填写有效的 IP 地址。"),
    "ip_several": N_("请只填一个 IP 地址。"),
    "mac_invalid": N_("请填写有效的 MAC 地址。"),
    "choice_unknown": N_("请从列表中选择。"),
}
"""Issues that are warnings in a list of thousands of rows and errors in a form, where a person can correct them."""


def normalised(values: dict[str, Any]) -> dict[str, Any]:
    """Typed texts in the form in which they are stored; other values as they are.

    Raises:
        DeviceFieldRefused: with every field at fault and its sentence.
    """
    stored: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for name, value in values.items():
        stored[name] = value
        if not isinstance(value, str) or name == "state" or name not in DRAFT_FIELD:
            continue
        cell = CellContext(0)
        stored[name] = _CONVERTERS[DRAFT_FIELD[name]](value, cell) or ""
        for issue in cell.issues:
            if issue.code in _MESSAGES:
                refused[name] = issue.code
    if stored.get("number") == "":
        refused.setdefault("number", "number_missing")
    if refused:
        raise DeviceFieldRefused(fields={name: _MESSAGES[code] for name, code in refused.items()})
    return stored
