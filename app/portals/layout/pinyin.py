"""The first letters of Chinese words' pinyin, by which the command palette finds a place too. Pure.

The 3,755 common characters of GB 2312 stand in the order of their pinyin, so that a character's place tells its first
letter; the rarer ones stand by radical and have none.
"""

from bisect import bisect_right
from typing import Final

_FIRST: Final = (
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"), (0xB8C1, "g"),
    (0xB9FE, "h"), (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o"),
    (0xC5BE, "p"), (0xC6DA, "q"), (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x"),
    (0xD1B9, "y"), (0xD4D1, "z"),
)  # fmt: skip
"""The first character of each letter."""
_END: Final = 0xD7FA


def initials_of(text: str) -> str:
    """`fwd` for 服务单; what is no common Chinese character is left out."""
    return "".join(_initial(character) for character in text)


def _initial(character: str) -> str:
    code = int.from_bytes(character.encode("gb2312", "ignore"))
    at = bisect_right(_FIRST, code, key=lambda pair: pair[0])
    return _FIRST[at - 1][1] if at and code < _END else ""
