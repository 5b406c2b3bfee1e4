"""Generated device lists (.xlsx) with the mistakes that clients' real lists have."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Final, NamedTuple, TypeAlias

import xlsxwriter


class Formula(NamedTuple):
    """A cell that calculates; `result` is what Excel showed when the file was saved."""

    formula: str
    result: str | float = ""


CellContent: TypeAlias = str | float | date | datetime | Formula | None

HEADINGS: Final = (
    "序号",
    "电脑编号",
    "设备类别",
    "使用人",
    "所属部门",
    "所在网点",
    "品牌型号",
    "序列号(S/N)",
    "操作系统",
    "IP地址",
    "MAC地址",
    "购买日期",
    "保修到期",
)
SITES: Final = ("总部", "湖里门店", "集美仓库")


def workbook_bytes(sheets: dict[str, Iterable[Sequence[CellContent]]]) -> bytes:
    """An .xlsx with these rows from A1 on; texts stay texts, also those that look like formulas."""
    output = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(output, options) as workbook:
        day = workbook.add_format({"num_format": "yyyy/m/d"})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for row_index, row in enumerate(rows):
                for column, content in enumerate(row):
                    match content:
                        case Formula(formula, result):
                            sheet.write_formula(row_index, column, formula, None, result)
                        case date():
                            sheet.write_datetime(row_index, column, content, day)
                        case _:
                            sheet.write(row_index, column, content)
    return output.getvalue()


def device_row(serial: int, **changes: CellContent) -> list[CellContent]:
    """One faultless device, `serial` from 1; `changes` by heading put other content into cells."""
    row: dict[str, CellContent] = {
        "序号": serial,
        "电脑编号": f"XM-{serial:05}",
        "设备类别": "台式机",
        "使用人": f"员工{serial:05}",
        "所属部门": "财务部",
        "所在网点": SITES[serial % len(SITES)],
        "品牌型号": "联想 启天M410",
        "序列号(S/N)": f"SN{serial:07}",
        "操作系统": "Win11 专业版",
        "IP地址": f"10.{serial >> 16 & 255}.{serial >> 8 & 255}.{serial & 255}",
        "MAC地址": f"02:00:00:{serial >> 16 & 255:02X}:{serial >> 8 & 255:02X}:{serial & 255:02X}",
        "购买日期": date(2022, 3, 5),
        "保修到期": date(2025, 3, 5),
    }
    unknown = changes.keys() - row.keys()
    if unknown:
        raise KeyError(*unknown)
    return list((row | changes).values())


def device_workbook(rows: Iterable[Sequence[CellContent]]) -> bytes:
    """A device list around these rows: title and remark above, a total below, a second sheet."""
    records = list(rows)
    return workbook_bytes(
        {
            "设备清单": [
                ["示例实业有限公司 计算机设备清单（2026年度）"],
                ["填表部门：信息管理部", None, None, "说明：编号以设备标签为准"],
                HEADINGS,
                *records,
                ["合计", f"{len(records)}台"],
            ],
            "说明": [["本表由各部门汇总"]],
        }
    )


def faulty_device_workbook() -> bytes:
    """Twenty devices on rows 4 to 24, row 14 blank, with one mistake of each usual kind."""
    mistakes: dict[int, dict[str, CellContent]] = {
        2: {"电脑编号": "XM-00001"},
        3: {"电脑编号": None},
        4: {"电脑编号": "ｘｍ－００００４"},
        5: {"购买日期": "2019-02-30"},
        6: {"购买日期": "2019.3.5"},
        7: {"购买日期": "19年3月"},
        8: {"购买日期": "2019/13/05"},
        9: {"购买日期": 43621},
        10: {"IP地址": "10.0.0.300"},
        12: {"IP地址": "10.0.0.11"},
        13: {"品牌型号": Formula("=A1&1", "M410")},
        14: {"品牌型号": '=HYPERLINK("http://example.invalid","点我")'},
        15: {"所在网点": "湖里門店"},
        16: {"所在网点": "集美仓"},
        17: {"序列号(S/N)": "SN0000001"},
        18: {"MAC地址": "0200.0000.00FF"},
        19: {"操作系统": "Win\x0711"},
        20: {"MAC地址": "02:00:00"},
    }
    rows: list[list[CellContent]] = [device_row(serial, **mistakes.get(serial, {})) for serial in range(1, 21)]
    rows.insert(10, [])
    return device_workbook(rows)
