"""The pages of records at the desk: one layout, tabs for those who may see them, one amber button, as many queries for
many records as for few."""

import re
from collections.abc import Mapping

import httpx
import pytest

from app.assets.clients import ContactCreate, ContactService
from app.desk.hot_line import Call, HotLineService
from app.desk.tickets import TicketCreate
from app.platform.kernel.runtime import Runtime
from tests.conftest import ClientFor
from tests.factories.desk import Desk
from tests.factories.network import Network
from tests.portals.desk.conftest import Browsers
from tests.portals.desk.page_reader import PANEL, RECORD, words
from tests.statements.counting import statements

PRINTER = "财务打印机卡纸，凭证打不出来"
KINDS = ("ticket", "visit", "client", "device", "engineer")


@pytest.fixture(scope="module")
async def addresses(desk: Desk, browsers: Browsers) -> Mapping[str, str]:
    """The page of one record of each kind."""
    ticket = f"/workspace/tickets/{desk.tickets[PRINTER]}"
    visit = re.search(r"/workspace/visits/[0-9a-f-]{36}", (await browsers.dispatcher.get(ticket)).text)
    assert visit
    return {
        "ticket": ticket,
        "visit": visit[0],
        "client": f"/workspace/clients/{desk.clients[1].id}",
        "device": f"/workspace/devices/{desk.devices['XM-PR-0011']}",
        "engineer": f"/workspace/engineers/{desk.engineers[1].membership_id}",
    }


@pytest.fixture(scope="module")
async def owner(desk: Desk, http: ClientFor) -> httpx.AsyncClient:
    return await http(desk.partner.owner)


def tabs(answer: httpx.Response) -> list[str]:
    """The tabs of a record's page."""
    row = re.search(r'<nav class="tabs".*?</nav>', answer.text, re.DOTALL)
    return [re.sub(r"<.*", "", each).strip() for each in re.findall(r"<a [^>]*>(.*?)</a>", row[0])] if row else []


def amber(answer: httpx.Response) -> list[str]:
    """What the amber buttons of a page say."""
    found = re.findall(r'<(a|button) class="button button--primary"[^>]*>(.*?)</\1>', answer.text, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", label) for _, label in found]


async def test_who_may_see_a_tab_is_offered_it(
    addresses: Mapping[str, str], browsers: Browsers, owner: httpx.AsyncClient
) -> None:
    of_client = [
        "服务单",
        "设备",
        "费用",
        "网点",
        "合同",
        "部门",
        "联系人",
        "员工",
        "服务级别",
        "增值服务",
        "数据恢复",
        "网络安全",
        "设备保险",
        "保密",
    ]
    of_ticket = ["费用", "合同范围", "报价"]
    expected = {"ticket": of_ticket, "visit": [], "client": of_client, "device": [], "engineer": []}
    of_owner_alone = {"ticket": ["服务赔付"], "client": ["账单", "对账单", "删除资料"], "engineer": ["修改档案"]}
    for kind, others in expected.items():
        assert tabs(await browsers.dispatcher.get(addresses[kind])) == ["概况", *others], kind
        of_owner = tabs(await owner.get(addresses[kind]))
        assert of_owner == ["概况", *others, *of_owner_alone.get(kind, []), "操作记录"], kind


async def test_the_log_tells_of_this_record_only(
    addresses: Mapping[str, str], browsers: Browsers, owner: httpx.AsyncClient, desk: Desk
) -> None:
    page = await owner.get(f"{addresses['ticket']}?tab=audit")
    found = re.search(r'id="audit" hx-get="([^"]+)"', page.text)
    assert found
    log = await owner.get(found[1].replace("&amp;", "&"), headers={"HX-Request": "true", "HX-Target": "audit"})
    assert "<html" not in log.text
    assert "派单" in log.text
    numbers = set(re.findall(r"FW-\d+-\d+", log.text))
    assert len(numbers) == 1
    asked = await browsers.dispatcher.get(f"{addresses['ticket']}?tab=audit")
    assert 'id="audit"' not in asked.text
    assert "谁、在哪" in words(asked)


@pytest.mark.parametrize("kind", KINDS)
async def test_beside_a_list_the_same_record_comes_alone(
    addresses: Mapping[str, str], owner: httpx.AsyncClient, kind: str
) -> None:
    whole = await owner.get(addresses[kind])
    panel = await owner.get(addresses[kind], headers=PANEL)
    record = await owner.get(addresses[kind], headers=RECORD)
    for part in (panel, record):
        assert "<html" not in part.text
        assert part.text.count('id="record"') == 1
    assert whole.text.count('id="record"') == 1
    assert "data-panel-title" in panel.text
    assert "data-panel-title" not in record.text
    assert tabs(panel) == tabs(whole)


async def test_amber_is_the_next_step_of_the_work_and_there_is_one(
    addresses: Mapping[str, str], desk: Desk, browsers: Browsers
) -> None:
    steps = {
        "投影没有信号，十点半要开会": ["保存分类"],
        "电脑开机蓝屏，反复重启": ["派单"],
        "新同事电脑装 Office 和 ERP 客户端": ["恢复处理"],
        "Outlook 密码过期，登不上": ["客户说好了，关闭"],
        PRINTER: [],
        "鼠标左键失灵": [],
    }
    for subject, expected in steps.items():
        page = await browsers.dispatcher.get(f"/workspace/tickets/{desk.tickets[subject]}")
        assert amber(page) == expected, subject
    number = (await browsers.dispatcher.get(f"/api/v1/tickets/{desk.tickets[PRINTER]}")).json()["number"]
    assert amber(await browsers.dispatcher.get(addresses["client"])) == ["登记报修"]
    assert amber(await browsers.dispatcher.get(addresses["device"])) == [f"处理 {number}"]
    assert amber(await browsers.dispatcher.get(addresses["engineer"])) == ["看这次上门"]
    assert amber(await browsers.dispatcher.get(addresses["visit"])) == []


async def test_the_engineer_goes_on_with_the_visit_from_its_page(
    addresses: Mapping[str, str], desk: Desk, http: ClientFor
) -> None:
    page = await (await http(desk.engineers[1])).get(addresses["visit"])
    assert amber(page) == ["去做这次上门"]
    assert f"/field/visits/{addresses['visit'].rsplit('/', 1)[1]}" in page.text


async def test_a_visit_is_for_whoever_may_read_its_ticket(
    addresses: Mapping[str, str], browsers: Browsers, network: Network, http: ClientFor
) -> None:
    assert (await browsers.engineer.get(addresses["visit"])).status_code == 404
    assert (await browsers.other_dispatcher.get(addresses["visit"])).status_code == 404
    assert (await browsers.contact.get(addresses["visit"])).status_code == 403


async def test_a_client_shows_what_is_open_and_how_it_is_served(desk: Desk, owner: httpx.AsyncClient) -> None:
    said = words(await owner.get(f"/workspace/clients/{desk.clients[2].id}"))
    for part in (
        "电脑开机蓝屏",
        "扫码枪扫不出来",
        "本月服务单",
        "按时解决",
        "反复出问题的设备",
        "XM-PC-0042",
        "总部大楼",
        "在用 3 台",
    ):
        assert part in said, part


async def test_the_former_addresses_of_a_clients_tabs_still_lead_there(desk: Desk, owner: httpx.AsyncClient) -> None:
    address = f"/workspace/clients/{desk.clients[0].id}"
    for tab in ("sites", "employees", "service-level", "confidentiality"):
        moved = await owner.get(f"{address}?tab={tab}")
        assert (moved.status_code, moved.headers["location"]) == (303, f"{address}/{tab}")
        assert (await owner.get(f"{address}/{tab}")).status_code == 200
    assert (await owner.get(f"{address}?tab=nothing")).status_code == 200


async def test_a_device_tells_its_whole_life(desk: Desk, browsers: Browsers) -> None:
    said = words(await browsers.dispatcher.get(f"/workspace/devices/{desk.devices['XM-PC-0042']}"))
    for part in ("扫码枪扫不出来", "鼠标左键失灵 已关闭", "建档", "还没有标签", "在哪里、归谁"):
        assert part in said, part


async def test_more_records_ask_no_more_queries(
    desk: Desk, runtime: Runtime, owner: httpx.AsyncClient, addresses: Mapping[str, str]
) -> None:
    client = desk.clients[0]
    pages = (
        f"/workspace/clients/{client.id}",
        f"/workspace/devices/{desk.devices['XM-SW-0003']}",
        addresses["engineer"],
    )

    async def counts() -> list[int]:
        found = []
        for page in pages:
            await owner.get(page)
            with statements(runtime) as sent:
                assert (await owner.get(page)).status_code == 200
            found.append(len(sent))
        return found

    before = await counts()
    for place in range(4):
        async with runtime.units_of_work.begin(desk.partner.owner) as work:
            await ContactService(work).create(client.id, ContactCreate(name=f"联系人{place}", phone="0592-5550100"))
        async with runtime.units_of_work.begin(desk.dispatcher) as work:
            fault = TicketCreate(subject=f"交换机又断了 {place}", device_id=desk.devices["XM-SW-0003"])
            await HotLineService(work).log(Call(fault, classified=False))
    assert await counts() == before
