"""Actions on many rows: each row by itself, with reasons, and back again."""

import html
import re

from app.platform.kernel.actor import Actor
from tests.conftest import ClientFor
from tests.factories.network import Network, PartnerCompany

LIST = "/workspace/members"


async def _people(network: Network, partner: PartnerCompany, *names: str) -> list[Actor]:
    return [await network.member(partner.id, name, ["dispatcher"]) for name in names]


def _undo_address(page: str) -> str:
    found = re.search(r'action="(/workspace/members/undo/[^"]+)"', page)
    assert found
    return found[1]


async def test_a_refusal_leaves_the_other_rows_alone(
    http: ClientFor, network: Network, partner: PartnerCompany
) -> None:
    owner = await http(partner.owner)
    people = await _people(network, partner, "甲", "乙")
    ids = [str(each.membership_id) for each in (*people, partner.owner)]
    done = await owner.post(f"{LIST}/bulk/suspend", data={"id": ids, "query": "sort=display_name"})
    assert done.headers["location"].startswith(f"{LIST}?sort=display_name&done=")
    page = html.unescape((await owner.get(done.headers["location"])).text)
    assert "已停用 2 位成员。" in page
    assert re.search(r"<li><span class=\"number\">陈总</span> .+</li>", page), "who was refused, and why"
    assert page.count("已停用</span>") == 2


async def test_undo_takes_back_what_nobody_has_changed_since(
    http: ClientFor, network: Network, partner: PartnerCompany
) -> None:
    owner = await http(partner.owner)
    ids = [str(each.membership_id) for each in await _people(network, partner, "甲", "乙")]
    done = await owner.post(f"{LIST}/bulk/suspend", data={"id": ids, "query": ""})
    await owner.post(f"{LIST}/{ids[0]}", data={"action": "reactivate", "version": "2"})
    undo = _undo_address((await owner.get(done.headers["location"])).text)
    back = await owner.post(undo, data={"query": ""})
    page = html.unescape((await owner.get(back.headers["location"])).text)
    assert "已撤销 1 条。" in page
    assert re.search(r"<li><span class=\"number\">甲</span> 这条记录刚被别人修改过", page)
    assert "/undo/" not in page
    again = await owner.post(undo, data={"query": ""})
    assert again.status_code == 409


async def test_nobody_undoes_what_another_did(http: ClientFor, network: Network, partner: PartnerCompany) -> None:
    owner = await http(partner.owner)
    second = await http(await network.member(partner.id, "二老板", ["partner_owner"]))
    (person,) = await _people(network, partner, "甲")
    done = await owner.post(f"{LIST}/bulk/suspend", data={"id": str(person.membership_id), "query": ""})
    undo = _undo_address((await owner.get(done.headers["location"])).text)
    assert (await second.post(undo, data={"query": ""})).status_code == 404
    assert "位成员" not in (await second.get(done.headers["location"])).text
    stranger = await http((await network.partner()).owner)
    assert (await stranger.post(undo, data={"query": ""})).status_code == 404


async def test_what_changes_nothing_is_not_done(http: ClientFor, network: Network, partner: PartnerCompany) -> None:
    owner = await http(partner.owner)
    (person,) = await _people(network, partner, "甲")
    done = await owner.post(f"{LIST}/bulk/reactivate", data={"id": str(person.membership_id), "query": ""})
    page = html.unescape((await owner.get(done.headers["location"])).text)
    assert "已恢复 0 位成员。" in page
    assert "已经是这样，没有改动。" in page
    assert "/undo/" not in page


async def test_another_company_s_row_is_refused(http: ClientFor, network: Network, partner: PartnerCompany) -> None:
    owner, stranger = await http(partner.owner), await network.partner()
    (person,) = await _people(network, stranger, "别人家的")
    done = await owner.post(f"{LIST}/bulk/suspend", data={"id": str(person.membership_id), "query": ""})
    page = (await owner.get(done.headers["location"])).text
    assert "已停用 0 位成员。" in page
    assert "别人家的" not in page


async def test_rubbish_is_refused_with_an_answer(http: ClientFor, partner: PartnerCompany) -> None:
    owner = await http(partner.owner)
    for data in ({}, {"id": "x"}, {"id": [f"00000000-0000-7000-8000-{number:012}" for number in range(201)]}):
        assert (await owner.post(f"{LIST}/bulk/suspend", data=data)).status_code == 422
    assert (await owner.post(f"{LIST}/bulk/dismiss", data={"id": "x"})).status_code == 404
    me = str(partner.owner.membership_id)
    assert (await owner.post(f"{LIST}/undo/{me}", data={})).status_code == 404


async def test_without_the_right_there_is_no_action(http: ClientFor, partner: PartnerCompany) -> None:
    dispatcher, me = await http(partner.dispatcher), str(partner.dispatcher.membership_id)
    assert "bulk/suspend" not in (await dispatcher.get(LIST)).text
    assert (await dispatcher.post(f"{LIST}/bulk/suspend", data={"id": me})).status_code == 403
