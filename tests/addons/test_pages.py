"""Add-ons on pages: the catalogue, the client's order, the partner's answer."""

import httpx
import pytest

from billing.addons import AddonTarget
from tests.addons.conftest import Shop, one_off, subscribed
from tests.conftest import ClientFor

pytestmark = pytest.mark.usefixtures("monday_morning")
CATALOGUE = "/workspace/addons/catalogue"


@pytest.fixture
async def owner(http: ClientFor, shop: Shop) -> httpx.AsyncClient:
    return await http(shop.partner.owner)


async def test_the_catalogue_is_written_and_edited_as_a_table(owner: httpx.AsyncClient, shop: Shop) -> None:
    assert "目录里还没有服务" in (await owner.get(CATALOGUE)).text
    fields = {
        "code": "WEB",
        "name": "网站维护",
        "service_category": "network",
        "kind": "subscribed",
        "target": "client",
        "unit": "个",
        "unit_price": "一百",
        "tax": "vat_6",
        "cycle": "month",
        "billed": "in_advance",
        "version": "0",
    }
    refused = await owner.post(f"{CATALOGUE}/new", data=fields)
    assert refused.status_code == 422
    assert "最多六位小数" in refused.text
    made = await owner.post(f"{CATALOGUE}/new", data={**fields, "unit_price": "100"})
    assert made.status_code == 303, made.text
    (addon,) = (await owner.get("/api/v1/addons")).json()["items"]
    line = {f"{name}:{addon['id']}": str(addon[name]) for name in ("name", "unit", "version")}
    wrong = await owner.post(f"{CATALOGUE}/edit", data={"id": addon["id"], **line, f"unit_price:{addon['id']}": "-1"})
    assert wrong.status_code == 422
    saved = await owner.post(
        f"{CATALOGUE}/edit", data={"id": addon["id"], **line, f"unit_price:{addon['id']}": "128.8"}
    )
    assert saved.status_code == 303, saved.text
    assert "128.80" in (await owner.get(CATALOGUE)).text


async def test_a_client_orders_the_partner_confirms_the_client_ends(
    owner: httpx.AsyncClient, http: ClientFor, shop: Shop
) -> None:
    approver = await http(shop.approver)
    watch = await shop.offer(subscribed())
    shown = await approver.get("/portal/addons")
    assert "网络巡检" in shown.text
    ordered = await approver.post(
        f"/portal/addons/order/{watch.id}", data={"quantity": "2", "start_on": "2026-11-16", "remark": ""}
    )
    assert ordered.status_code == 303, ordered.text
    order_id = ordered.headers["location"].rpartition("/")[2]
    assert "待确认" in (await approver.get(ordered.headers["location"])).text
    assert "网络巡检" in (await owner.get("/workspace/addons")).text
    confirmed = await owner.post(
        f"/workspace/addons/{order_id}/moves/confirm", data={"version": "1", "start_on": "2026-11-16"}
    )
    assert confirmed.status_code == 303, confirmed.text
    record = await owner.get(f"/workspace/addons/{order_id}")
    assert "300.00" in record.text  # 15 days of two at 300 a month
    version = (await owner.get(f"/api/v1/addon-orders/{order_id}")).json()["version"]
    refused = await approver.post(
        f"/portal/addons/{order_id}/moves/end", data={"version": str(version), "last_day": "2026-11-01"}
    )
    assert refused.status_code == 422
    ended = await approver.post(
        f"/portal/addons/{order_id}/moves/end", data={"version": str(version), "last_day": "2026-11-20"}
    )
    assert ended.status_code == 303, ended.text
    assert "2026-11-20" in (await approver.get("/portal/addons")).text


async def test_the_partner_orders_for_a_client(owner: httpx.AsyncClient, shop: Shop) -> None:
    training = await shop.offer(one_off())
    assert "下一步" in (await owner.get("/workspace/addons/new")).text
    form = f"/workspace/addons/new?client={shop.client.id}&addon={training.id}"
    assert "用户培训" in (await owner.get(form)).text
    ordered = await owner.post(form, data={"quantity": "3", "remark": "新员工"})
    assert ordered.status_code == 303, ordered.text
    record = await owner.get(ordered.headers["location"])
    assert "交付后计费" in record.text
    delivered = await owner.post(
        f"{ordered.headers['location']}/moves/deliver", data={"version": "1", "delivered_on": "2026-11-16"}
    )
    assert delivered.status_code == 303, delivered.text
    assert "450.00" in (await owner.get(ordered.headers["location"])).text
    tab = await owner.get(f"/workspace/clients/{shop.client.id}/addons")
    assert "用户培训" in tab.text


async def test_a_device_is_named_by_its_number(http: ClientFor, shop: Shop) -> None:
    approver = await http(shop.approver)
    await shop.network.device(shop.client)
    care = await shop.offer(one_off("CARE", target=AddonTarget.DEVICE))
    form = f"/portal/addons/order/{care.id}"
    refused = await approver.post(form, data={"quantity": "1", "device_number": "没有这台"})
    assert refused.status_code == 422
    assert "没有这个编号的设备" in refused.text


async def test_no_move_that_is_none(owner: httpx.AsyncClient, shop: Shop) -> None:
    order = await shop.order(shop.partner.dispatcher, await shop.offer(one_off()))
    for move in ("start", "finish", "rubbish"):
        answer = await owner.post(f"/workspace/addons/{order.id}/moves/{move}", data={"version": "1"})
        assert answer.status_code == 404
