"""The workspace's device pages, as somebody without script uses them."""

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from app.platform.kernel.ids import new_id
from tests.conftest import ClientFor
from tests.devices.conftest import Companies
from tests.documents.pdf_reading import text_of
from tests.factories.device_workbook import (
    HEADINGS,
    device_row,
    device_workbook,
    faulty_device_workbook,
    workbook_bytes,
)
from tests.factories.network import Network


class Browser:
    """Fills forms; the bearer token stands for the session cookie, so that no CSRF token is needed."""

    def __init__(self, caller: httpx.AsyncClient) -> None:
        self._caller = caller

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self._caller.get(path, headers=headers)

    async def post(self, path: str, fields: list[tuple[str, str]] | dict[str, str], **more: Any) -> httpx.Response:
        self._caller.cookies.clear()
        if "files" in more:
            return await self._caller.post(path, data=dict(fields), **more)
        return await self._caller.post(
            path, content=urlencode(fields), headers={"content-type": "application/x-www-form-urlencoded"}
        )


@pytest.fixture(scope="module")
async def owner(http: ClientFor, companies: Companies) -> Browser:
    return Browser(await http(companies.partner.owner))


async def test_the_list_offers_what_may_be_done_and_leads_to_each_file(
    owner: Browser, companies: Companies, network: Network
) -> None:
    device_id, _ = await network.device(companies.jianfa, "PG-1", "李静")
    text = (await owner.get("/workspace/devices?q=pg-")).text
    assert f'href="/workspace/devices/{device_id}" data-panel' in text
    assert 'formaction="/workspace/devices/labels"' in text
    nothing = (await owner.get("/workspace/devices?q=NOSUCH")).text
    assert "没有找到这样的设备" in nothing


async def test_the_panel_comes_alone(owner: Browser, companies: Companies, network: Network) -> None:
    device_id, _ = await network.device(companies.jianfa, "PG-2", "李静")
    address = f"/workspace/devices/{device_id}"
    whole = (await owner.get(address)).text
    panel = (await owner.get(address, **{"hx-request": "true", "hx-target": "panel"})).text
    assert "<html" in whole
    assert "<html" not in panel
    assert f'href="{address}?tab=audit" data-panel' in panel


async def test_a_form_comes_back_with_what_was_typed(owner: Browser, companies: Companies, network: Network) -> None:
    await network.device(companies.jianfa, "PG-3", "陈八")
    fields = {"client_id": str(companies.jianfa.id), "number": "PG-4", "category": "desktop", "state": "in_use"}
    refused = await owner.post("/workspace/devices/new", fields | {"ip_address": "10.0.0.999", "brand": "联想牌"})
    assert refused.status_code == 422
    assert "请填写有效的 IP 地址" in refused.text
    assert "联想牌" in refused.text
    made = await owner.post(
        "/workspace/devices/new", fields | {"holder": "陈八", "site_id": str(companies.jianfa.site_id)}
    )
    assert made.status_code == 303
    address = made.headers["location"]
    assert "陈八" in (await owner.get(address)).text
    edited = await owner.post(f"{address}/edit", fields | {"version": "1", "remark": "靠窗", "holder": "陈八"})
    assert edited.status_code == 303
    assert "靠窗" in (await owner.get(address)).text
    stale = await owner.post(f"{address}/edit", fields | {"version": "1", "remark": "靠门"})
    assert (stale.status_code, "靠门" in stale.text) == (409, True)


async def test_labels_carry_number_client_and_hot_line(owner: Browser, companies: Companies, network: Network) -> None:
    first, _ = await network.device(companies.jianfa, "PG-10", "甲")
    second, _ = await network.device(companies.jianfa, "PG-11", "乙")
    ids = [("id", str(first)), ("id", str(second))]
    assert "PG-11" in (await owner.post("/workspace/devices/labels", ids)).text
    printed = await owner.post("/workspace/devices/labels/print", [*ids, ("layout", "a4_3x8"), ("first_position", "3")])
    assert printed.headers["content-type"] == "application/pdf"
    words = text_of(printed.content)
    assert "PG-10" in words
    assert "0592-5551234" in words
    rare, _ = await network.device(companies.jianfa, "PG-𠡠", "丙")
    told = (await owner.post("/workspace/devices/labels", [("id", str(rare))])).text
    assert "只能是编号：𠡠" in told
    assert 'name="print_anyway"' in told
    nothing = await owner.post("/workspace/devices/labels", [])
    assert nothing.status_code == 422


async def test_pin_slips_are_made_for_holders_only(owner: Browser, companies: Companies, network: Network) -> None:
    device_id, _ = await network.device(companies.jianfa, "PG-20", "丙丁")
    asked = await owner.post("/workspace/devices/pins", [("id", str(device_id))])
    assert "原来的密码随即失效" in asked.text
    slips = await owner.post("/workspace/devices/pins/issue", [("id", str(device_id))])
    assert "丙丁" in text_of(slips.content)
    assert "还没有密码" not in (await owner.get(f"/workspace/devices/{device_id}")).text


async def test_a_list_is_uploaded_looked_at_and_confirmed(
    owner: Browser, companies: Companies, network: Network
) -> None:
    client = await network.client(companies.partner, "厦门软件园")
    refused = await owner.post("/workspace/imports", {"client": str(client.id)}, files={"file": ("a.xlsx", b"")})
    assert refused.status_code == 422
    uploaded = await owner.post(
        "/workspace/imports", {"client": str(client.id)}, files={"file": ("清单.xlsx", faulty_device_workbook())}
    )
    assert uploaded.status_code == 303
    address = uploaded.headers["location"]
    shown = (await owner.get(address)).text
    assert "编号“XM-00001”与 B4 重复" in shown
    confirmed = await owner.post(f"{address}/confirm", {"version": "1"})
    assert confirmed.status_code == 303
    assert f'hx-get="{address}/progress"' in (await owner.get(address)).text


async def test_unknown_columns_are_named_on_the_page(owner: Browser, companies: Companies, network: Network) -> None:
    client = await network.client(companies.partner, "厦门火炬")
    headings = [*HEADINGS]
    headings[1] = "我们的号"
    content = workbook_bytes({"表": [headings, device_row(1), device_row(2)]})
    uploaded = await owner.post("/workspace/imports", {"client": str(client.id)}, files={"file": ("a.xlsx", content)})
    address = uploaded.headers["location"]
    assert "没有认出必填的列" in (await owner.get(address)).text
    await owner.post(f"{address}/mapping", {"version": "1", "column:我们的号": "number", "column:IP地址": "-"})
    assert "确认导入" in (await owner.get(address)).text


async def test_the_page_says_which_encoding_was_taken_and_lets_one_choose(
    owner: Browser, companies: Companies, network: Network
) -> None:
    client = await network.client(companies.partner, "厦门港务")
    content = "Asset Tag,Holder\nL1,Jürgen\n".encode("cp1252")
    uploaded = await owner.post(
        "/workspace/imports", {"client": str(client.id), "encoding": "gb18030"}, files={"file": ("a.csv", content)}
    )
    address = uploaded.headers["location"]
    wrong = (await owner.get(address)).text
    assert "L1,J黵gen" in wrong
    assert '<option value="gb18030" selected>' in wrong
    refused = await owner.post(f"{address}/mapping", {"version": "1", "encoding": "utf-8"})
    assert refused.status_code == 422
    assert "按所选的文字编码读不了这个文件" in refused.text
    await owner.post(f"{address}/mapping", {"version": "1", "encoding": "windows-1252"})
    assert "L1,Jürgen" in (await owner.get(address)).text


async def test_what_is_not_there_is_not_found_on_pages_too(
    owner: Browser, companies: Companies, network: Network
) -> None:
    theirs, _ = await network.device(companies.foreign, "PG-99", "戊")
    for device_id in (theirs, new_id()):
        assert (await owner.get(f"/workspace/devices/{device_id}")).status_code == 404
        assert (await owner.get(f"/workspace/imports/{device_id}")).status_code == 404
    upload = await owner.post(
        "/workspace/imports",
        {"client": str(companies.foreign.id)},
        files={"file": ("a.xlsx", device_workbook([device_row(1)]))},
    )
    assert upload.status_code == 404
