"""Pages of a list: rows, and cursors for the page behind and the page before."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement

from app.platform.http.errors import BadRequest
from app.platform.http.pagination import DEFAULT_LIMIT, Page, decode_position, encode_position
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.address import ListAddress
from app.platform.lists.declaration import Found, RecordList, Row, Wanted
from app.platform.lists.ordering import Place, PlaceInvalid

MOST_EXPORTED = 10_000
"""Rows of one exported sheet."""
EXPORT_STEP = 1_000


class ListPosition(msgspec.Struct, frozen=True, array_like=True):
    """What a cursor holds: the order, the row at the page's edge, and on which side of it to go on."""

    sort: str
    value: str | int | float | bool | None
    id: UUID
    before: bool = False


class RowsOfPage(msgspec.Struct, Generic[Row], frozen=True):
    """One page, and the cursors of its neighbours; empty where there is none."""

    rows: list[Row]
    next_cursor: str = ""
    previous_cursor: str = ""


async def rows_of_page(
    work: UnitOfWork,
    listing: RecordList[Row],
    *,
    sort: str = "",
    cursor: str = "",
    limit: int = DEFAULT_LIMIT,
    conditions: Sequence[ColumnElement[bool]] = (),
    values: Mapping[str, Any] | None = None,
    text: str = "",
) -> RowsOfPage[Row]:
    """One page of a list. `conditions` and `values` say the same, for lists of either kind.

    Raises:
        Forbidden: without the list's permission.
        BadRequest: for an order that the list does not have, and for a cursor that is none of this order's.
    """
    work.actor.require(listing.permission)
    order = sort or listing.usual_sort(values or {})
    if not listing.can_sort(order):
        raise BadRequest(fields={"sort": "sort"})
    ordering = listing.ordering(order)
    place = None
    if cursor:
        position = decode_position(cursor, ListPosition)
        if position.sort != order:
            raise BadRequest(fields={"cursor": "cursor"})
        try:
            place = Place(ordering.value_of(position.value), position.id, position.before)
        except PlaceInvalid as error:
            raise BadRequest(fields={"cursor": "cursor"}) from error
    found = await listing.rows(
        work, Wanted(ordering, order, limit + 1, tuple(conditions), dict(values or {}), text, place)
    )
    return _page(listing, found, order, limit, place)


def _page(listing: RecordList[Row], found: Found[Row], order: str, limit: int, place: Place | None) -> RowsOfPage[Row]:
    backwards = place is not None and place.before
    shown = list(found[:limit])
    further = len(found) > limit
    if backwards:
        shown.reverse()

    def at(edge: tuple[Row, Any], *, before: bool) -> str:
        row, value = edge
        return encode_position(ListPosition(order, msgspec.to_builtins(value), listing.id_of(row), before))

    has_next = bool(shown) and (backwards or further)
    has_previous = bool(shown) and (further if backwards else place is not None)
    return RowsOfPage(
        [row for row, _ in shown],
        at(shown[-1], before=False) if has_next else "",
        at(shown[0], before=True) if has_previous else "",
    )


async def api_page(
    work: UnitOfWork,
    listing: RecordList[Row],
    *,
    conditions: Sequence[ColumnElement[bool]] = (),
    sort: str = "",
    cursor: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[Row]:
    """The same as the API answers it."""
    found = await rows_of_page(work, listing, sort=sort, cursor=cursor or "", limit=limit, conditions=conditions)
    return Page(found.rows, found.next_cursor or None)


async def page_at(
    work: UnitOfWork, listing: RecordList[Row], address: ListAddress, limit: int = DEFAULT_LIMIT
) -> RowsOfPage[Row]:
    """The page that an address means.

    Raises:
        Forbidden, BadRequest: as `rows_of_page`.
    """
    values = dict(values_at(listing, address))
    return await rows_of_page(
        work,
        listing,
        sort=address.sort,
        cursor=address.cursor,
        limit=limit,
        conditions=listing.conditions(values, address.text),
        values=values,
        text=address.text,
    )


async def every_row(work: UnitOfWork, listing: RecordList[Row], address: ListAddress) -> list[Row]:
    """The rows of all pages, at most `MOST_EXPORTED`."""
    values = dict(values_at(listing, address))
    rows: list[Row] = []
    cursor = ""
    while len(rows) < MOST_EXPORTED:
        found = await rows_of_page(
            work,
            listing,
            sort=address.sort,
            cursor=cursor,
            limit=min(EXPORT_STEP, MOST_EXPORTED - len(rows)),
            conditions=listing.conditions(values, address.text),
            values=values,
            text=address.text,
        )
        rows += found.rows
        cursor = found.next_cursor
        if not cursor:
            break
    return rows


def values_at(listing: RecordList[Any], address: ListAddress) -> Iterator[tuple[str, Any]]:
    """What the filters of an address mean."""
    for each in listing.filters:
        if (value := each.value_of(address.values.get(each.key, ""))) is not None:
            yield each.key, value
