"""What an area declares of a list: columns, filters, search, order, rows, and what can be done with many at once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select

from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.text_search import matches_search
from app.platform.kernel.texts import N_, Translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.ordering import Ordering, Place

Row = TypeVar("Row")
Cell = str | int | float | Decimal | datetime | date | None
"""What stands in one cell of an exported sheet."""
Choices = Sequence[tuple[str, str]]
"""Value and text, in the reader's words."""
MOST_ROWS = 200
"""Rows of one page, and of one action on many."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. `label` and `note` are source texts; the note stands once, in the head."""

    key: str
    label: str
    note: str = ""
    value: Callable[[Any], Any] | None = None
    """What the column tells of a row; without it the row's attribute of the column's name."""
    names: Mapping[Any, str] = field(default_factory=dict)
    """Source texts of the values that are codes."""
    translated: bool = False
    """Whether the value itself is a source text."""
    sort: Any = None
    """The SQL expression to sort by; a column without one cannot be sorted."""
    nullable: bool = False
    """Whether the expression may be NULL: such rows come last."""
    falling: bool = False
    """Whether the first click on the head sorts downwards: newest, largest first."""
    main: bool = False
    """The column that opens the record; it is always shown."""
    unnamed: str = N_("没有名称")
    """What stands in the main column where a row has nothing there: somebody has to open it. A source text."""
    shown: bool = True
    """Whether people see it who have chosen no columns."""
    narrow: bool = False
    number: bool = False
    optional: bool = False
    """Left out where a row is drawn as a card on a phone."""
    exported: bool = True
    width: int = 20
    """Of the column in an exported sheet, in characters."""

    def value_of(self, row: Any) -> Any:
        return getattr(row, self.key) if self.value is None else self.value(row)

    def text(self, row: Any, translate: Translator) -> Cell:
        """What the column tells of a row, in the reader's words."""
        value = self.value_of(row)
        if isinstance(value, list | tuple | set | frozenset):
            return "、".join(str(self._text_of(each, translate)) for each in value)
        return self._text_of(value, translate)

    def _text_of(self, value: Any, translate: Translator) -> Cell:
        if self.names and value in self.names:
            return translate(self.names[value])
        if isinstance(value, bool):
            return "✓" if value else ""
        if value is None or isinstance(value, int | float | Decimal | datetime | date):
            return value
        return translate(value) if self.translated else str(value)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One filter of a list: a parameter of its address. `label` is the text where nothing is chosen; one without a
    label has no field on the page and is followed all the same."""

    key: str
    condition: Callable[[Any], ColumnElement[bool]] | None = None
    """What its value means in SQL; none in lists that write their conditions themselves."""
    label: str = ""
    names: Mapping[Any, str] = field(default_factory=dict)
    """The values, with their source texts."""
    choices: Callable[[UnitOfWork, Mapping[str, str]], Awaitable[Choices]] | None = None
    """Values with texts that are looked up, by what the address says; where there are none, there is no field."""
    read: Callable[[str], Any] = str
    """The value that a text of the address means; ValueError for one that means nothing."""
    otherwise: ColumnElement[bool] | None = None
    """What holds where nothing is chosen."""
    as_tabs: bool = False
    """Whether the choices stand above the list as tabs."""
    only_for: ActorKind | None = None
    """The portal in which it is offered; None for all that have the list."""

    def value_of(self, text: str) -> Any:
        """The value that a text of the address means; None for one that means nothing."""
        if not text or len(text) > 100 or "\0" in text or (self.names and text not in self.names):
            return None
        try:
            return self.read(text)
        except ValueError:
            return None


@dataclass(frozen=True)
class Wanted:
    """Which rows are asked for, and in which order."""

    ordering: Ordering
    sort: str
    """The order's name: a column's key, `-` before it for downwards."""
    limit: int
    conditions: Sequence[ColumnElement[bool]] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the filters say, for lists that write their conditions themselves."""
    text: str = ""
    place: Place | None = None

    @property
    def backwards(self) -> bool:
        return self.place is not None and self.place.before

    def applied_to(self, statement: Select[Any]) -> Select[Any]:
        """`statement` narrowed, ordered and limited; the sort value is added as its last column."""
        narrowed = statement.where(*self.conditions).add_columns(self.ordering.expression)
        if self.place is not None:
            narrowed = narrowed.where(self.ordering.beyond(self.place))
        return narrowed.order_by(*self.ordering.by(backwards=self.backwards)).limit(self.limit)


Found = Sequence[tuple[Row, Any]]
"""Rows in the order in which they were asked for, each with its sort value."""


async def select_rows(work: UnitOfWork, statement: Select[Any], wanted: Wanted) -> list[tuple[Any, Any]]:
    """The rows of `statement` that are wanted: each without its sort value, and that value."""
    rows = await work.session.execute(wanted.applied_to(statement))
    return [(row[:-1], row[-1]) for row in rows]


@dataclass(frozen=True, kw_only=True)
class BulkField:
    """What an action on many asks for: a choice, or without choices a line of text."""

    name: str
    label: str
    choices: Callable[[UnitOfWork], Awaitable[Choices]] | None = None
    names: Mapping[Any, str] = field(default_factory=dict)
    longest: int = 200


@dataclass(frozen=True, kw_only=True)
class BulkAction:
    """What can be done with many rows, one after the other, by the use case for one.

    `act(request, work, id, form)` returns what `undo(request, work, id, that)` needs (JSON); its refusal leaves the
    other rows alone. `done` is the source text of the outcome, with `%(count)s`.
    """

    key: str
    label: str
    permission: StrEnum
    act: Callable[..., Awaitable[Any]]
    done: str
    undo: Callable[..., Awaitable[None]] | None = None
    icon: str = ""
    fields: tuple[BulkField, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BulkPage:
    """A page of the area's own that is sent the chosen rows as `id`."""

    key: str
    label: str
    permission: StrEnum
    address: str
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordList(Generic[Row]):
    """One list of records: page, API, export, saved views and actions on many follow from it."""

    key: str
    label: str
    base: str | Mapping[ActorKind, str]
    """The page's address; one for each portal where there are several."""
    permission: StrEnum
    record_kind: str
    """What a row is in the audit log."""
    id: Any
    """The rows' id in SQL."""
    title: Any
    """The column by which people know a row, in SQL."""
    columns: tuple[Column, ...]
    sort: str
    """The order where none is chosen: a column's key, `-` before it for downwards."""
    sort_by_values: Callable[[Mapping[str, Any]], str] | None = None
    """The same where it depends on what the filters say."""
    rows: Callable[[UnitOfWork, Wanted], Awaitable[Found[Row]]]
    filters: tuple[Filter, ...] = ()
    matches: Callable[[str], ColumnElement[bool]] | None = None
    """The condition for one word of the search box; without it there is no box."""
    search_label: str = ""
    bulk: tuple[BulkAction | BulkPage, ...] = ()
    id_of: Callable[[Row], UUID] = lambda row: row.id  # type: ignore[attr-defined]

    def base_for(self, actor: Actor) -> str:
        return self.base if isinstance(self.base, str) else self.base[actor.kind]

    def paths(self, rest: str = "") -> list[str]:
        """The addresses of one of the list's handlers."""
        return [base + rest for base in ([self.base] if isinstance(self.base, str) else self.base.values())]

    def column(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.key == key), None)

    def usual_sort(self, values: Mapping[str, Any]) -> str:
        """The order where none is chosen."""
        return self.sort if self.sort_by_values is None else self.sort_by_values(values)

    def can_sort(self, sort: str) -> bool:
        """Whether the list has an order of that name."""
        column = self.column(sort.removeprefix("-"))
        return column is not None and column.sort is not None

    def ordering(self, sort: str) -> Ordering:
        """The order of that name."""
        column = self.column(sort.removeprefix("-"))
        if column is None:
            raise KeyError(sort)
        return Ordering(column.sort, self.id, descending=sort.startswith("-"), nullable=column.nullable)

    def conditions(self, values: Mapping[str, Any], text: str = "") -> list[ColumnElement[bool]]:
        """The filters' and the search box's conditions in SQL."""
        conditions = []
        for each in self.filters:
            if (value := values.get(each.key)) is not None:
                conditions += [each.condition(value)] if each.condition is not None else []
            elif each.otherwise is not None:
                conditions.append(each.otherwise)
        if self.matches is not None and text:
            conditions.append(matches_search(text, self.matches))
        return conditions

    def arranged(self, keys: Sequence[str]) -> tuple[Column, ...]:
        """The columns of these keys in their order, the main one in any case; without any known key those shown by
        default."""
        chosen = [column for key in dict.fromkeys(keys) if (column := self.column(key)) is not None]
        if not chosen:
            return tuple(column for column in self.columns if column.shown or column.main)
        return (*(column for column in self.columns if column.main and column not in chosen), *chosen)
