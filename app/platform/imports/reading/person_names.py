"""Names of people and departments as lists spell them: padded to one width, in any case of letters."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from app.platform.imports.reading.converters import CellContext, Converter, text_field
from app.platform.imports.reading.workbook import CellValue

_HAN: Final = "㐀-䶿一-鿿\U00020000-\U0003ffff"
_PADDING = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_SHORT_NAME = re.compile(rf"(?:[{_HAN}]\s*){{2,3}}")
"""Two characters are spread out to the width of three on printed lists; more may be two people in one cell."""


def without_padding(name: str) -> str:
    """`张　伟` as `张伟`. Only short names of Chinese characters are touched."""
    return _PADDING.sub("", name) if _SHORT_NAME.fullmatch(name) else name


@lru_cache(maxsize=20_000)
def comparison_key(name: str) -> str:
    """The key by which spellings of a name are equal: half-width, small letters, no space beside Han characters."""
    if name.isascii():
        return " ".join(name.casefold().split())
    plain = " ".join(unicodedata.normalize("NFKC", name).split()).casefold()
    return _PADDING.sub("", plain)


def spellings(name: str) -> set[str]:
    """The usual spellings under which somebody may be recorded whom a list calls `name`."""
    if not _SHORT_NAME.fullmatch(name):
        return {name, name.lower(), name.upper(), name.title()}
    first, rest = name[0], name[1:]
    found = {name, *(f"{first}{space}{rest}" for space in (" ", "  ", "\u3000"))}
    return found | {space.join(name) for space in (" ", "\u3000")}


def person_field(maximum: int) -> Converter:
    """A converter for somebody's name; padding is taken out with a warning."""
    within = text_field(maximum)

    def convert(value: CellValue, cell: CellContext) -> str | None:
        text = within(value, cell)
        if not isinstance(text, str):
            return None
        name = without_padding(text)
        if name != text:
            cell.warn("name_padded", value=text, stored=name)
        return name

    return convert
