"""Matching of site names in a list with the client's sites, and suggestions for similar names."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Final

from app.assets.devices.device_import.reading.converters import CellContext

if TYPE_CHECKING:
    import opencc

_SIMILARITY: Final = 0.6
"""Share of characters in common, as difflib counts it, from which a name is worth suggesting."""
_USES_OF_A_NEW_SITE: Final = 5
"""Rows that use a name before it counts as one although the client has no such site."""


@cache
def _simplifier() -> "opencc.OpenCC":
    import opencc

    return opencc.OpenCC("t2s")


def _comparable(name: str) -> str:
    """A name as it is compared: half-width, simplified characters, without space and case."""
    half_width = "".join(unicodedata.normalize("NFKC", name).split()).casefold()
    return half_width if half_width.isascii() else str(_simplifier().convert(half_width))


class SiteMatcher:
    """The names that count as sites: the client's own, and those that the list uses often."""

    def __init__(self, known: Iterable[str], used: Iterable[str]) -> None:
        self._known = frozenset(name for name in known if name.strip())
        counted = Counter(used)
        often = [name for name, count in counted.most_common() if count >= _USES_OF_A_NEW_SITE]
        self._known_by_plain = {_comparable(name): name for name in sorted(self._known)}
        self._often_by_plain = {_comparable(name): name for name in reversed(often)}
        self._matches: dict[str, tuple[str, str, str]] = {}

    def resolve(self, written: str, cell: CellContext) -> str:
        """The site's own name where the spelling leaves no doubt, else the text as written."""
        if written in self._known:
            return written
        if written not in self._matches:
            self._matches[written] = self._match(written)
            code, stored, suggestion = self._matches[written]
            if code == "site_new_similar":
                cell.warn(code, value=written, suggestion=suggestion)
        code, stored, suggestion = self._matches[written]
        if code == "site_respelt":
            cell.warn(code, value=written, stored=stored)
        elif code == "site_similar":
            cell.warn(code, value=written, suggestion=suggestion)
        elif code == "site_unknown":
            cell.warn(code, value=written)
        return stored

    def _match(self, written: str) -> tuple[str, str, str]:
        """Code of the doubt or "", name to store, name to suggest.

        What a list uses often is no typing error: it is a new site, and where it is like a known one, the warning
        comes once and not on every row.
        """
        comparable = _comparable(written)
        if comparable in self._known_by_plain:
            return "site_respelt", self._known_by_plain[comparable], ""
        like_known = _similar(comparable, self._known_by_plain)
        if comparable in self._often_by_plain:
            if self._often_by_plain[comparable] != written:
                return "site_respelt", self._often_by_plain[comparable], ""
            return ("site_new_similar" if like_known else ""), written, like_known
        suggestion = like_known or _similar(comparable, self._often_by_plain)
        if suggestion:
            return "site_similar", written, suggestion
        return "site_unknown" if self._known else "", written, ""


def _similar(comparable: str, names: dict[str, str]) -> str:
    """The name that `comparable` is most like, or "" if none is."""
    found = get_close_matches(comparable, names, n=1, cutoff=_SIMILARITY)
    return names[found[0]] if found else ""
