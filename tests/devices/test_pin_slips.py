"""PIN slips: the outside names the person, the inside holds the PIN."""

from datetime import UTC, datetime

import msgspec
import pytest

from app.assets.devices.pin_slips import PinSlip, pin_slips_pdf
from app.platform.kernel.texts import SOURCE_LANGUAGE, translator
from tests.documents.pdf_reading import is_blank, page_count, picture_of, scanned, text_of

MADE_AT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
SLIP = PinSlip(
    portal_address="https://yinghuo.example/xmhc",
    device_number="XM-PC-0123",
    pin="482913",
    client_name="厦门海沧精密制造有限公司",
    hot_line="400-888-0592",
    holder="陈晓梅",
    department="财务部",
    site="海沧总部",
)


def printed(*slips: PinSlip) -> bytes:
    return pin_slips_pdf(slips, translate=translator(SOURCE_LANGUAGE), made_at=MADE_AT)


def test_a_slip_holds_what_its_holder_needs_to_report() -> None:
    pdf = printed(SLIP)
    words = text_of(pdf)
    for expected in ("陈晓梅", "财务部", "海沧总部", "XM-PC-0123", "482913", SLIP.portal_address):
        assert expected in words
    assert scanned(picture_of(pdf)) == [SLIP.portal_address]


def test_the_pin_stands_only_on_the_panel_that_is_folded_in() -> None:
    words = text_of(printed(SLIP))
    assert words.count("482913") == 1
    middle = picture_of(printed(SLIP)), picture_of(printed(msgspec.structs.replace(SLIP, pin="1")))
    outside = [picture.crop((0, 0, round(70 / 25.4 * 150), picture.height)) for picture in middle]
    assert outside[0].tobytes() == outside[1].tobytes()


def test_a_shared_device_has_no_holder() -> None:
    assert "共用设备" in text_of(printed(msgspec.structs.replace(SLIP, holder="", department="")))


def test_four_slips_lie_on_a_page() -> None:
    assert page_count(printed(*[SLIP] * 9)) == 3


def test_long_words_never_leave_their_panel() -> None:
    words = "W" * 300
    slip = PinSlip(
        portal_address="https://yinghuo.example/" + words,
        device_number=words,
        pin="482913",
        client_name=words,
        hot_line=words,
        holder=words,
        department=words,
        site=words,
    )
    picture = picture_of(printed(slip))
    assert is_blank(picture, 0, 0, 7.5, 74)
    assert is_blank(picture, 62.5, 0, 69.5, 74)
    assert is_blank(picture, 132.5, 0, 139.5, 74)
    assert is_blank(picture, 0, 69.6, 138, 73.8)


def test_no_slips_are_refused() -> None:
    with pytest.raises(ValueError, match="no slips"):
        printed()
