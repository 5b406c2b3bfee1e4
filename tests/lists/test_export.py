"""A list as a sheet: what is shown, all rows of it, and nothing in it that runs."""

import zipfile
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook

from app.platform.lists.paging import MOST_EXPORTED
from app.platform.lists.workbook import write_workbook
from tests.conftest import ClientFor
from tests.lists.conftest import FORMULAS, Stock

LIST = "/workspace/devices"


def rows_of(content: bytes) -> Any:
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


async def test_the_sheet_holds_the_filtered_rows_and_the_chosen_columns(stock: Stock) -> None:
    await stock.owner.post(f"{LIST}/columns", data={"query": "", "column": ["number", "brand", "state", "model"]})
    answer = await stock.owner.get(f"{LIST}/export?client={stock.clients[0].id}&sort=-number")
    assert answer.headers["content-disposition"].startswith('attachment; filename="devices.xlsx"')
    rows = rows_of(answer.content)
    assert rows[0] == ["设备", "品牌", "状态", "型号"]
    assert len(rows) == 1 + 20
    numbers = [str(row[0]) for row in rows[1:]]
    assert numbers == sorted(numbers, reverse=True)
    assert {row[2] for row in rows[1:]} <= {"在用", "备用", "维修中"}
    await stock.owner.post(f"{LIST}/columns", data={"query": "", "usual": "yes"})


def test_nothing_in_a_sheet_runs() -> None:
    texts = [*FORMULAS, "\r=1", "=1\n", "http://example.com", "001"]
    content = write_workbook("表:[x]", ["=头"], [[text] for text in texts])
    assert rows_of(content) == [["=头"], *([text] for text in texts)]
    with zipfile.ZipFile(BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        styles = parts.read("xl/styles.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert 'quotePrefix="1"' in styles


async def test_an_export_is_written_down(stock: Stock) -> None:
    await stock.owner.get(f"{LIST}/export?state=spare")
    log = (await stock.owner.get("/api/v1/audit-entries?action=list.exported")).json()["items"]
    assert log[0]["record_kind"] == "device"
    assert log[0]["details"] == {"state": "spare"}


async def test_who_may_not_read_may_not_export(stock: Stock, http: ClientFor) -> None:
    contact = await http(stock.clients[0].contact)
    assert (await contact.get(f"{LIST}/export")).status_code == 403
    visitor = await http(None)
    assert (await visitor.get(f"{LIST}/export")).status_code == 401
    dispatcher = await http(stock.partner.dispatcher)
    assert (await dispatcher.get("/workspace/members/export")).status_code == 200


async def test_what_does_not_fit_is_said() -> None:
    rows = rows_of(write_workbook("表", ["甲"], [["1"], ["2"]], note=f"只导出了前 {MOST_EXPORTED} 行"))
    assert rows[-1] == [f"只导出了前 {MOST_EXPORTED} 行"]
