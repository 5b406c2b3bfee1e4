"""Detects the encoding of text files that do not name it.

A file that is valid UTF-8 is UTF-8. Anything else is guessed, and a guess can be wrong without a single byte being
refused: `Jürgen` of a Western Excel is `J黵gen` in GB18030. So `is_guess` is reported, and `mixed_words` finds the
words that look wrong.
"""

import codecs
import re
from enum import StrEnum
from typing import Final

import msgspec

from app.platform.kernel.texts import N_


class Encoding(StrEnum):
    """The encodings in which lists come; `AUTOMATIC` is for whoever does not know."""

    AUTOMATIC = "auto"
    UTF_8 = "utf-8"
    GB18030 = "gb18030"
    BIG5 = "big5"
    WINDOWS_1252 = "windows-1252"
    UTF_16 = "utf-16"


ENCODING_NAMES: Final = {
    Encoding.AUTOMATIC: N_("自动识别编码"),
    Encoding.UTF_8: N_("UTF-8"),
    Encoding.GB18030: N_("简体中文（GB18030、GBK）"),
    Encoding.BIG5: N_("繁体中文（Big5）"),
    Encoding.WINDOWS_1252: N_("西欧语言（Windows-1252）"),
    Encoding.UTF_16: N_("UTF-16"),
}

_CODECS: Final = {
    Encoding.UTF_8: "utf-8-sig",
    Encoding.GB18030: "gb18030",
    Encoding.BIG5: "cp950",
    Encoding.WINDOWS_1252: "cp1252",
    Encoding.UTF_16: "utf-16",
}
LINES_SHOWN: Final = 5
LINE_CHARACTERS: Final = 200
_LONGEST_LINE: Final = 4_000
_HAN: Final = "㐀-䶿一-鿿\ue000-\uf8ff"
_CHINESE = re.compile(f"[{_HAN}]")
_MIXED = re.compile(rf"(?<![{_HAN}A-Za-z])([A-Za-z]*)([{_HAN}]{{1,2}})([A-Za-z]+)(?![{_HAN}])")
_WORD = re.compile(r"[^\W\d_]+")
_COMMON_IN_BIG5: Final = range(0xA4, 0xC7)
"""First bytes of the characters that Big5 calls frequently used."""
_RIGHT: Final = 0.8
"""Share of common characters from which a text is taken to be written, and not read, in an encoding."""


class TextUnreadable(ValueError):
    """The bytes are no text in any known encoding, or not in the one that was asked for."""


class DecodedText(msgspec.Struct, frozen=True):
    """A text and how it was read."""

    text: str
    encoding: Encoding
    is_guess: bool
    """Whether other encodings would have read it as well, and as something else."""


def decoded(content: bytes, chosen: Encoding = Encoding.AUTOMATIC) -> DecodedText:
    """The text of `content` in the chosen encoding, or in the likeliest.

    Raises:
        TextUnreadable: it is none.
    """
    if chosen is not Encoding.AUTOMATIC:
        text = _in(content, chosen)
        if text is None:
            raise TextUnreadable(chosen)
        return DecodedText(text, chosen, is_guess=False)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decoded(content, Encoding.UTF_16)
    if (text := _in(content, Encoding.UTF_8)) is not None:
        return DecodedText(text, Encoding.UTF_8, is_guess=False)
    encoding = _likeliest({each: text for each in _CODECS if (text := _in(content, each)) is not None})
    if encoding is None:
        raise TextUnreadable
    return DecodedText(_in(content, encoding) or "", encoding, is_guess=True)


def first_lines(text: str) -> tuple[str, ...]:
    """The first five lines, shortened, for somebody to look whether the encoding is right."""
    lines = text[: LINES_SHOWN * _LONGEST_LINE].splitlines()[:LINES_SHOWN]
    return tuple(line[:LINE_CHARACTERS].replace("\0", "") for line in lines)


def mixed_words(text: str) -> list[str]:
    """Words in which one or two Chinese characters stand amid Latin letters, as nobody writes: `J黵gen`."""
    if text.isascii():
        return []
    return [
        match[0]
        for match in _MIXED.finditer(text)
        if _share_in(match[2], "gb2312") < 1 or (match[1] and match[3][0].islower())
    ]


def _in(content: bytes, encoding: Encoding) -> str | None:
    try:
        return content.decode(_CODECS[encoding])
    except UnicodeDecodeError:
        return None


def _likeliest(readings: dict[Encoding, str]) -> Encoding | None:
    """What a text that is no UTF-8 was most likely written in."""
    simplified, traditional = readings.get(Encoding.GB18030), readings.get(Encoding.BIG5)
    if simplified is not None:
        if Encoding.WINDOWS_1252 in readings and _is_western(simplified):
            return Encoding.WINDOWS_1252
        is_rare = _share_in(simplified, "gb2312") < _RIGHT
        if traditional is not None and is_rare and _share_common_in_big5(traditional) >= _RIGHT:
            return Encoding.BIG5
        return Encoding.GB18030
    if traditional is not None and _share_common_in_big5(traditional) >= _RIGHT:
        return Encoding.BIG5
    western = readings.get(Encoding.WINDOWS_1252)
    return Encoding.WINDOWS_1252 if western is not None and _is_latin(western) else None


def _is_western(simplified: str) -> bool:
    """Whether every Chinese character of a text stands inside a Latin word."""
    words = mixed_words(simplified)
    return bool(words) and sum(len(_CHINESE.findall(word)) for word in words) == len(_CHINESE.findall(simplified))


def _is_latin(western: str) -> bool:
    """Whether letters with accents stand among plain ones, as in words they do and in rubbish they do not."""
    words = [word for word in _WORD.findall(western) if not word.isascii()]
    like_words = sum(2 * sum(map(str.isascii, word)) >= len(word) for word in words)
    return like_words >= len(words) * _RIGHT


def _share_in(text: str, codec: str) -> float:
    """Share of a text's Chinese characters that `codec` knows; 1 where there is none."""
    characters = _CHINESE.findall(text)
    known = "".join(characters).encode(codec, "ignore").decode(codec)
    return len(known) / len(characters) if characters else 1.0


def _share_common_in_big5(text: str) -> float:
    characters = _CHINESE.findall(text)
    firsts = [encoded[0] for character in characters if len(encoded := character.encode("cp950", "replace")) == 2]
    common = sum(first in _COMMON_IN_BIG5 for first in firsts)
    return common / len(characters) if characters else 1.0
