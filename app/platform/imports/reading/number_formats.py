"""What a number looks like in its cell: Excel keeps 123 and shows `ZC-0123`, and the label says what is shown.

Only formats that add to a number are followed [ECMA-376-1 §18.8.31]: leading zeros, words around or between the
digits, decimals that the number itself does not write. Dates, percentages, currencies and thousands are left to whoever
reads values.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final

import msgspec

BUILT_IN: Final[Mapping[int, str]] = {2: "0.00"}
"""Formats that files name by number alone and that can add something; the others of them cannot."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[(?P<bracket>[^\]]*)\]|_.|\*.|(?P<digit>[0#])|(?P<point>\.)|(?P<other>.)'
)
_LITERAL: Final = frozenset(" -/():+")
_MOST_CHARACTERS: Final = 255
_EXACT: Final = 10**15
"""Excel keeps 15 digits."""


class _ParsedFormat(msgspec.Struct, frozen=True):
    """A format's first section: literals and `0`/`#` of the whole part, then decimals, then what follows."""

    whole: tuple[tuple[bool, str], ...]
    """Each a digit place (True) or a literal."""
    decimals: int
    ending: str


def adds_to_number(code: str) -> bool:
    """Whether a format can show more than the number itself."""
    return _parsed(code) is not None


def displayed_text(number: float, code: str) -> str | None:
    """What the cell shows, or None where that says nothing more than the number."""
    parsed = _parsed(code)
    if parsed is None or not 0 <= number < _EXACT:
        return None
    exact = Decimal(repr(number))
    if exact != exact.quantize(Decimal(1).scaleb(-parsed.decimals)):
        return None
    whole, _, decimals = f"{exact:.{parsed.decimals}f}".partition(".")
    text = _laid_out(whole, parsed.whole) + (f".{decimals}" if decimals else "") + parsed.ending
    only_decimals = decimals and text == f"{whole}.{decimals}"
    if only_decimals and (float(number).is_integer() or text == repr(number)):
        return None
    return None if text == whole else text


def _laid_out(digits: str, whole: tuple[tuple[bool, str], ...]) -> str:
    """The digits in their places from the right; those for which there is no place stand before the first."""
    text: list[str] = []
    left = digits
    places = sum(is_digit for is_digit, _ in whole)
    for is_digit, sign in reversed(whole):
        if not is_digit:
            text.append(sign)
            continue
        places -= 1
        if places == 0:
            text.append(left or ("0" if sign == "0" else ""))
        elif left:
            text.append(left[-1])
            left = left[:-1]
        elif sign == "0":
            text.append("0")
    return "".join(reversed(text))


@lru_cache(maxsize=512)
def _parsed(code: str) -> _ParsedFormat | None:
    if len(code) > _MOST_CHARACTERS:
        return None
    whole: list[tuple[bool, str]] = []
    ending: list[str] = []
    decimals: int | None = None
    for token in _TOKEN.finditer(_first_section(code)):
        literal = token["quoted"] if token["quoted"] is not None else token["escaped"]
        if token["bracket"] is not None:
            if token["bracket"][:1] in "<>=":
                return None
        elif token["point"]:
            if decimals is not None:
                return None
            decimals = 0
        elif token["digit"]:
            if ending:
                return None
            if decimals is None:
                whole.append((True, token["digit"]))
            elif token["digit"] == "#":
                return None
            else:
                decimals += 1
        elif literal is not None or token["other"]:
            if literal is None and token["other"] not in _LITERAL:
                return None
            sign = token["other"] if literal is None else literal
            if decimals is None:
                whole.append((False, sign))
            else:
                ending.append(sign)
    places = [sign for is_digit, sign in whole if is_digit]
    words = "".join(ending) + "".join(sign for is_digit, sign in whole if not is_digit)
    adds = decimals or places.count("0") > 1 or any(map(str.isalnum, words)) or _is_grouped(whole)
    return _ParsedFormat(tuple(whole), decimals or 0, "".join(ending)) if places and adds else None


def _is_grouped(whole: list[tuple[bool, str]]) -> bool:
    """Whether something stands between digits: `000-0000`."""
    digits = [place for place, (is_digit, _) in enumerate(whole) if is_digit]
    return bool(digits) and digits[-1] - digits[0] >= len(digits)


def _first_section(code: str) -> str:
    quoted = False
    for place, sign in enumerate(code):
        if sign == '"':
            quoted = not quoted
        elif sign == ";" and not quoted and code[place - 1 : place] != "\\":
            return code[:place]
    return code
