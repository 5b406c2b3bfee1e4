"""What no face can show is told by name and stands in print by its number: never an empty box, never silently."""

import msgspec

from app.assets.devices.label_sheets import A4_2_BY_5
from app.platform.documents import missing_characters
from app.platform.documents.glyphs import has_glyph
from tests.devices.test_label_sheets import LABEL, printed
from tests.documents.pdf_reading import text_of

RARE = "𪚥𠡠"
"""Real characters of Unicode's extension B, of which the faces have one in twenty."""


def test_missing_characters_are_found_in_any_text_of_a_document() -> None:
    assert missing_characters({"a": ["王𪚥", ("𠡠𪚥", 1)], "b": None}) == ["𪚥", "𠡠"]
    assert missing_characters("设备 Ünïcode é 𠮷 😀 ضوء ไทย ❄️ 葛\U000e0100 a\u200d\u2060b\u3000\n") == []


def test_most_of_extension_b_has_no_face() -> None:
    """As counted with another program; whoever brings a wider face brings another count."""
    assert sum(has_glyph(chr(code)) for code in range(0x20000, 0x2A6E0)) == 2_108
    assert sum(has_glyph(chr(code)) for code in range(0x2CEB0, 0x2EBE1)) == 5
    assert all(has_glyph(chr(code)) for code in range(0x4E00, 0x9FA6)), "every character of everyday writing"


def test_their_numbers_stand_on_labels_and_slips() -> None:
    label = msgspec.structs.replace(LABEL, client_name=f"王{RARE}公司")
    assert "王〔U+2A6A5〕〔U+20860〕公司" in text_of(printed(label, layout=A4_2_BY_5))
