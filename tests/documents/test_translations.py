"""Every text of the documents has its English, and the English ones can be printed."""

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.pofile import read_po

import app.platform.documents
from app.platform.documents import A4_3_BY_8, DeviceLabel, device_labels_pdf
from app.platform.kernel.texts import translator
from tests.documents.pdf_reading import text_of

AREA = Path(app.platform.documents.__file__).parent


def translations() -> dict[str, str]:
    with (AREA / "translations/en.po").open("rb") as stream:
        return {str(entry.id): str(entry.string) for entry in read_po(stream) if entry.id}


def test_labels_speak_english() -> None:
    label = DeviceLabel(url="https://yinghuo.example/r/1", device_number="1", client_name="A", hot_line="400")
    pdf = device_labels_pdf(
        [label],
        A4_3_BY_8,
        translate=translator("en"),
        made_at=datetime(2026, 11, 22, tzinfo=UTC),
    )
    assert "Scan to report" in text_of(pdf)
