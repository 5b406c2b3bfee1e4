"""Today and the queue: what needs a decision, filters in the address, and nobody else's tickets."""

from datetime import timedelta

import pytest

from app.desk.tickets import OPEN_STATES, TicketFilter, TicketQueries
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from tests.factories.desk import Desk
from tests.portals.desk.conftest import Browsers
from tests.portals.desk.page_reader import FRAGMENT, words

NETWORK_DOWN = "三楼整层上不了网，收银也停了"
PROJECTOR = "投影没有信号，十点半要开会"
PRINTER = "财务打印机卡纸，凭证打不出来"
INSTALLATION = "新同事电脑装 Office 和 ERP 客户端"
PASSWORD = "Outlook 密码过期，登不上"
BLUE_SCREEN = "电脑开机蓝屏，反复重启"
MOUSE = "鼠标左键失灵"


async def test_today_counts_what_asks_for_a_decision_and_begins_with_the_most_urgent(
    desk: Desk, browsers: Browsers
) -> None:
    answer = await browsers.dispatcher.get("/workspace")
    said = words(answer)

    assert "2 张已超时" in said
    for count, label in ((2, "已超时"), (3, "待派单"), (1, "等待中"), (1, "待确认")):
        assert f"{count} {label}" in said
    assert said.index(PROJECTOR) < said.index(PRINTER)


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("", NETWORK_DOWN, MOUSE),
        ("?view=overdue", PROJECTOR, BLUE_SCREEN),
        ("?view=unassigned", BLUE_SCREEN, NETWORK_DOWN),
        ("?view=waiting", INSTALLATION, PRINTER),
        ("?view=resolved", PASSWORD, INSTALLATION),
        ("?view=done", MOUSE, NETWORK_DOWN),
        ("?priority=P1", NETWORK_DOWN, PRINTER),
        ("?state=new", PROJECTOR, NETWORK_DOWN),
        ("?view=nonsense&priority=P9&client=x&state=y", NETWORK_DOWN, MOUSE),
    ],
)
async def test_filters_live_in_the_address(desk: Desk, browsers: Browsers, query: str, shown: str, hidden: str) -> None:
    said = words(await browsers.dispatcher.get(f"/workspace/tickets{query}"))

    assert shown in said
    assert hidden not in said


async def test_client_engineer_and_number_narrow_the_queue(desk: Desk, browsers: Browsers) -> None:
    of_client = words(await browsers.dispatcher.get(f"/workspace/tickets?client={desk.clients[1].id}"))
    of_engineer = words(await browsers.dispatcher.get(f"/workspace/tickets?engineer={desk.engineers[0].membership_id}"))
    of_number = words(await browsers.dispatcher.get("/workspace/tickets?q=20261116-0003"))

    assert PRINTER in of_client
    assert NETWORK_DOWN not in of_client
    assert NETWORK_DOWN in of_engineer
    assert PRINTER not in of_engineer
    assert PRINTER in of_number
    assert NETWORK_DOWN not in of_number


async def test_an_engineer_sees_the_own_work_and_is_offered_no_calls(desk: Desk, browsers: Browsers) -> None:
    said = words(await browsers.engineer.get("/workspace/tickets?engineer=me"))

    assert "服务器备份报错" in said
    assert NETWORK_DOWN not in words(await browsers.engineer.get("/workspace/tickets"))
    assert "记录来电" not in said


async def test_live_changes_fetch_the_rows_or_the_tabs_alone(desk: Desk, browsers: Browsers) -> None:
    rows = await browsers.dispatcher.get("/workspace/tickets", headers={**FRAGMENT, "HX-Target": "list"})
    tabs = await browsers.dispatcher.get("/workspace/tickets", headers={**FRAGMENT, "HX-Target": "facets"})

    assert "<html" not in rows.text + tabs.text
    assert NETWORK_DOWN in rows.text
    assert 'data-live="tickets"' in rows.text
    assert NETWORK_DOWN not in tabs.text


async def test_the_queue_by_what_is_due_is_paged_without_gaps_or_repeats(desk: Desk, browsers: Browsers) -> None:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"order": "due", "open_only": "true", "limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await browsers.dispatcher.get("/api/v1/tickets", params=query)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    everything = await browsers.dispatcher.get("/api/v1/tickets", params={"order": "due", "open_only": "true"})
    assert seen == [item["id"] for item in everything.json()["items"]]
    assert len(seen) == 7


async def test_counts_hold_the_same_rule_as_lists(desk: Desk, browsers: Browsers) -> None:
    ours = (await browsers.dispatcher.get("/api/v1/tickets/counts")).json()
    engineers = (await browsers.engineer.get("/api/v1/tickets/counts")).json()
    strangers = (await browsers.other_dispatcher.get("/api/v1/tickets/counts")).json()

    assert sum(ours.values()) == 9
    assert sum(engineers.values()) == 1
    assert strangers == {}


async def test_a_promise_of_the_list_knows_when_it_will_stand_still(
    desk: Desk, runtime: Runtime, clock: SettableClock
) -> None:
    before = clock.now()
    clock.set(before.replace(hour=4, minute=30))
    async with runtime.units_of_work.begin(desk.dispatcher) as work:
        reading = TicketQueries(work)
        waiting = await reading.most_urgent(TicketFilter(states=tuple(OPEN_STATES)))
        promises = await reading.next_promises([ticket.id for ticket in waiting])
    clock.set(before)

    counting = [promise for promise in promises.values() if promise.due_at is not None]
    assert counting
    assert all(promise.service_hours for promise in counting)
    assert {promise.counts_for_seconds for promise in counting} in ({0}, {int(timedelta(hours=5, minutes=30).seconds)})
