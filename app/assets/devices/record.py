"""A device's page: its head and facts, in which every area draws the tab that it has there."""

from typing import Any, Final
from uuid import UUID

from app.assets.devices.api import device_service
from app.assets.devices.categories import CATEGORY_NAMES
from app.assets.devices.states import DEVICE, RETIRED_OR_LOST, STATE_NAMES
from app.platform.http.web_request import WebRequest
from app.platform.kernel.texts import N_
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.records import RecordHead

BASE: Final = "/workspace/devices"


async def device_record(request: WebRequest, work: UnitOfWork, device_id: UUID, tab: str = "") -> dict[str, Any]:
    """What `devices/record.html` shows, `record` for `record_page` included.

    Raises:
        Forbidden: without `device:read`.
        NotFound: no such device for this actor.
    """
    service = device_service(request, work)
    device = await service.get(device_id)
    record = RecordHead(
        kind="device",
        id=device.id,
        title=device.number,
        base=f"{BASE}/{device.id}",
        list_href=BASE,
        list_label=N_("设备"),
        tab=tab,
    )
    return {
        "record": record,
        "device": device,
        "access": await service.access(device_id),
        "gone": device.state in RETIRED_OR_LOST,
        "next_move": DEVICE.next_moves.get(device.state),
        "today": platform_day(work.now),
        "state_names": STATE_NAMES,
        "category_names": CATEGORY_NAMES,
    }
