"""Turns a template and data into a PDF.

The areas' templates are the only Typst source there is; what they share stands under `templates/`. What people wrote
reaches them as JSON and as drawings held in memory, so `#import`, `$` or `[` in a name stays text. Equal input gives
equal bytes.
"""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

import msgspec

from app.platform.documents.fonts import typefaces
from app.platform.documents.glyphs import code_point_placeholder, has_glyph

TEMPLATES = Path(__file__).parent / "templates"

# Would reorder or hide the characters around them in a name.
_DIRECTION_CONTROLS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNPRINTABLE_CATEGORIES = frozenset({"Cc", "Cs"})

# The typesetter keeps what it laid out until it was not needed for ten compilations. Sheets of labels never come twice:
# without these empty compilations (2 to 30 ms together) a process that prints them grows to 450 MB instead of 140.
_COMPILATIONS_UNTIL_FORGOTTEN = 11


def typeset(
    template: Path,
    content: object,
    *,
    made_at: datetime,
    drawings: Mapping[str, str] | None = None,
    tagged: bool = True,
) -> bytes:
    """The PDF of `content` (anything msgspec can encode) in a template.

    Args:
        template: a Typst file; it may import `layout.typ`.
        content: what the template finds as `data`.
        made_at: aware time written into the file's metadata; nothing else depends on the present.
        drawings: file name to SVG, for the template's `image(name)`.
        tagged: write the structure that screen readers use; off for sheets of hundreds of labels.
    """
    plain = _printable(msgspec.to_builtins(content))
    import typst

    compiler = typst.Compiler(root=str(TEMPLATES), font_paths=typefaces(), ignore_system_fonts=True)
    files = {"main.typ": _template_source(template), **_shared_files()}
    files.update({name: drawing.encode() for name, drawing in (drawings or {}).items()})
    compiled = compiler.compile(
        files,  # type: ignore[type-var]  # the wheel takes a dict of files, which its stub does not say
        format="pdf",
        sys_inputs={"data": msgspec.json.encode(plain).decode()},
        timestamp=int(made_at.timestamp()),
        pdf_tags=tagged,
    )
    for _ in range(_COMPILATIONS_UNTIL_FORGOTTEN):
        compiler.compile(b"", format="svg")
    if not isinstance(compiled, bytes):
        raise TypeError(f"a PDF is one file, not {type(compiled).__name__}")
    return compiled


@cache
def _template_source(template: Path) -> bytes:
    return template.read_bytes()


@cache
def _shared_files() -> dict[str, bytes]:
    return {name: (TEMPLATES / name).read_bytes() for name in ("layout.typ", "firefly.svg")}


def _printable(value: object) -> object:
    """`value` without what is no character, and with the numbers of characters that no face has, at any depth."""
    match value:
        case str():
            return _printable_text(value)
        case dict():
            return {key: _printable(item) for key, item in value.items()}
        case list() | tuple():
            return [_printable(item) for item in value]
        case _:
            return value


def _printable_text(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(
        character if has_glyph(character) else code_point_placeholder(character)
        for character in lines
        if character == "\n"
        or (character not in _DIRECTION_CONTROLS and unicodedata.category(character) not in _UNPRINTABLE_CATEGORIES)
    )
