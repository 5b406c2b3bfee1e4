"""The list of devices."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from app.assets.clients.models import Client, Department, Employee, Site
from app.assets.devices.categories import CATEGORY_NAMES
from app.assets.devices.models import Device
from app.assets.devices.repository import DeviceRepository, device_matches, summary_of
from app.assets.devices.schemas import DeviceDetail, DeviceSummary, DeviceUpdate
from app.assets.devices.services.choices import ClientChoices
from app.assets.devices.services.devices import DeviceService
from app.assets.devices.states import STATE_NAMES, DeviceState
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_, NP_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import (
    BulkAction,
    BulkField,
    BulkPage,
    Choices,
    Column,
    Filter,
    Found,
    NothingToChange,
    RecordList,
    Wanted,
    select_rows,
)
from app.platform.web.form_values import CHOOSE, FormValues
from rbac import Permission

_STAYING: Final = (DeviceState.IN_USE, DeviceState.SPARE, DeviceState.IN_REPAIR)
"""States in which a device keeps its holder, label and PIN: only these are taken back as they were."""


async def _rows(work: UnitOfWork, wanted: Wanted) -> Found[DeviceSummary]:
    found = await select_rows(work, DeviceRepository(work.session, work.actor).listed(), wanted)
    return [(summary_of(row), value) for row, value in found]


async def _clients(work: UnitOfWork, _: Mapping[str, str]) -> Choices:
    return await ClientChoices(work).clients()


async def _put(request: WebRequest, work: UnitOfWork, device_id: UUID, state: str) -> tuple[DeviceDetail, int]:
    """Put a device into a state; how it was before, and the version afterwards."""
    service = DeviceService(work, request.app.state.signin)
    device = await service.get(device_id)
    if device.state == state:
        raise NothingToChange
    changed = await service.update(device_id, DeviceUpdate(version=device.version, state=DeviceState(state)))
    return device, changed.version


async def _change_state(request: WebRequest, work: UnitOfWork, device_id: UUID, form: FormValues) -> list[Any]:
    if form["state"] not in _STAYING:
        raise Invalid(fields={"state": CHOOSE})
    device, version = await _put(request, work, device_id, form["state"])
    return [device.state, version]


async def _undo_state(request: WebRequest, work: UnitOfWork, device_id: UUID, before: list[Any]) -> None:
    state, version = before
    change = DeviceUpdate(version=version, state=DeviceState(state))
    await DeviceService(work, request.app.state.signin).update(device_id, change)


async def _retire(request: WebRequest, work: UnitOfWork, device_id: UUID, _: FormValues) -> None:
    await _put(request, work, device_id, DeviceState.RETIRED)


DEVICES: Final = RecordList(
    key="devices",
    label=NP_("list", "设备"),
    base="/workspace/devices",
    permission=Permission.DEVICE_READ,
    record_kind="device",
    id=Device.id,
    title=Device.number,
    columns=(
        Column(key="number", label=N_("设备"), sort=Device.number, main=True),
        Column(key="category", label=N_("类别"), names=CATEGORY_NAMES, sort=Device.category, shown=False, narrow=True),
        Column(key="brand", label=N_("品牌"), sort=Device.brand, shown=False, narrow=True),
        Column(key="model", label=N_("型号"), sort=Device.model, shown=False, width=30),
        Column(key="client_name", label=N_("客户"), sort=Client.short_name, nullable=True),
        Column(key="site_name", label=N_("网点"), sort=Site.name, nullable=True, shown=False),
        Column(key="department_name", label=N_("部门"), sort=Department.name, nullable=True, shown=False),
        Column(key="holder_name", label=N_("使用人"), sort=Employee.name, nullable=True, narrow=True),
        Column(key="state", label=N_("状态"), names=STATE_NAMES, sort=Device.state, narrow=True),
        Column(key="serial_number", label=N_("序列号"), sort=Device.serial_number, narrow=True, optional=True),
    ),
    sort="number",
    rows=_rows,
    filters=(
        Filter(
            key="client",
            label=N_("全部客户"),
            read=UUID,
            choices=_clients,
            condition=lambda client: Device.client_id == client,
        ),
        Filter(key="state", label=N_("全部状态"), names=STATE_NAMES, condition=lambda state: Device.state == state),
        Filter(
            key="category",
            label=N_("全部类别"),
            names=CATEGORY_NAMES,
            condition=lambda category: Device.category == category,
        ),
    ),
    matches=device_matches,
    search_label=N_("编号、序列号、型号、IP 或使用人"),
    bulk=(
        BulkPage(
            key="labels",
            label=N_("打印标签"),
            icon="qrcode",
            permission=Permission.LABEL_PRINT,
            address="/workspace/devices/labels",
        ),
        BulkPage(
            key="pins",
            label=N_("发放报修密码"),
            icon="key",
            permission=Permission.PIN_ISSUE,
            address="/workspace/devices/pins",
        ),
        BulkAction(
            key="state",
            label=N_("改变状态"),
            icon="refresh",
            permission=Permission.DEVICE_WRITE,
            act=_change_state,
            undo=_undo_state,
            done=N_("已改变 %(count)s 台设备的状态。"),
            fields=(
                BulkField(name="state", label=N_("新状态"), names={state: STATE_NAMES[state] for state in _STAYING}),
            ),
        ),
        BulkAction(
            key="retire",
            label=N_("报废"),
            icon="trash",
            permission=Permission.DEVICE_WRITE,
            act=_retire,
            done=N_("已报废 %(count)s 台设备；标签和报修密码随之失效。"),
        ),
    ),
)
