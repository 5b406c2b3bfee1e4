"""The text of a list's search box, parsed into terms."""

import pytest

from app.kernel.searching import LONGEST_SEARCH, MOST_WORDS, Sought, pattern, sought


@pytest.mark.parametrize(
    ("typed", "words", "without"),
    [
        ("打印机", ["打印机"], []),
        ("  打印机　卡纸 ", ["打印机", "卡纸"], []),
        ("打印机 -卡纸", ["打印机"], ["卡纸"]),
        ("打印机 －卡纸", ["打印机"], ["卡纸"]),
        ('"HP LaserJet" 卡纸', ["HP LaserJet", "卡纸"], []),
        ("“三楼 财务” -”", ["三楼 财务"], ["”"]),
        ('打印机 -"已经 好了"', ["打印机"], ["已经 好了"]),
        ('"三楼 财', ["三楼 财"], []),
        ('24" 显示器', ['24"', "显示器"], []),
        ("XM-PC-0117", ["XM-PC-0117"], []),
        ("ＸＭ－ＰＣ", ["XM-PC"], []),
        ("-0117", ["-0117"], []),
        ("-", ["-"], []),
        ('"', ['"'], []),
        ("打印机\n打印机\0卡纸", ["打印机", "卡纸"], []),
        (" \t\0", [], []),
    ],
)
def test_a_text_is_read_as_words(typed: str, words: list[str], without: list[str]) -> None:
    assert sought(typed) == Sought(tuple(words), tuple(without))


def test_what_a_pattern_gives_a_meaning_is_looked_for_as_it_stands() -> None:
    assert pattern(r"100%_\n") == r"%100\%\_\\n%"


def test_a_text_has_an_end() -> None:
    assert sought("x" * 500).words == ("x" * LONGEST_SEARCH,)
    assert len(sought(" ".join("abcdefghijklm")).words) == MOST_WORDS
