"""A list in any order, forwards and backwards: every row once, whatever happens to others in between."""

import re
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Integer, column

from app.assets.devices.listing import DEVICES
from app.assets.devices.models import Device
from app.platform.http.errors import BadRequest
from app.platform.http.pagination import encode_position
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from app.platform.lists import Ordering, Place
from app.platform.lists.paging import ListPosition, rows_of_page
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.lists.conftest import Stock, add_devices
from tests.plans.query_plans import sent_statements

SORTS = [f"{sign}{each.key}" for each in DEVICES.columns if each.sort is not None for sign in ("", "-")]
LISTS = {
    "/workspace/devices": "/api/v1/devices",
    "/workspace/clients": "/api/v1/clients",
    "/workspace/engineers": "/api/v1/engineers",
    "/workspace/members": "/api/v1/members",
    "/workspace/tickets": "/api/v1/tickets",
}


@pytest.mark.parametrize("sort", SORTS)
async def test_every_row_is_visited_once_forwards_and_back(
    stock: Stock, units_of_work: UnitOfWorkFactory, sort: str
) -> None:
    async def walk(cursor: str, *, back: bool) -> list[list[UUID]]:
        pages = []
        async with units_of_work.begin(stock.partner.owner) as work:
            while True:
                found = await rows_of_page(work, DEVICES, sort=sort, cursor=cursor, limit=7)
                pages.append([row.id for row in found.rows])
                walked.append(cursor)
                cursor = found.previous_cursor if back else found.next_cursor
                if not cursor:
                    return pages

    walked: list[str] = []
    forwards = await walk("", back=False)
    seen = [row_id for page in forwards for row_id in page]
    assert sorted(seen) == sorted(stock.ids)
    assert len(forwards) == 6
    backwards = await walk(walked[-1], back=True)
    assert backwards[1:] == forwards[-2::-1]


@pytest.mark.parametrize("sort", ["number", "-holder_name", "state"])
async def test_what_changes_meanwhile_hides_and_repeats_no_other(
    stock: Stock, units_of_work: UnitOfWorkFactory, sort: str
) -> None:
    seen: list[UUID] = []
    moved: set[UUID] = set()
    cursor, page = "", 0
    while True:
        async with units_of_work.begin(stock.partner.owner) as work:
            found = await rows_of_page(work, DEVICES, sort=sort, cursor=cursor, limit=9)
        seen += [row.id for row in found.rows]
        cursor, page = found.next_cursor, page + 1
        if not cursor:
            break
        async with units_of_work.begin(stock.partner.system) as work:
            edge = await work.session.get_one(Device, (stock.partner.id, found.rows[-1].id))
            edge.number, edge.state = f"A{page}-{edge.number}", "in_repair"  # the row at the edge moves elsewhere
        moved.add(found.rows[-1].id)
    still = [row_id for row_id in seen if row_id not in moved]
    assert sorted(still) == sorted(set(stock.ids) - moved)


_VALUES = st.one_of(st.none(), st.integers(-2, 2))


@given(rows=st.lists(_VALUES, max_size=12), edge=st.integers(0, 11), descending=st.booleans(), before=st.booleans())
def test_the_condition_of_a_page_says_what_the_order_says(
    rows: list[int | None], edge: int, descending: bool, before: bool
) -> None:
    """Against SQLite, which needs no server: the order's own list, cut where the page begins."""
    import sqlite3

    from sqlalchemy.dialects import sqlite

    ordering = Ordering(column("value", Integer), column("id", Integer), descending=descending, nullable=True)

    def sql(clause: Any) -> str:
        return str(clause.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))

    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE t (id INTEGER, value INTEGER)")
    database.executemany("INSERT INTO t VALUES (?, ?)", enumerate(rows))
    order = ", ".join(sql(each) for each in ordering.by())
    all_rows = database.execute(f"SELECT id, value FROM t ORDER BY {order}").fetchall()
    if not all_rows:
        return
    place = edge % len(all_rows)
    row_id, value = all_rows[place]
    beyond = sql(ordering.beyond(Place(value, row_id, before)))
    turned = ", ".join(sql(each) for each in ordering.by(backwards=before))
    found = database.execute(f"SELECT id, value FROM t WHERE {beyond} ORDER BY {turned}").fetchall()
    assert found == (all_rows[:place][::-1] if before else all_rows[place + 1 :])


def _positions() -> list[str]:
    row = UUID(int=1)
    return [
        encode_position(ListPosition("number", None, row)),
        encode_position(ListPosition("number", 5, row)),
        encode_position(ListPosition("number", "a\0b", row)),
        encode_position(ListPosition("-number", "a", row)),
        "nonsense",
        "\0",
        "{}",
    ]


@pytest.mark.parametrize("cursor", _positions())
async def test_a_cursor_of_nobodys_making_is_refused(stock: Stock, cursor: str) -> None:
    for address in ("/workspace/devices", "/api/v1/devices"):
        answer = await stock.owner.get(address, params={"cursor": cursor})
        assert answer.status_code == 400, answer.text[:300]


async def test_a_cursor_of_another_order_is_refused(stock: Stock, units_of_work: UnitOfWorkFactory) -> None:
    async with units_of_work.begin(stock.partner.owner) as work:
        found = await rows_of_page(work, DEVICES, sort="state", limit=3)
        with pytest.raises(BadRequest):
            await rows_of_page(work, DEVICES, sort="brand", cursor=found.next_cursor)


@pytest.mark.parametrize(("page", "api"), LISTS.items())
async def test_rubbish_in_the_address_is_answered(stock: Stock, page: str, api: str) -> None:
    nonsense = ("\0", "'", "%", "x" * 3_000, "=1+1", "-", str(UUID(int=1)), "true", "2026-13-45")
    for word in nonsense:
        for name in (
            "q",
            "sort",
            "saved",
            "done",
            "state",
            "client",
            "engineer",
            "view",
            "group",
            "inactive",
            "cursor",
        ):
            answer = await stock.owner.get(page, params={name: word})
            assert answer.status_code in (200, 400), f"{page}?{name}={word[:40]}: {answer.status_code}"
    assert (await stock.owner.get(api, params={"sort": "nonsense"})).status_code in (200, 400)


async def test_two_thousand_rows_ask_no_more_than_forty(
    stock: Stock, network: Network, units_of_work: UnitOfWorkFactory, http: ClientFor
) -> None:
    partner = await network.partner()
    clients = (await network.client(partner, "大" * 60), await network.client(partner, "厦门第九中学"))
    await add_devices(units_of_work, partner, clients, 2_000)
    owner = await http(partner.owner)
    counts = []
    for browser in (stock.owner, owner):
        await browser.get("/workspace/devices")
        async with sent_statements() as sent:
            await browser.get("/workspace/devices?sort=holder_name")
        counts.append(len(sent))
    answer = await owner.get("/workspace/devices?sort=holder_name")
    assert counts[0] == counts[1], "the number of statements grows with the rows"
    assert answer.text.count("<tr data-row") == 50
    assert "大" * 60 not in answer.text, "rows show the short name"
    assert re.search(r'rel="next"', answer.text)
