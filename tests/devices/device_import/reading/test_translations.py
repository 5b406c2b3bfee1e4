"""Everything that the import says can be said in English, with the same parameters."""

import re
from datetime import date
from pathlib import Path

from babel.messages.pofile import read_po

import app.assets.devices.device_import.reading
from app.assets.devices.device_import.reading import ImportKind, build_error_sheet, read_import, read_workbook
from app.platform.kernel.texts import translator
from tests.factories.device_workbook import SITES, faulty_device_workbook

AREA = Path(app.assets.devices.device_import.reading.__file__).parent
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def translations() -> dict[str, str]:
    with (AREA / "translations/en.po").open("rb") as stream:
        return {str(entry.id): str(entry.string) for entry in read_po(stream) if entry.id}


def test_translations_keep_the_parameters() -> None:
    for source, target in translations().items():
        assert sorted(PLACEHOLDER.findall(source)) == sorted(PLACEHOLDER.findall(target)), source


def test_the_error_sheet_speaks_english() -> None:
    parsed = read_import(faulty_device_workbook(), ImportKind.DEVICES, today=date(2026, 11, 22), known_sites=SITES)
    (sheet,) = read_workbook(build_error_sheet(parsed, translate=translator("en"))).sheets
    assert sheet.rows[1][2:4] == [
        "Cannot be imported",
        "B5 Device number: The number “XM-00001” stands in B4 already. Check the label on the device.",
    ]
