"""Labels: what stands on them, what a phone reads from them, and that nothing leaves its label."""

from datetime import UTC, datetime

import msgspec
import pytest

from app.assets.devices.label_sheets import (
    A4_2_BY_5,
    A4_3_BY_8,
    LABEL_LAYOUTS,
    ROLL_40_BY_30,
    DeviceLabel,
    LabelLayout,
    device_labels_pdf,
)
from app.assets.devices.pages import LAYOUT_NAMES
from app.platform.kernel.texts import SOURCE_LANGUAGE, translator
from tests.documents.pdf_reading import is_blank, page_count, picture_of, scanned, text_of

MADE_AT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
LABEL = DeviceLabel(
    url="https://yinghuo.example/r/7Qm2xT9pLwB4",
    device_number="XM-PC-0123",
    client_name="厦门海沧精密制造有限公司",
    hot_line="400-888-0592",
)
LONG_NAME = "厦门市思明区滨海国际贸易与跨境电子商务综合服务股份有限公司第三分公司鼓浪屿营业部" * 4


def printed(*labels: DeviceLabel, layout: LabelLayout = A4_3_BY_8, first_position: int = 0) -> bytes:
    return device_labels_pdf(
        labels, layout, translate=translator(SOURCE_LANGUAGE), made_at=MADE_AT, first_position=first_position
    )


def numbered(count: int) -> list[DeviceLabel]:
    return [
        msgspec.structs.replace(LABEL, url=f"{LABEL.url}/{index}", device_number=f"XM-PC-{index:04}")
        for index in range(count)
    ]


def test_labels_speak_english() -> None:
    pdf = device_labels_pdf([LABEL], A4_3_BY_8, translate=translator("en"), made_at=MADE_AT)
    assert "Scan to report" in text_of(pdf)


@pytest.mark.parametrize("name", LABEL_LAYOUTS)
def test_a_label_names_device_client_and_hot_line(name: str) -> None:
    words = text_of(printed(LABEL, layout=LABEL_LAYOUTS[name]))
    for expected in ("扫码报修", "XM-PC-0123", LABEL.client_name, "服务热线 400-888-0592"):
        assert expected in words


@pytest.mark.parametrize("name", LABEL_LAYOUTS)
def test_a_phone_reads_the_address_from_the_label(name: str) -> None:
    picture = picture_of(printed(LABEL, layout=LABEL_LAYOUTS[name]), dots_per_inch=203)
    assert scanned(picture) == [LABEL.url]


def test_every_code_on_a_sheet_leads_to_its_own_device() -> None:
    labels = numbered(24)
    assert sorted(scanned(picture_of(printed(*labels)))) == sorted(label.url for label in labels)


@pytest.mark.parametrize(("layout", "pages"), [(A4_3_BY_8, 13), (A4_2_BY_5, 31), (ROLL_40_BY_30, 301)])
def test_labels_fill_sheet_after_sheet(layout: LabelLayout, pages: int) -> None:
    assert page_count(printed(*numbered(301), layout=layout)) == pages


def test_a_sheet_that_was_used_before_is_filled_from_its_first_free_label() -> None:
    picture = picture_of(printed(LABEL, first_position=4))
    assert is_blank(picture, 0, 0, 210, 12.9 + 33.9)
    assert is_blank(picture, 0, 12.9 + 33.9, 7.2 + 63.5, 297)
    assert scanned(picture) == [LABEL.url]


@pytest.mark.parametrize(
    "words",
    [LONG_NAME, "W" * 300, "A-long/name_with.separators@" * 12, "word " * 60, "𠮷野家😀" * 30],
)
def test_long_words_never_leave_their_label(words: str) -> None:
    long = msgspec.structs.replace(LABEL, device_number=words, client_name=words, hot_line=words)
    roll = picture_of(printed(long, layout=ROLL_40_BY_30))
    assert is_blank(roll, 38.6, 0, 40, 30)
    assert is_blank(roll, 0, 28.9, 40, 30)
    sheet = picture_of(printed(long))
    assert is_blank(sheet, 7.2 + 61, 0, 210, 297)
    assert is_blank(sheet, 0, 12.9 + 33.9 - 2, 210, 297)
    assert scanned(sheet) == [LABEL.url]


def test_a_long_name_is_shrunk_whole_before_it_is_cut() -> None:
    whole = "厦门市思明区滨海国际贸易与跨境电子商务服务股份有限公司"
    assert whole in text_of(printed(msgspec.structs.replace(LABEL, client_name=whole)))
    assert "…" in text_of(printed(msgspec.structs.replace(LABEL, client_name=LONG_NAME)))


@pytest.mark.parametrize(
    "name",
    [
        '#import "x": *',
        "$ x^2 $",
        "[客户]",
        "`公司`",
        "= *粗* _斜_ @标 <签>",
        '"); panic("x',
        "\\u{41}",
    ],
)
def test_a_name_that_looks_like_markup_stays_a_name(name: str) -> None:
    words = text_of(printed(msgspec.structs.replace(LABEL, client_name=name), layout=A4_2_BY_5))
    assert name.replace(" ", "") in words.replace(" ", "")


def test_rare_characters_and_emoji_are_printed_and_unknown_ones_do_no_harm() -> None:
    rare = msgspec.structs.replace(LABEL, client_name="𠮷䶮😀公司\U00031350\U0010ffff")
    assert "𠮷䶮😀公司" in text_of(printed(rare))


def test_what_cannot_be_printed_is_left_out() -> None:
    hidden = msgspec.structs.replace(LABEL, client_name="厦门\x00\x07\u202e公司\ud800\n一部")
    assert "厦门公司 一部" in text_of(printed(hidden))


def test_the_same_labels_make_the_same_file() -> None:
    assert printed(LABEL) == printed(LABEL)


def test_no_labels_and_impossible_positions_are_refused() -> None:
    with pytest.raises(ValueError, match="no labels"):
        printed()
    with pytest.raises(ValueError, match="positions 0 to 23"):
        printed(LABEL, first_position=24)


LONGEST_NUMBER = 40
"""What the records keep."""


@pytest.mark.parametrize("layout", [A4_3_BY_8, A4_2_BY_5, ROLL_40_BY_30], ids=["3x8", "2x5", "roll"])
@pytest.mark.parametrize(
    "number",
    [
        "8" * 40,
        "W" * 40,
        "M" * 36,
        "XM-PC-20261130-0000012345-67890-AB-C",
        "ASSET/2026/HQ.F12#0001+(A)&*-0000000001",
        "设备资产编号二〇二六年第一批采购台式机办公" * 2,
    ],
)
def test_a_number_stands_on_its_label_whole(number: str, layout: LabelLayout) -> None:
    """It is what somebody types who cannot scan."""
    number = number[:LONGEST_NUMBER]
    label = msgspec.structs.replace(LABEL, device_number=number)
    words = text_of(printed(label, layout=layout))
    assert number in words.replace(" ", "")
    assert "…" not in words
    assert scanned(picture_of(printed(label, layout=layout), dots_per_inch=300)) == [LABEL.url]


def test_every_layout_has_a_name_to_choose_it_by() -> None:
    assert LAYOUT_NAMES.keys() == LABEL_LAYOUTS.keys()
