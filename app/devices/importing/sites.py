"""Whether a site in a list is one that the client has, and which one was meant if it is not."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from typing import Final

import opencc

from app.devices.importing.cells import Cell

_SIMILARITY: Final = 0.6
"""Share of characters in common, as difflib counts it, from which a name is worth suggesting."""
_ESTABLISHED: Final = 5
"""Rows that use a name before it counts as one, where the client's sites are not known."""


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _plain(name: str) -> str:
    """A name as it is compared: half-width, simplified characters, without space and case."""
    half_width = "".join(unicodedata.normalize("NFKC", name).split()).casefold()
    return half_width if half_width.isascii() else str(_simplifier().convert(half_width))


class SiteDirectory:
    """The names that count as sites: the client's, or where none are known, those used often."""

    def __init__(self, known: Iterable[str], used: Iterable[str]) -> None:
        names = [name for name in known if name.strip()]
        self._is_complete = bool(names)
        if not names:
            counted = Counter(used)
            names = [name for name, count in counted.most_common() if count >= _ESTABLISHED]
        self._names = frozenset(names)
        self._by_plain = {_plain(name): name for name in reversed(names)}
        self._judged: dict[str, tuple[str, str, str]] = {}

    def resolve(self, written: str, cell: Cell) -> str:
        """The site's own name where the spelling leaves no doubt, else the text as written."""
        if written in self._names:
            return written
        if written not in self._judged:
            self._judged[written] = self._judge(written)
        code, stored, suggestion = self._judged[written]
        if code == "site_respelt":
            cell.warn(code, value=written, stored=stored)
        elif code == "site_similar":
            cell.warn(code, value=written, suggestion=suggestion)
        elif code:
            cell.warn(code, value=written)
        return stored

    def _judge(self, written: str) -> tuple[str, str, str]:
        """Code of the doubt or "", name to store, name to suggest."""
        plain = _plain(written)
        if plain in self._by_plain:
            return "site_respelt", self._by_plain[plain], ""
        similar = get_close_matches(plain, self._by_plain, n=1, cutoff=_SIMILARITY)
        if similar:
            return "site_similar", written, self._by_plain[similar[0]]
        return "site_unknown" if self._is_complete else "", written, ""
