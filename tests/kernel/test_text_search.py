"""The text of a list's search box, parsed into terms."""

import pytest

from app.platform.kernel.text_search import MAX_SEARCH_LENGTH, MAX_SEARCH_WORDS, SearchTerms, like_pattern, parse_search


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
    assert parse_search(typed) == SearchTerms(tuple(words), tuple(without))


def test_what_a_pattern_gives_a_meaning_is_looked_for_as_it_stands() -> None:
    assert like_pattern(r"100%_\n") == r"%100\%\_\\n%"


def test_a_text_has_an_end() -> None:
    assert parse_search("x" * 500).words == ("x" * MAX_SEARCH_LENGTH,)
    assert len(parse_search(" ".join("abcdefghijklm")).words) == MAX_SEARCH_WORDS
