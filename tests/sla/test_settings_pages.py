"""A manager reads and adapts service levels on the pages, without a line of script."""

import re
from html import unescape

import msgspec

from app.agreements.sla import AssignmentService, CalendarService, PolicyService
from app.agreements.sla.forms import policy_fields
from app.desk.tickets import Channel, TicketCreate, TicketCreation
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tests.conftest import ClientFor
from tests.factories.background import run_due_work
from tests.factories.network import Network, PartnerCompany

BASE = "/workspace/service-levels"
HIDDEN = r'<input type="hidden" name="([^"]+)" value="([^"]*)">'


async def test_promises_hours_and_ladder_are_read_in_words(http: ClientFor, new_partner: PartnerCompany) -> None:
    dispatcher = await http(new_partner.dispatcher)
    promises = (await dispatcher.get(BASE)).text
    assert "30 分钟响应，2 小时远程接入，4 小时到场，8 小时解决" in promises
    assert "用到 50% 报技术或项目经理" in promises
    assert "从模板新建" not in promises
    assert "09:00–12:00，13:30–18:00" in (await dispatcher.get(f"{BASE}?tab=calendars")).text
    assert "年的法定节假日尚未公布" in promises
    assert (await dispatcher.get(f"{BASE}/policies/new")).status_code == 403


async def test_a_policy_is_adapted_in_its_form(
    http: ClientFor, units_of_work: UnitOfWorkFactory, new_partner: PartnerCompany
) -> None:
    owner = await http(new_partner.owner)
    async with units_of_work.begin(new_partner.owner) as work:
        policy = next(each for each in await PolicyService(work).list() if each.template == "office_hours")
    address = f"{BASE}/policies/{policy.id}"
    assert 'name="P1.response.amount"' in (await owner.get(address)).text
    form = {**policy_fields(policy.policy), "version": "1", "active": "yes"}
    wrong = await owner.post(address, data={**form, "P1.arrival.amount": "very soon"})
    assert wrong.status_code == 422
    assert 'value="very soon"' in wrong.text
    assert "时长应大于 0" in wrong.text
    right = await owner.post(address, data={**form, "P1.arrival.amount": "90", "P1.arrival.unit": "minutes_elapsed"})
    assert right.status_code == 303, right.text
    assert "1 小时 30 分到场（昼夜连续）" in (await owner.get(BASE)).text
    assert (await owner.post(address, data=form)).status_code == 409


async def test_a_calendar_is_made_from_a_template(
    http: ClientFor, units_of_work: UnitOfWorkFactory, new_partner: PartnerCompany
) -> None:
    owner = await http(new_partner.owner)
    drawn = (await owner.get(f"{BASE}/calendars/new?template=six_days")).text
    form = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" type="text" value="([^"]*)"', drawn)}
    assert form["saturday"] == "09:00-12:00 13:30-18:00"
    form |= {"name": "周六半天", "saturday": "9:00-12:00", "public_holidays": "china", "template": "six_days"}
    wrong = await owner.post(f"{BASE}/calendars/new", data={**form, "sunday": "8-9"})
    assert (wrong.status_code, "时间应写成 09:00 这样" in wrong.text) == (422, True)
    made = await owner.post(f"{BASE}/calendars/new", data=form)
    assert made.status_code == 303, made.text
    async with units_of_work.begin(new_partner.owner) as work:
        calendar = next(each for each in await CalendarService(work).list() if each.name == "周六半天")
    assert [window.closes for window in calendar.calendar.weekly.saturday] == ["12:00"]


async def test_a_client_gets_its_own_level_and_dates(
    http: ClientFor,
    runtime: Runtime,
    units_of_work: UnitOfWorkFactory,
    network: Network,
    new_partner: PartnerCompany,
) -> None:
    client = await network.client(new_partner)
    owner = await http(new_partner.owner)
    address = f"/workspace/clients/{client.id}/service-level"
    tab = (await owner.get(address)).text
    assert "这家客户按默认执行" in tab
    assert f'href="/workspace/clients/{client.id}/contacts"' in tab
    async with units_of_work.begin(new_partner.owner) as work:
        default = (await AssignmentService(work).list())[0]
    form = {
        "policy_id": str(default.policy_id),
        "calendar_id": str(default.calendar_id),
        "exceptions": "元旦 休息",
        "version": "",
    }
    wrong = await owner.post(address, data=form)
    assert (wrong.status_code, "元旦 休息" in wrong.text, "每行以日期开头" in wrong.text) == (422, True, True)
    right = await owner.post(address, data={**form, "exceptions": "2026-12-31 休息 厂庆"})
    assert right.headers["location"] == f"/workspace/clients/{client.id}/service-level"
    assert "厂庆" in (await owner.get(address)).text
    assert client.name[:8] in (await owner.get(f"{BASE}?tab=clients")).text
    assert (await owner.post(f"{address}/remove", data={"version": "1"})).status_code == 303


async def test_what_moves_is_read_before_it_is_saved(
    http: ClientFor,
    runtime: Runtime,
    units_of_work: UnitOfWorkFactory,
    network: Network,
    new_partner: PartnerCompany,
) -> None:
    client = await network.client(new_partner)
    async with units_of_work.begin(new_partner.dispatcher) as work:
        await TicketCreation(work).create(TicketCreate(subject="开不了机", client_id=client.id), Channel.HOT_LINE)
    async with units_of_work.begin(new_partner.owner) as work:
        policy = next(each for each in await PolicyService(work).list() if each.template == "office_hours")
    owner = await http(new_partner.owner)
    address = f"{BASE}/policies/{policy.id}"
    form = {**policy_fields(policy.policy), "version": "1", "active": "yes"}
    form |= {f"P{level}.arrival.amount": "1" for level in (1, 2, 3, 4)}
    asked = await owner.post(address, data=form)
    assert asked.status_code == 200
    assert "保存后，1 个正在计时的承诺会变动" in asked.text
    assert "提前" in asked.text
    carried = [(unescape(name), unescape(value)) for name, value in re.findall(HIDDEN, asked.text)]
    sent: dict[str, list[str]] = {}
    for name, value in carried:
        sent.setdefault(name, []).append(value)
    back = await owner.post(address, data={**sent, "confirmed": "back"})
    assert (back.status_code, 'name="P1.arrival.amount" value="1"' in back.text) == (200, True)
    assert (await owner.get(BASE)).text.count("1 小时到场") == 0
    saved = await owner.post(address, data={**sent, "confirmed": "yes"})
    assert saved.status_code == 303, saved.text
    assert "1 小时到场" in (await owner.get(BASE)).text
    await run_due_work(runtime)
    told = await owner.post(
        f"/api/v1/sla-policies/{policy.id}/preview",
        json={"policy": msgspec.to_builtins(policy.policy), "version": 2},
    )
    assert (told.status_code, told.json()["moved"]) == (200, 1)
    stranger = await http((await network.partner("广州岭南信息服务有限公司")).owner)
    refused = await stranger.post(
        f"/api/v1/sla-policies/{policy.id}/preview", json={"policy": msgspec.to_builtins(policy.policy), "version": 2}
    )
    assert refused.status_code == 404


async def test_the_levels_people_are_chosen(http: ClientFor, new_partner: PartnerCompany) -> None:
    owner = await http(new_partner.owner)
    assert "陈总" in (await owner.get(f"{BASE}?tab=escalation")).text
    ticked = {"membership_ids": [str(new_partner.owner.membership_id)]}
    assert (await owner.post(f"{BASE}/escalation/2", data=ticked)).status_code == 303
    page = (await owner.get(f"{BASE}?tab=escalation")).text
    assert f'value="{new_partner.owner.membership_id}" checked' in page


async def test_another_partners_level_is_not_there(
    http: ClientFor, network: Network, units_of_work: UnitOfWorkFactory, new_partner: PartnerCompany
) -> None:
    stranger = await http((await network.partner("广州岭南信息服务有限公司")).owner)
    client = await network.client(new_partner)
    async with units_of_work.begin(new_partner.owner) as work:
        policy, calendar = (await PolicyService(work).list())[0], (await CalendarService(work).list())[0]
    for path in (
        f"{BASE}/policies/{policy.id}",
        f"{BASE}/calendars/{calendar.id}",
        f"/workspace/clients/{client.id}/service-level",
    ):
        assert (await stranger.get(path)).status_code == 404
