"""What the import says is said in English too."""

from datetime import date

from app.assets.devices.device_import.kind import DEVICES
from app.platform.imports.reading.error_sheet import build_error_sheet
from app.platform.imports.reading.rows import read_import
from app.platform.imports.reading.workbook import read_workbook
from app.platform.kernel.texts import translator
from tests.factories.device_workbook import SITES, faulty_device_workbook


def test_the_error_sheet_speaks_english() -> None:
    parsed = read_import(faulty_device_workbook(), DEVICES, today=date(2026, 11, 22), known={"site": SITES})
    (sheet,) = read_workbook(build_error_sheet(parsed, translate=translator("en"))).sheets
    assert sheet.rows[1][2:4] == [
        "Cannot be imported",
        "B5 Device number: The number “XM-00001” stands in B4 already. Check the label on the device.",
    ]
