"""Which characters the typefaces can draw. Missing ones are reported before anything is printed or signed, and are
printed as their code point, never as an empty box.

Of each face's `cmap` table (OpenType 1.9, formats 4 and 12) the covered characters are read once per process.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from mmap import ACCESS_READ, mmap
from pathlib import Path
from struct import unpack_from
from typing import Any, Final

import manimgx_fonts
import manimgx_fonts_cjk
import msgspec

from app.platform.documents.errors import CharactersMissing

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})
_SELECTORS: Final = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
"""They choose a variant of the character before them, and are rendered as nothing where a face has none."""
_COLLECTION: Final = b"ttcf"


def missing_characters(content: object) -> list[str]:
    """The characters of every text in `content` (anything msgspec can encode) that no face has, each once."""
    return list(
        dict.fromkeys(each for text in _texts(msgspec.to_builtins(content)) for each in text if not has_glyph(each))
    )


def require_glyphs(content: object) -> None:
    """
    Raises:
        CharactersMissing: characters of some text have no face.
    """
    if missing := missing_characters(content):
        raise CharactersMissing(characters=" ".join(missing))


def has_glyph(character: str) -> bool:
    """Whether a face has this character, or it is none that is seen."""
    code = ord(character)
    starts, ends = _covered()
    place = bisect_right(starts, code) - 1
    if place >= 0 and code <= ends[place]:
        return True
    return unicodedata.category(character) in _UNSEEN or any(code in each for each in _SELECTORS)


def code_point_placeholder(character: str) -> str:
    """The code point that is printed for a character without a glyph: 〔U+2A6A5〕."""
    return f"〔U+{ord(character):04X}〕"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if not value.isascii():
            yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


@cache
def _covered() -> tuple[list[int], list[int]]:
    """First and last characters of the stretches that some face covers, ascending, without overlaps."""
    folders = [Path(str(files(package))) for package in (manimgx_fonts, manimgx_fonts_cjk)]
    fonts = [path for folder in folders for path in sorted(folder.iterdir()) if path.suffix in (".ttf", ".otf", ".ttc")]
    stretches = sorted({stretch for font in fonts for stretch in _stretches_of_file(font)})
    starts: list[int] = []
    ends: list[int] = []
    for first, last in stretches:
        if ends and first <= ends[-1] + 1:
            ends[-1] = max(ends[-1], last)
        else:
            starts.append(first)
            ends.append(last)
    return starts, ends


def _stretches_of_file(path: Path) -> list[tuple[int, int]]:
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as font:
        return list(_stretches(font))


def _stretches(font: mmap) -> Iterator[tuple[int, int]]:
    """First and last character of every stretch that a file's faces cover."""
    faces = unpack_from(f">{unpack_from('>I', font, 8)[0]}I", font, 12) if font[:4] == _COLLECTION else (0,)
    read = set()
    for face in faces:
        for record in range(unpack_from(">H", font, face + 4)[0]):
            tag, _, table, _ = unpack_from(">4sIII", font, face + 12 + 16 * record)
            if tag == b"cmap" and table not in read:
                read.add(table)
                yield from _of_table(font, table)


def _of_table(font: mmap, table: int) -> Iterator[tuple[int, int]]:
    count = unpack_from(">H", font, table + 2)[0]
    for part in {table + unpack_from(">HHI", font, table + 4 + 8 * record)[2] for record in range(count)}:
        match unpack_from(">H", font, part)[0]:
            case 4:
                yield from _format_4(font, part)
            case 12:
                for group in range(unpack_from(">I", font, part + 12)[0]):
                    first, last, glyph = unpack_from(">III", font, part + 16 + 12 * group)
                    yield first if glyph else first + 1, last


def _format_4(font: mmap, part: int) -> Iterator[tuple[int, int]]:
    size = unpack_from(">H", font, part + 6)[0]
    segments = size // 2
    ends = unpack_from(f">{segments}H", font, part + 14)
    starts = unpack_from(f">{segments}H", font, part + 16 + size)
    deltas = unpack_from(f">{segments}H", font, part + 16 + 2 * size)
    offsets = unpack_from(f">{segments}H", font, part + 16 + 3 * size)
    for segment, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for code in range(first, last + 1):
            glyph = code
            if offset:
                place = part + 16 + 3 * size + 2 * segment + offset + 2 * (code - first)
                glyph = unpack_from(">H", font, place)[0]
            if (offset == 0 and (glyph + delta) & 0xFFFF) or (offset and glyph):
                yield code, code
