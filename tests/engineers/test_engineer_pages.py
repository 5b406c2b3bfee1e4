"""The company grades its engineers on a page."""

from app.desk.engineers.tasks import member_joined
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from tests.conftest import ClientFor
from tests.factories.network import Network


async def test_an_engineer_is_graded_on_the_page(runtime: Runtime, network: Network, http: ClientFor) -> None:
    partner = await network.partner()
    owner, dispatcher = await http(partner.owner), await http(partner.dispatcher)
    assert "还没有工程师" in (await owner.get("/workspace/engineers")).text
    member = await network.member(partner.id, "陈嘉木", ["engineer"])
    await member_joined(runtime, partner.id, new_id(), {"membership_id": str(member.membership_id)})
    address = f"/workspace/engineers/{member.membership_id}"
    form = {"level": "senior", "phone": "12", "state": "active", "version": "1", "skill.network": "3"}
    wrong = await owner.post(address, data=form)
    assert (wrong.status_code, 'value="12"' in wrong.text) == (422, True)
    right = await owner.post(address, data={**form, "phone": "138 0013 8000"})
    assert right.status_code == 303
    listed = (await dispatcher.get("/workspace/engineers")).text
    assert "高级工程师" in listed
    assert "网络 · 精通" in listed
    record = await dispatcher.get(address)
    assert record.status_code == 200
    assert "13800138000" in record.text
    assert "修改档案" not in record.text
    assert f"{address}/profile" in (await owner.get(address)).text
    assert (await dispatcher.get(f"{address}/profile")).status_code == 403
    assert (await dispatcher.post(address, data={**form, "version": "2"})).status_code == 403
    stranger = await http((await network.partner()).owner)
    assert (await stranger.get(address)).status_code == 404
