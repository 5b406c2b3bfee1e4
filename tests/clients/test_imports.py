"""Clients with their sites, departments and employees come in from lists (C1, C2)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.assets.clients.models import Client, Contact, Department, Employee, Site
from app.platform.kernel.audit import AuditEntry
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from tests.conftest import ClientFor
from tests.factories.imports import ListUploads, codes
from tests.factories.network import ClientCompany, Network, PartnerCompany

Of = Callable[[str], ListUploads]


@pytest.fixture
def lists(runtime: Runtime, http: ClientFor, partner: PartnerCompany) -> Of:
    """Uploads of one kind."""
    return lambda kind: ListUploads(runtime, http, partner, kind)


@pytest.fixture
async def jianfa(network: Network, partner: PartnerCompany) -> ClientCompany:
    return await network.client(partner, "厦门建发集团")


CLIENT_LIST = """客户名称,编号,行业,城市,网点名称,网点地址,网点电话,联系人,联系电话,邮箱
厦门航空物流,XM_HK,交通运输,厦门,总部,机场路 1 号,0592-5123456,李雷,13800138000,li@example.com
同上,同上,,,翔安仓库,翔安 2 号,,,,
广州白云物业,,房地产业,羊城,,白云大道 3 号,,,13900139000,
"""


async def test_clients_come_with_their_sites_and_contacts(lists: Of) -> None:
    uploads = lists("clients")
    uploaded = await uploads.upload(CLIENT_LIST)
    assert (uploaded["counts"]["new"], uploaded["counts"]["refused"]) == (3, 0)
    assert uploaded["new_sites"] == ["总部", "翔安仓库", "总部"]
    assert set(codes(uploaded)) == {
        ("B2", "code_respelt"),
        ("A3", "same_as_above"),
        ("B3", "same_as_above"),
        ("B3", "code_respelt"),
        ("D4", "city_unknown"),
        ("A4", "code_made"),
        ("E4", "site_named"),
        ("I4", "contact_missing"),
    }
    await uploads.post(uploaded, "confirm")
    await uploads.run(uploaded)
    clients = {each.name: each for each in await uploads.rows(Client)}
    assert {name: (each.code, each.city_code, each.short_name) for name, each in clients.items()} == {
        "厦门航空物流": ("xm-hk", "350200", "厦门航空物流"),
        "广州白云物业": ("c0001", "", "广州白云物业"),
    }
    sites = {(each.client_id, each.name): (each.address, each.phone) for each in await uploads.rows(Site)}
    hk, by = clients["厦门航空物流"].id, clients["广州白云物业"].id
    assert sites == {
        (hk, "总部"): ("机场路 1 号", "0592-5123456"),
        (hk, "翔安仓库"): ("翔安 2 号", ""),
        (by, "总部"): ("白云大道 3 号", ""),
    }
    (contact,) = await uploads.rows(Contact)
    assert (contact.client_id, contact.name, contact.phone, contact.email) == (
        hk,
        "李雷",
        "13800138000",
        "li@example.com",
    )
    async with uploads.runtime.units_of_work.begin(uploads.partner.system) as work:
        events = await work.session.scalars(select(OutboxEvent.payload).where(OutboxEvent.topic == "client.created"))
        audited = await work.session.scalars(select(AuditEntry.record_id).where(AuditEntry.action == "client.created"))
        assert {str(hk), str(by)} <= {each["client_id"] for each in events}
        assert {hk, by} <= set(audited)
    again = await uploads.import_list(CLIENT_LIST)
    assert again["written"] == {"new": 0, "changed": 0, "unchanged": 3, "refused": 0}


async def test_a_client_keeps_its_address_and_who_is_out_of_use_is_refused(
    lists: Of, jianfa: ClientCompany, http: ClientFor
) -> None:
    uploads = lists("clients")
    uploaded = await uploads.upload(f"客户名称,编号,行业\n{jianfa.name},另一个,\n{jianfa.name},another,批发和零售业\n")
    assert ("B3", "code_stays") in codes(uploaded)
    await uploads.post(uploaded, "confirm")
    await uploads.run(uploaded)
    (client,) = await uploads.rows(Client)
    assert (client.code, client.industry) == (jianfa.code, "批发和零售业")
    owner = await http(uploads.partner.owner)
    state = {"state": "inactive", "version": client.version}
    assert (await owner.put(f"/api/v1/clients/{client.id}/state", json=state)).status_code in {200, 405}
    await owner.post(f"/api/v1/clients/{client.id}/state", json=state)
    refused = await uploads.upload(f"客户名称,行业\n{jianfa.name},制造业\n")
    assert (codes(refused), refused["counts"]["refused"]) == ([("A2", "client_inactive")], 1)


async def test_departments_of_several_clients_are_told_apart_by_a_column(
    lists: Of, network: Network, jianfa: ClientCompany, partner: PartnerCompany
) -> None:
    xiangyu = await network.client(partner, "厦门象屿股份")
    uploads = lists("departments")
    content = (
        f"客户,部门,成本中心\n{jianfa.name},采购部,CC-1\n{xiangyu.code},采购部,CC-2\n{jianfa.name},采 购 部,\n"
        "没有这家,采购部,\n,采购部,\n"
    )
    uploaded = await uploads.upload(content)
    assert set(codes(uploaded)) == {("B4", "row_repeated"), ("A5", "client_unknown"), ("A6", "value_missing")}
    await uploads.post(uploaded, "confirm")
    done = await uploads.run(uploaded)
    assert done["written"] == {"new": 2, "changed": 0, "unchanged": 0, "refused": 3}
    made = await uploads.rows(Department, Department.name == "采购部")
    assert {(each.client_id, each.cost_centre) for each in made} == {(jianfa.id, "CC-1"), (xiangyu.id, "CC-2")}
    changed = await uploads.import_list("部门,成本中心\n采购部,CC-9\n", jianfa.id)
    assert changed["written"]["changed"] == 1
    other = await uploads.upload(f"客户,部门\n{xiangyu.name},采购部\n", jianfa.id)
    assert codes(other) == [("A2", "client_other")]
    without = await uploads.upload("部门,成本中心\n采购部,CC-9\n")
    assert (without["state"], without["problem"]) == ("mapping", "list_import.key_heading_missing")


EMPLOYEE_LIST = """姓名,工号,部门,网点,手机,邮箱,VIP
王伟,E001,财务部,总部大楼,13800138001,wang@example.com,是
李　娜,E002,市场部,总部大搂,010-62345678-8012,,
李娜,,财务部,,,,
"""


async def test_employees_come_with_department_and_site(lists: Of, jianfa: ClientCompany) -> None:
    uploads = lists("employees")
    uploaded = await uploads.upload(EMPLOYEE_LIST, jianfa.id)
    assert (uploaded["new_departments"], uploaded["counts"]["new"]) == (["市场部"], 3)
    assert set(codes(uploaded)) == {("A3", "name_padded"), ("D3", "site_similar"), ("A4", "employee_namesake")}
    await uploads.post(uploaded, "confirm")
    await uploads.run(uploaded)
    people = {each.employee_number: each for each in await uploads.rows(Employee, Employee.client_id == jianfa.id)}
    assert (people["E001"].phone, people["E001"].email, people["E001"].vip) == ("13800138001", "wang@example.com", True)
    assert people["E001"].department_id == jianfa.department_id
    assert people["E001"].site_id == jianfa.site_id
    assert (people["E002"].name, people["E002"].phone, people["E002"].site_id) == ("李娜", "010-62345678转8012", None)
    again = await uploads.import_list(EMPLOYEE_LIST, jianfa.id)
    assert again["written"] == {"new": 0, "changed": 0, "unchanged": 3, "refused": 0}


async def test_who_moved_is_followed_by_number_mail_or_telephone_and_nobody_by_a_name_alone(
    lists: Of, jianfa: ClientCompany
) -> None:
    uploads = lists("employees")
    await uploads.import_list(
        "姓名,工号,部门,手机\n甲一,1,财务部,13800138001\n甲二,,财务部,13800138002\n甲三,,财务部,\n甲四,4,财务部,\n",
        jianfa.id,
    )
    uploaded = await uploads.upload(
        "姓名,工号,部门,手机\n甲一,1,市场部,\n甲二,,市场部,13800138002\n甲三,,市场部,\n甲五,4,财务部,\n甲一,1,市场部,\n",
        jianfa.id,
    )
    assert set(codes(uploaded)) == {
        ("A4", "employee_namesake"),
        ("A5", "employee_number_of_other"),
        ("A6", "row_repeated"),
    }
    assert [uploaded["counts"][name] for name in ("new", "changed", "refused")] == [1, 2, 2]


async def test_who_is_not_in_the_list_stays_and_who_has_left_is_not_brought_back(
    lists: Of, jianfa: ClientCompany
) -> None:
    uploads = lists("employees")
    await uploads.import_list("姓名,工号,状态\n甲一,1,在职\n甲二,2,在职\n甲三,3,在职\n", jianfa.id)
    uploaded = await uploads.upload("姓名,工号,状态\n甲一,1,离职\n甲九,9,离职\n", jianfa.id)
    assert uploaded["not_listed"] == 2
    assert codes(uploaded) == [("C3", "employee_not_here")]
    await uploads.post(uploaded, "confirm")
    await uploads.run(uploaded)
    states = {each.employee_number: each.state for each in await uploads.rows(Employee)}
    assert states == {"1": "inactive", "2": "active", "3": "active"}
    back = await uploads.upload("姓名,工号\n甲一,1\n", jianfa.id)
    assert (codes(back), back["counts"]["refused"]) == ([("A2", "employee_left")], 1)
    same = await uploads.upload("姓名,工号,状态\n甲一,1,离职\n", jianfa.id)
    assert same["counts"]["unchanged"] == 1
    async with uploads.runtime.units_of_work.begin(uploads.partner.system) as work:
        told = await work.session.scalars(
            select(OutboxEvent.payload).where(OutboxEvent.topic == "employee.state_changed")
        )
        assert [each["state"] for each in told] == ["inactive"]


async def test_employees_of_several_clients_in_one_list(
    lists: Of, network: Network, jianfa: ClientCompany, partner: PartnerCompany
) -> None:
    xiangyu = await network.client(partner, "厦门象屿股份")
    uploads = lists("employees")
    done = await uploads.import_list(
        f"公司,姓名,部门,网点\n{jianfa.name},王伟,财务部,新楼\n{xiangyu.name},王伟,财务部,新楼\n"
    )
    assert done["written"]["new"] == 2
    people: list[Any] = await uploads.rows(Employee, Employee.name == "王伟")
    assert {each.client_id for each in people} == {jianfa.id, xiangyu.id}
    assert len({each.site_id for each in people}) == 2


async def test_staff_of_some_clients_choose_one_of_them(
    lists: Of, network: Network, jianfa: ClientCompany, http: ClientFor
) -> None:
    uploads = lists("employees")
    manager = await network.member(uploads.partner.id, "周经理", ["service_manager"])
    decided = {"access_scope": "assigned", "client_ids": [str(jianfa.id)], "version": 1}
    owner = await http(uploads.partner.owner)
    path = f"/api/v1/members/{manager.membership_id}/access-scope"
    assert (await owner.put(path, json=decided)).status_code == 200
    refused = await uploads.send("客户,姓名\n某家,王伟\n", actor=manager)
    assert (refused.status_code, refused.json()["code"]) == (422, "list_import.client_refused")
    assert (await uploads.send("姓名\n王伟\n", jianfa.id, actor=manager)).status_code == 201
