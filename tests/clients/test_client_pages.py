"""A manager sets up a client on the pages, without a line of script."""

from tests.conftest import ClientFor
from tests.factories.network import ClientCompany, Network

FORM = {"name": "鹭岛海产贸易有限公司", "code": "ludao", "city": "厦门", "engagement_models": ["retainer", "stationed"]}


async def test_a_client_is_set_up_and_its_parts_added(http: ClientFor, client: ClientCompany) -> None:
    owner = await http(client.partner.owner)
    made = await owner.post("/workspace/clients", data=FORM)
    assert made.status_code == 303
    address = made.headers["location"]
    page = (await owner.get(address)).text
    assert "鹭岛海产贸易有限公司" in page
    assert "厦门市" in page
    assert "工程师派驻" in page
    for part, form, seen in (
        ("sites", {"name": "湖里总部", "city": "厦门市"}, "湖里总部"),
        ("departments", {"name": "财务部", "cost_centre": "CW-01"}, "CW-01"),
        ("contacts", {"name": "黄雅婷", "phone": "138 0013 8000"}, "13800138000"),
        ("employees", {"name": "欧阳小兰", "vip": "yes"}, "VIP"),
    ):
        added = await owner.post(f"{address}/{part}/new", data=form)
        assert (added.status_code, added.headers["location"]) == (303, f"{address}/{part}")
        assert seen in (await owner.get(f"{address}/{part}")).text
    found = await owner.get(f"{address}/employees?q=欧阳")
    assert "欧阳小兰" in found.text
    assert "欧阳小兰" in (await owner.get(f"{address}/employees?q=小兰")).text
    assert "欧阳小兰" not in (await owner.get(f"{address}/employees?q=小红")).text


async def test_a_form_with_faults_comes_back_as_it_was_typed(http: ClientFor, client: ClientCompany) -> None:
    owner = await http(client.partner.owner)
    answer = await owner.post("/workspace/clients", data={"name": "集美光电", "code": "集美", "remark": "停车在 B2"})
    assert answer.status_code == 422
    assert "停车在 B2" in answer.text
    assert 'aria-invalid="true"' in answer.text
    nowhere = await owner.post("/workspace/clients", data={**FORM, "code": "other", "city": "亚特兰蒂斯"})
    assert "没有找到这个城市" in nowhere.text
    site = await owner.post(f"/workspace/clients/{client.id}/sites/new", data={"name": "总部大楼"})
    assert (site.status_code, "已经有同名的记录" in site.text) == (409, True)


async def test_a_record_is_changed_and_taken_out_of_use(http: ClientFor, client: ClientCompany) -> None:
    owner = await http(client.partner.owner)
    address = f"/workspace/clients/{client.id}/sites/{client.site_id}"
    changed = await owner.post(address, data={"name": "新总部", "version": "1"})
    assert changed.status_code == 303
    stale = await owner.post(address, data={"name": "旧总部", "version": "1"})
    assert (stale.status_code, "旧总部" in stale.text) == (409, True)
    gone = await owner.post(f"{address}/state", data={"state": "inactive", "version": "2"})
    assert gone.status_code == 303
    assert "已停用" in (await owner.get(gone.headers["location"])).text


async def test_the_workspace_is_for_the_partners_own_people(http: ClientFor, client: ClientCompany) -> None:
    dispatcher = await http(client.partner.dispatcher)
    assert "新建客户" not in (await dispatcher.get("/workspace/clients")).text
    assert (await dispatcher.post("/workspace/clients", data=FORM)).status_code == 403
    contact = await http(client.contact)
    assert (await contact.get("/workspace/clients")).status_code == 403


async def test_another_partners_client_is_not_there(http: ClientFor, network: Network, client: ClientCompany) -> None:
    stranger = await http((await network.partner("广州岭南信息服务有限公司")).owner)
    for path in ("", "/edit", "/sites/new", f"/sites/{client.site_id}"):
        assert (await stranger.get(f"/workspace/clients/{client.id}{path}")).status_code == 404
    refused = await stranger.post(
        f"/workspace/clients/{client.id}/sites/{client.site_id}", data={"name": "x", "version": "1"}
    )
    assert refused.status_code == 404


async def test_the_pages_speak_english_too(http: ClientFor, client: ClientCompany) -> None:
    owner = await http(client.partner.owner)
    page = await owner.get("/workspace/clients/new", headers={"accept-language": "en"})
    assert "Portal address" in page.text
