"""A list's address: filters, search, order, page. What it does not understand counts as not said."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from app.platform.kernel.text_search import MAX_SEARCH_LENGTH
from app.platform.lists.declaration import RecordList

PARAMETERS = ("q", "sort", "saved")
"""Parameters of every list's address, beside its filters, `cursor` and `done`."""
ALL = "all"
"""`saved=all`: no saved view, not even the default one."""


@dataclass(frozen=True)
class ListAddress:
    """What an address asks of a list, as texts that are all understood."""

    base: str
    values: Mapping[str, str] = field(default_factory=dict)
    """Filter → value."""
    text: str = ""
    sort: str = ""
    """Empty: the list's own order."""
    saved: str = ""
    cursor: str = ""

    @property
    def query(self) -> dict[str, str]:
        """What a saved view keeps."""
        said = {**self.values, "q": self.text, "sort": self.sort}
        return {name: value for name, value in said.items() if value}

    @property
    def saved_id(self) -> UUID | None:
        try:
            return UUID(self.saved)
        except ValueError:
            return None

    def href(self, **more: str) -> str:
        """The address; `more` beside or instead of what it says, empty for without. The page is not kept."""
        said = {**self.query, "saved": self.saved, **more}
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{self.base}?{query}" if query else self.base

    def here(self) -> str:
        """The address, with the page."""
        return self.href(cursor=self.cursor)

    def with_query(self, query: Mapping[str, str], saved: str = "") -> "ListAddress":
        """The list as a saved view shows it."""
        values = {name: value for name, value in query.items() if name not in PARAMETERS}
        return replace(self, values=values, text=query.get("q", ""), sort=query.get("sort", ""), saved=saved, cursor="")


def read_address(listing: RecordList[Any], base: str, said: Mapping[str, str]) -> ListAddress:
    """The parameters of an address, without those that mean nothing to this list."""
    values = {
        each.key: text for each in listing.filters if each.value_of(text := said.get(each.key, "").strip()) is not None
    }
    sort = said.get("sort", "")
    saved = said.get("saved", "")
    return ListAddress(
        base=base,
        values=values,
        text=" ".join(said.get("q", "").replace("\0", " ").split())[:MAX_SEARCH_LENGTH],
        sort=sort if listing.can_sort(sort) and sort != listing.usual_sort(values) else "",
        saved=saved if saved == ALL or _is_id(saved) else "",
        cursor=said.get("cursor", ""),
    )


def read_query(listing: RecordList[Any], base: str, query: str) -> ListAddress:
    """The address whose query string is `query`: what a form on the list carries along."""
    return read_address(listing, base, dict(parse_qsl(query[:4_000])))


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
