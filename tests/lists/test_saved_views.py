"""Saved views of a list: own and shared ones, the default, and what others cannot reach."""

import pytest

from tests.conftest import ClientFor
from tests.factories.network import Network, PartnerCompany

LIST = "/workspace/members"
API = "/api/v1/members/views"


async def test_a_view_keeps_filters_order_and_columns(http: ClientFor, partner: PartnerCompany) -> None:
    owner = await http(partner.owner)
    await owner.post(f"{LIST}/columns", data={"query": "", "column": ["email", "state"]})
    kept = await owner.post(f"{LIST}/views", data={"name": "停用的人", "query": "state=suspended&sort=email&cursor=x"})
    assert kept.status_code == 303
    assert "state=suspended&sort=email&saved=" in kept.headers["location"]
    page = (await owner.get(kept.headers["location"])).text
    assert "停用的人" in page
    (view,) = (await owner.get(API)).json()["items"]
    assert (view["query"], view["columns"]) == ({"state": "suspended", "sort": "email"}, ["email", "state"])


async def test_a_default_view_opens_where_the_address_says_nothing(http: ClientFor, partner: PartnerCompany) -> None:
    owner = await http(partner.owner)
    view = (await owner.post(API, json={"name": "停用的人", "query": {"state": "suspended"}})).json()
    await owner.post(f"{LIST}/views/{view['id']}", data={"query": "", "action": "default"})
    opened = await owner.get(LIST)
    assert opened.headers["location"] == f"{LIST}?state=suspended&saved={view['id']}"
    assert (await owner.get(f"{LIST}?saved=all")).status_code == 200
    await owner.delete(f"{API}/{view['id']}")
    assert (await owner.get(LIST)).status_code == 200


async def test_own_views_are_nobody_elses(http: ClientFor, network: Network, partner: PartnerCompany) -> None:
    owner = await http(partner.owner)
    manager = await http(await network.member(partner.id, "王经理", ["service_manager"]))
    own = (await owner.post(API, json={"name": "我的"})).json()
    shared = (await owner.post(API, json={"name": "大家的", "shared": True})).json()
    assert [each["name"] for each in (await manager.get(API)).json()["items"]] == ["大家的"]
    change = {"name": "改名", "version": 1}
    assert (await manager.put(f"{API}/{own['id']}", json=change)).status_code == 404
    assert (await manager.put(f"{API}/{shared['id']}", json=change | {"shared": True})).status_code == 200
    stranger = await http((await network.partner()).owner)
    for view in (own, shared):
        assert (await stranger.put(f"{API}/{view['id']}", json=change)).status_code == 404
        assert (await stranger.delete(f"{API}/{view['id']}")).status_code == 404
        assert (await stranger.post(f"{LIST}/views/{view['id']}", data={"action": "delete"})).status_code == 404


async def test_sharing_takes_a_right(http: ClientFor, partner: PartnerCompany) -> None:
    owner, dispatcher = await http(partner.owner), await http(partner.dispatcher)
    engineers = "/api/v1/engineers/views"
    assert (await dispatcher.post(engineers, json={"name": "高级"})).status_code == 201
    assert (await dispatcher.post(engineers, json={"name": "大家的", "shared": True})).status_code == 403
    shared = (await owner.post(engineers, json={"name": "大家的", "shared": True})).json()
    assert (await dispatcher.delete(f"{engineers}/{shared['id']}")).status_code == 403


@pytest.mark.parametrize("name", ["大家的", "大家的 "])
async def test_a_name_stands_once(http: ClientFor, partner: PartnerCompany, name: str) -> None:
    owner = await http(partner.owner)
    assert (await owner.post(API, json={"name": "大家的"})).status_code == 201
    refused = await owner.post(API, json={"name": name})
    assert (refused.status_code, refused.json()["code"]) == (409, "saved_view.name_taken")
    other = (await owner.post(API, json={"name": "另一个"})).json()
    refused = await owner.put(f"{API}/{other['id']}", json={"name": name, "version": 1})
    assert refused.status_code == 409


async def test_a_view_that_somebody_changed_is_not_written_over(http: ClientFor, partner: PartnerCompany) -> None:
    owner = await http(partner.owner)
    view = (await owner.post(API, json={"name": "大家的"})).json()
    change = {"name": "改名", "version": 1}
    assert (await owner.put(f"{API}/{view['id']}", json=change)).json()["name"] == "改名"
    assert (await owner.put(f"{API}/{view['id']}", json=change)).status_code == 409


async def test_what_a_list_does_not_know_is_not_kept(http: ClientFor, partner: PartnerCompany) -> None:
    owner = await http(partner.owner)
    strange = {"query": {"state": "flying", "colour": "red", "sort": "phone", "q": "陈"}, "columns": ["x", "email"]}
    view = (await owner.post(API, json={"name": "怪", **strange})).json()
    assert (view["query"], view["columns"]) == ({"q": "陈"}, ["email"])
