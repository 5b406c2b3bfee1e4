"""What nobody else may see of add-ons: their catalogue is every client's to read, an order its client's alone."""

import httpx

from tests.isolation.scenery import INSIDE, OUTSIDE, SECRET, SceneryMaker

HIDDEN_FROM = {
    "addon_id": OUTSIDE,
    "addon_order_id": (*OUTSIDE, *INSIDE, "a manager held to another client"),
}


async def make(scenery: SceneryMaker, manager: httpx.AsyncClient) -> None:
    """A subscription that runs."""
    addon = {
        "code": "NET-WATCH",
        "name": "网络巡检",
        "service_category": "network",
        "kind": "subscribed",
        "target": "client",
        "unit": "月",
        "unit_price": "300",
        "tax": "vat_6",
        "cycle": "month",
        "billed": "in_advance",
        "version": 0,
    }
    scenery.keep("addon_id", await scenery.done(manager.post("/api/v1/addons", json=addon)), "id")
    order = {
        "addon_id": str(scenery.ids["addon_id"]),
        "client_id": str(scenery.ids["client_id"]),
        "quantity": "1",
        "remark": SECRET,
    }
    scenery.keep("addon_order_id", await scenery.done(manager.post("/api/v1/addon-orders", json=order)), "id")
