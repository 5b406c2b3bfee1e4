"""A guess at an encoding is reported, and a wrong guess can be recognised."""

import pytest

from app.platform.kernel.encodings import Encoding, TextUnreadable, decoded, mixed_words

GERMAN = "Asset Tag,Holder,Location\nL1,Jürgen Müller,Zürich\nL2,Ann Weiß,Köln\n"
FRENCH = "Numéro,Bureau\nP-1,Rez-de-chaussée, côté cour\n"
SIMPLIFIED = "设备编号,类别,使用人\nPC-1,台式机,张伟\n"
TRADITIONAL = "設備編號,類別,使用人\nPC-1,桌上型電腦,陳小明\n"


@pytest.mark.parametrize(
    ("text", "codec", "encoding", "is_guess"),
    [
        (SIMPLIFIED, "utf-8", Encoding.UTF_8, False),
        (SIMPLIFIED, "utf-8-sig", Encoding.UTF_8, False),
        (SIMPLIFIED, "utf-16", Encoding.UTF_16, False),
        (SIMPLIFIED, "gb18030", Encoding.GB18030, True),
        (TRADITIONAL, "big5", Encoding.BIG5, True),
        (TRADITIONAL, "gb18030", Encoding.GB18030, True),
        (GERMAN, "cp1252", Encoding.WINDOWS_1252, True),
        (FRENCH, "cp1252", Encoding.WINDOWS_1252, True),
        ("PC-1,Laptop\n", "ascii", Encoding.UTF_8, False),
    ],
)
def test_the_encoding_is_found_and_a_guess_is_called_one(
    text: str, codec: str, encoding: Encoding, is_guess: bool
) -> None:
    found = decoded(text.encode(codec))
    assert (found.text, found.encoding, found.is_guess) == (text, encoding, is_guess)


def test_what_a_person_chooses_is_taken_or_refused() -> None:
    content = "L1,Jürgen Müller,Zürich\n".encode("cp1252")
    assert "J黵gen" in decoded(content, Encoding.GB18030).text
    with pytest.raises(TextUnreadable):
        decoded(content, Encoding.UTF_8)


@pytest.mark.parametrize("word", ["J黵gen", "M黮ler", "Z黵ich", "K鰈n", "黚er"])
def test_a_western_word_read_as_chinese_is_doubted(word: str) -> None:
    assert mixed_words(f"PC-1,{word},x") == [word]


@pytest.mark.parametrize(
    "text", ["A座101", "U盘", "Win11专业版", "联想ThinkPad笔记本", "T恤", "X光机", "Jürgen", "张伟"]
)
def test_what_people_write_in_two_scripts_is_not_doubted(text: str) -> None:
    assert mixed_words(text) == []
