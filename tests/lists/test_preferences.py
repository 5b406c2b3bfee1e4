"""What a person likes of lists is kept for that person."""

import re

from tests.conftest import ClientFor
from tests.factories.network import PartnerCompany

LIST = "/workspace/members"


def headings(page: str) -> list[str]:
    return re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)', page)


async def test_columns_and_their_order_are_remembered(http: ClientFor, partner: PartnerCompany) -> None:
    owner = await http(partner.owner)
    usual = headings((await owner.get(LIST)).text)
    assert usual == ["姓名", "角色", "状态", "加入时间"]
    chosen = {"query": "sort=email", "column": ["display_name", "state", "email", "无此列"]}
    back = await owner.post(f"{LIST}/columns", data=chosen)
    assert back.headers["location"] == f"{LIST}?sort=email"
    assert headings((await owner.get(LIST)).text) == ["姓名", "状态", "邮箱"]
    await owner.post(f"{LIST}/columns", data=chosen | {"down": "state"})
    assert headings((await owner.get(LIST)).text) == ["姓名", "邮箱", "状态"]
    await owner.post(f"{LIST}/columns", data=chosen | {"usual": "yes"})
    assert headings((await owner.get(LIST)).text) == usual


async def test_compact_rows_are_remembered_for_all_lists(http: ClientFor, partner: PartnerCompany) -> None:
    owner, dispatcher = await http(partner.owner), await http(partner.dispatcher)
    await owner.post(f"{LIST}/columns", data={"query": "", "column": "email"})
    await owner.post(f"{LIST}/rows", data={"query": "", "compact": "yes"})
    for path in (LIST, "/workspace/engineers"):
        assert "list--compact" in (await owner.get(path)).text
    assert headings((await owner.get(LIST)).text) == ["姓名", "邮箱"], "one preference leaves the others alone"
    assert "list--compact" not in (await dispatcher.get("/workspace/engineers")).text
    await owner.post(f"{LIST}/rows", data={"query": "", "compact": ""})
    assert "list--compact" not in (await owner.get(LIST)).text


async def test_a_sorted_head_says_so(http: ClientFor, partner: PartnerCompany) -> None:
    owner = await http(partner.owner)
    page = (await owner.get(f"{LIST}?sort=display_name")).text
    assert 'aria-sort="ascending"><a class="sort" href="/workspace/members?sort=-display_name"' in page
    page = (await owner.get(f"{LIST}?sort=-display_name")).text
    assert 'aria-sort="descending"><a class="sort" href="/workspace/members?sort=display_name"' in page


async def test_a_view_s_columns_are_changed_by_whoever_may(http: ClientFor, partner: PartnerCompany) -> None:
    owner, dispatcher = await http(partner.owner), await http(partner.dispatcher)
    wanted = {"name": "大家的", "shared": True, "query": {"state": "active"}, "columns": ["email"]}
    view = (await owner.post("/api/v1/members/views", json=wanted)).json()
    query = f"state=active&saved={view['id']}"
    sent = {"query": query, "column": ["display_name", "state"]}
    left = await dispatcher.post(f"{LIST}/columns", data=sent)
    assert left.headers["location"] == f"{LIST}?state=active&saved=all"
    assert headings((await owner.get(f"{LIST}?{query}")).text) == ["姓名", "邮箱"]
    assert (await owner.post(f"{LIST}/columns", data=sent)).headers["location"] == f"{LIST}?{query}"
    assert headings((await dispatcher.get(f"{LIST}?{query}")).text) == ["姓名", "状态"]
