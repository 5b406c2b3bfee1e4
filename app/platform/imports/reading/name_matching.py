"""Matching of names in a list with recorded ones (of sites), and suggestions for similar names."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Final

from app.platform.imports.reading.converters import CellContext

if TYPE_CHECKING:
    import opencc

_SIMILARITY: Final = 0.6
"""Share of characters in common, as difflib counts it, from which a name is worth suggesting."""
_USES_OF_A_NEW_NAME: Final = 5
"""Rows that use a name before it counts as one although there is no such record."""


@cache
def _simplifier() -> "opencc.OpenCC":
    import opencc

    return opencc.OpenCC("t2s")


def _comparable(name: str) -> str:
    """A name as it is compared: half-width, simplified characters, without space and case."""
    half_width = "".join(unicodedata.normalize("NFKC", name).split()).casefold()
    return half_width if half_width.isascii() else str(_simplifier().convert(half_width))


class NameMatcher:
    """The names that count as records: the recorded ones, and those that the list uses often."""

    def __init__(self, field: str, known: Iterable[str], used: Iterable[str]) -> None:
        self._field = field
        self._known = frozenset(name for name in known if name.strip())
        counted = Counter(used)
        often = [name for name, count in counted.most_common() if count >= _USES_OF_A_NEW_NAME]
        self._known_by_plain = {_comparable(name): name for name in sorted(self._known)}
        self._often_by_plain = {_comparable(name): name for name in reversed(often)}
        self._matches: dict[str, tuple[str, str, str]] = {}

    def resolve(self, written: str, cell: CellContext) -> str:
        """The record's own name where the spelling leaves no doubt, else the text as written."""
        if written in self._known:
            return written
        if written not in self._matches:
            self._matches[written] = self._match(written)
            code, stored, suggestion = self._matches[written]
            if code == "new_similar":
                cell.warn(f"{self._field}_{code}", value=written, suggestion=suggestion)
        code, stored, suggestion = self._matches[written]
        if code == "respelt":
            cell.warn(f"{self._field}_{code}", value=written, stored=stored)
        elif code == "similar":
            cell.warn(f"{self._field}_{code}", value=written, suggestion=suggestion)
        elif code == "unknown":
            cell.warn(f"{self._field}_{code}", value=written)
        return stored

    def _match(self, written: str) -> tuple[str, str, str]:
        """End of the doubt's code or "", name to store, name to suggest.

        What a list uses often is no typing error: it is a new record, and where it is like a known one, the warning
        comes once and not on every row.
        """
        comparable = _comparable(written)
        if comparable in self._known_by_plain:
            return "respelt", self._known_by_plain[comparable], ""
        like_known = _similar(comparable, self._known_by_plain)
        if comparable in self._often_by_plain:
            if self._often_by_plain[comparable] != written:
                return "respelt", self._often_by_plain[comparable], ""
            return ("new_similar" if like_known else ""), written, like_known
        suggestion = like_known or _similar(comparable, self._often_by_plain)
        if suggestion:
            return "similar", written, suggestion
        return "unknown" if self._known else "", written, ""


def _similar(comparable: str, names: dict[str, str]) -> str:
    """The name that `comparable` is most like, or "" if none is."""
    found = get_close_matches(comparable, names, n=1, cutoff=_SIMILARITY)
    return names[found[0]] if found else ""
