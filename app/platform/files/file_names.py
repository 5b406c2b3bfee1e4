"""The name a file is shown and downloaded under. It is never part of a path."""

import re
import unicodedata
from typing import Final

LONGEST_NAME_BYTES: Final = 200
"""In UTF-8, extension included: below the 255 that file systems take, with room for " (1)"."""

NAMELESS: Final = "file"

_SEPARATORS: Final = re.compile(r"[/\\]")
_RESERVED_ON_WINDOWS: Final = re.compile(r'[<>:"|?*]')
_ANY_EXTENSION: Final = re.compile(r"\.[A-Za-z0-9]{1,5}$")


def declared_extension(declared_name: str) -> str:
    """The lower-case extension that the sender gave, with its dot; "" where there is none."""
    found = _ANY_EXTENSION.search(_visible(declared_name))
    return found.group().lower() if found else ""


def display_name(declared_name: str, extension: str) -> str:
    """Make a name that is safe to show and to offer for download.

    Folders, control characters, invisible and direction-changing characters are dropped, what
    Windows forbids becomes `_`, and the extension is the one that the content earned:
    `..\\evil\u202efdp.exe` holding a PDF becomes `evilfdp.pdf`.
    """
    name = _visible(declared_name)
    stem = _ANY_EXTENSION.sub("", name).removesuffix(extension)
    stem = _shorten(stem.strip(" ."), LONGEST_NAME_BYTES - len(extension)).strip(" .")
    return (stem or NAMELESS) + extension


def _visible(declared_name: str) -> str:
    last = _SEPARATORS.split(declared_name)[-1]
    kept = (
        " " if unicodedata.category(character) == "Zs" else character
        for character in unicodedata.normalize("NFC", last)
        if character == "\t" or not _is_invisible(character)
    )
    single_spaced = " ".join("".join(kept).split())
    return _RESERVED_ON_WINDOWS.sub("_", single_spaced).rstrip(" .")


def _is_invisible(character: str) -> bool:
    """Controls, format marks (bidi, zero width), surrogates, private use, line separators."""
    category = unicodedata.category(character)
    return category.startswith("C") or category in {"Zl", "Zp"}


def _shorten(stem: str, longest_bytes: int) -> str:
    return stem.encode()[:longest_bytes].decode(errors="ignore")
