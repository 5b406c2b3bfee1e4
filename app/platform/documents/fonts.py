"""The typefaces of every document.

They come as wheels, pinned by hash like any other dependency, all under the SIL Open Font License: Noto Sans CJK
(Chinese and Latin, with the rare characters of people's names) and the Noto faces for emoji, symbols and other scripts.
The machine's own fonts are never looked at: a document looks the same on every machine.
"""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import manimgx_fonts
import manimgx_fonts_cjk

if TYPE_CHECKING:
    import typst


@cache
def typefaces() -> "typst.Fonts":
    """Index of the faces, read once per process; a face's bytes are read when a document first uses it."""
    import typst

    folders = [str(files(package)) for package in (manimgx_fonts_cjk, manimgx_fonts)]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
