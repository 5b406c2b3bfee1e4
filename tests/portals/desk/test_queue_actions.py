"""Many tickets of the queue at once, and the queue in any order."""

import html
import re

from tests.factories.desk import Desk
from tests.portals.desk.conftest import Browsers

QUEUE = "/workspace/tickets"


async def _open_ids(browsers: Browsers, **query: str) -> list[str]:
    found = await browsers.dispatcher.get("/api/v1/tickets", params={"open_only": "true", **query})
    return [item["id"] for item in found.json()["items"]]


async def test_the_queue_is_sorted_by_any_column_both_ways(desk: Desk, browsers: Browsers) -> None:
    usual = set(await _open_ids(browsers))
    for sort in ("priority", "subject", "state", "client_name", "engineer_name", "due_at", "reported_at", "rating"):
        walked: list[str] = []
        cursor = None
        while True:
            query = {"open_only": "true", "sort": f"-{sort}", "limit": "2"} | ({"cursor": cursor} if cursor else {})
            page = (await browsers.dispatcher.get("/api/v1/tickets", params=query)).json()
            walked += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert sorted(walked) == sorted(usual), sort
        assert (await browsers.dispatcher.get(f"{QUEUE}?sort={sort}")).status_code == 200


async def test_several_tickets_are_noted_at_once(desk: Desk, browsers: Browsers) -> None:
    ids = (await _open_ids(browsers))[:3]
    sent = {"id": ids, "query": "view=open", "note.text": "已电话告知机房停电"}
    done = await browsers.dispatcher.post(f"{QUEUE}/bulk/note", data=sent)
    page = html.unescape((await browsers.dispatcher.get(done.headers["location"])).text)
    assert "3 张服务单加了备注。" in page
    assert "/undo/" not in page, "a note stays"
    empty = await browsers.dispatcher.post(f"{QUEUE}/bulk/note", data=sent | {"note.text": " "})
    assert "请填写。" in (await browsers.dispatcher.get(empty.headers["location"])).text


async def test_waiting_is_taken_back_for_those_that_can(desk: Desk, browsers: Browsers) -> None:
    ids = await _open_ids(browsers)
    sent = {"id": ids, "query": "", "wait.reason": "part", "wait.note": "等硬盘"}
    done = await browsers.dispatcher.post(f"{QUEUE}/bulk/wait", data=sent)
    page = html.unescape((await browsers.dispatcher.get(done.headers["location"])).text)
    told = re.search(r"(\d+) 张服务单已转为等待。", page)
    assert told
    refused = re.findall(r'<li><span class="number">FW-', page)
    assert int(told[1]) + len(refused) == len(ids)
    undo = re.search(r'action="(/workspace/tickets/undo/[^"]+)"', page)
    assert undo
    before = (await browsers.dispatcher.get("/api/v1/tickets/counts")).json()["waiting"]
    await browsers.dispatcher.post(undo[1], data={"query": ""})
    after = (await browsers.dispatcher.get("/api/v1/tickets/counts")).json()["waiting"]
    assert before - after == int(told[1])


async def test_going_on_is_taken_back_too(desk: Desk, browsers: Browsers) -> None:
    async def waits() -> dict[str, str]:
        found = await browsers.dispatcher.get("/api/v1/tickets", params={"state": "waiting"})
        return {item["id"]: item["wait_reason"] for item in found.json()["items"]}

    sent = {"id": await _open_ids(browsers), "query": "", "wait.reason": "part", "wait.note": "等硬盘"}
    await browsers.dispatcher.post(f"{QUEUE}/bulk/wait", data=sent)
    before = await waits()
    done = await browsers.dispatcher.post(f"{QUEUE}/bulk/resume", data={"id": list(before), "query": ""})
    page = (await browsers.dispatcher.get(done.headers["location"])).text
    assert not await waits()
    undo = re.search(r'action="(/workspace/tickets/undo/[^"]+)"', page)
    assert undo
    await browsers.dispatcher.post(undo[1], data={"query": ""})
    assert await waits() == before


async def test_several_tickets_are_dispatched_at_once(desk: Desk, browsers: Browsers) -> None:
    waiting = await browsers.dispatcher.get("/api/v1/tickets", params={"state": ["new", "triaged"]})
    ids = [item["id"] for item in waiting.json()["items"]]
    engineer = str(desk.engineers[0].membership_id)
    done = await browsers.dispatcher.post(f"{QUEUE}/bulk/assign", data={"id": ids, "query": "", "assign.engineer": "x"})
    assert "已派出 0 张" in html.unescape((await browsers.dispatcher.get(done.headers["location"])).text)
    sent = {"id": ids, "query": "view=unassigned", "assign.engineer": engineer}
    done = await browsers.dispatcher.post(f"{QUEUE}/bulk/assign", data=sent)
    page = html.unescape((await browsers.dispatcher.get(done.headers["location"])).text)
    told = re.search(r"已派出 (\d+) 张服务单", page)
    assert told
    assigned = await browsers.dispatcher.get("/api/v1/tickets", params={"engineer_id": engineer, "state": "assigned"})
    assert int(told[1]) >= 1
    assert len({item["id"] for item in assigned.json()["items"]} & set(ids)) == int(told[1])


async def test_a_dispatch_of_many_is_taken_back(desk: Desk, browsers: Browsers) -> None:
    async def engineers() -> dict[str, str | None]:
        found = await browsers.dispatcher.get("/api/v1/tickets", params={"open_only": True})
        return {item["id"]: item["engineer_id"] for item in found.json()["items"]}

    before = await engineers()
    assert set(before.values()) - {None}, "some have an engineer already"
    sent = {"id": list(before), "query": "", "assign.engineer": str(desk.engineers[0].membership_id)}
    done = await browsers.dispatcher.post(f"{QUEUE}/bulk/assign", data=sent)
    assert await engineers() != before
    undo = re.search(
        r'action="(/workspace/tickets/undo/[^"]+)"', (await browsers.dispatcher.get(done.headers["location"])).text
    )
    assert undo
    await browsers.dispatcher.post(undo[1], data={"query": ""})
    assert await engineers() == before


async def test_an_engineer_is_offered_only_what_engineers_may(desk: Desk, browsers: Browsers) -> None:
    page = (await browsers.engineer.get(QUEUE)).text
    assert "bulk/assign" not in page
    own = (await browsers.engineer.get("/api/v1/tickets")).json()["items"][0]["id"]
    sent = {"id": own, "query": "", "assign.engineer": own}
    assert (await browsers.engineer.post(f"{QUEUE}/bulk/assign", data=sent)).status_code == 403
