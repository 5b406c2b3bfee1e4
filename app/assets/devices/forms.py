"""From the fields of the device forms to the structs of the use cases, and back. Pure."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from app.assets.devices.errors import DeviceFieldRefused
from app.assets.devices.schemas import DeviceCreate, DeviceDetail, DeviceUpdate
from app.assets.devices.states import DeviceState
from app.platform.kernel.errors import NotFound
from app.platform.kernel.texts import N_
from app.platform.web.form_values import FormValues

_TEXTS: Final = {
    "number": 40,
    "category": 40,
    "brand": 100,
    "model": 200,
    "serial_number": 80,
    "part_number": 80,
    "hardware": 1_000,
    "operating_system": 200,
    "software": 2_000,
    "ip_address": 100,
    "mac_address": 100,
    "host_name": 253,
    "remark": 4_000,
}
"""Fields that are typed as text, with the most characters that the form takes."""
_DATES: Final = ("purchased_on", "warranty_until")
_CHOICES: Final = ("site_id", "department_id")
EMPTY: Final = FormValues({"state": DeviceState.IN_USE, "category": "desktop"})


def id_of(text: str) -> UUID | None:
    """The id that an address or a field names; None for nothing.

    Raises:
        NotFound: it is no id at all.
    """
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFound from error


def chosen_ids(form: FormValues) -> list[UUID]:
    """The ticked devices."""
    return [found for text in form.checked("id") if (found := id_of(text)) is not None]


def form_values(device: DeviceDetail) -> FormValues:
    """A device file as the form shows it."""
    return FormValues.of(device, holder=device.holder_name, present_state=device.state)


def to_create(form: FormValues, client_id: UUID, employee_id: UUID | None) -> DeviceCreate:
    """
    Raises:
        DeviceFieldRefused: a field is too long, or no date.
    """
    return DeviceCreate(client_id=client_id, employee_id=employee_id, **_fields(form))


def to_update(form: FormValues, employee_id: UUID | None) -> DeviceUpdate:
    """
    Raises:
        DeviceFieldRefused: a field is too long, or no date.
    """
    return DeviceUpdate(version=form.whole_number("version"), employee_id=employee_id, **_fields(form))


def _fields(form: FormValues) -> dict[str, Any]:
    refused: dict[str, str] = {name: N_("太长了，请缩短。") for name, most in _TEXTS.items() if len(form[name]) > most}
    values: dict[str, Any] = {name: form[name] for name in _TEXTS}
    for name in _DATES:
        try:
            values[name] = date.fromisoformat(form[name]) if form[name] else None
        except ValueError:
            refused[name] = N_("请写成 2026-03-05 的样子。")
    if refused:
        raise DeviceFieldRefused(fields=refused)
    values |= {name: id_of(form[name]) for name in _CHOICES}
    if form["state"] in set(DeviceState):
        values["state"] = DeviceState(form["state"])
    return values | {"shared": form["shared"] == "yes"}
