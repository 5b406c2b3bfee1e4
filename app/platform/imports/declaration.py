"""What an area declares of a kind of list that comes in: its fields, and who makes records of the rows."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple, Protocol, TypeAlias
from uuid import UUID

from app.platform.imports.reading.cell_marks import Limits
from app.platform.imports.reading.converters import CellContext, Converter, FieldValue
from app.platform.imports.reading.issues import RowIssue, Severity
from app.platform.imports.reading.messages import MESSAGES
from app.platform.imports.reading.workbook import DEFAULT_LIMITS
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import PermissionCode


@dataclass(frozen=True)
class Field:
    """A field that a column can fill. `headings` are the words for it beside its label, the surest first: half-width,
    lower case, only letters and digits, with spaces between them."""

    name: str
    label: str
    convert: Converter
    headings: str = ""
    required: bool = False
    """Every row must have it, and the list a column for it."""
    missing: str = "value_missing"
    """Code of the issue where a row has none."""
    single_column: bool = False
    """Read from its surest column alone, where several could mean it."""
    names_record: bool = False
    """Its values are names of records: spellings are brought to those that `known_names` gives, and what is similar is
    asked about. The kind's messages have `<name>_respelt`, `_similar`, `_new_similar` and `_unknown`."""


class UniqueField(NamedTuple):
    """A field whose value should stand once in a file; reported on every later row."""

    field: str
    code: str
    severity: Severity


class RowContext:
    """A row while it is checked: today on the client's calendar, and each field's cell to warn at or refuse."""

    def __init__(self, today: date, places: Mapping[str, int], cell: CellContext) -> None:
        self.today = today
        self._places = places
        self._cell = cell

    def at(self, field: str) -> CellContext:
        """The cell of a field."""
        self._cell.column, self._cell.field = self._places.get(field, 0), field
        return self._cell


RowCheck: TypeAlias = Callable[[dict[str, FieldValue], RowContext], None]
"""Checks fields against each other, and may rewrite the values before they become the draft."""

ColumnTest: TypeAlias = Callable[[list[str], int], bool]
"""Whether a column's values, out of so many rows, look like those of a field."""

KnownNames: TypeAlias = Callable[[UnitOfWork, UUID | None], Awaitable[dict[str, tuple[str, ...]]]]
"""Field → the recorded names that its values may mean."""

RowPlace: TypeAlias = tuple[str, int]
"""Sheet and row number."""


class ListRow(Protocol):
    """A row that was read; `values` is the draft, None where the row is refused."""

    @property
    def place(self) -> RowPlace: ...
    @property
    def values(self) -> Any: ...
    @property
    def issues(self) -> Sequence[RowIssue]: ...


@dataclass
class BroughtAlong:
    """What a list means for other records than those of its rows."""

    sites: list[str] = field(default_factory=list)
    departments: list[str] = field(default_factory=list)
    employees: int = 0
    completed_employees: int = 0
    not_listed: int = 0
    """Recorded ones that the list does not name. They stay."""


class Plan(Protocol):
    """What rows would do to the records, or do."""

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are `new`, `changed`, `unchanged` and `refused`."""

    @property
    def issues(self) -> Mapping[RowPlace, Sequence[RowIssue]]:
        """What follows from the records, by row; an error refuses the row."""

    @property
    def brought_along(self) -> BroughtAlong: ...


@dataclass(frozen=True, kw_only=True)
class ImportedList:
    """A list as its importer meets it."""

    runtime: Runtime
    client_id: UUID | None
    uploaded_by: str
    rows: Sequence[ListRow]
    """All rows: what one of them means may depend on the others."""
    changes_since: datetime | None
    """People's changes after this moment stay (`people_changes.py`)."""


class Importer(Protocol):
    """Makes records of rows. Made once for a dry run, and once for the writing of a list."""

    async def plan(self, work: UnitOfWork, rows: Sequence[Any], *, lock: bool) -> Any:
        """A `Plan` for these rows; with `lock` what it compares with stays as it is until the transaction ends."""

    async def write(self, work: UnitOfWork, plan: Any) -> None:
        """Write a plan that was made with `lock`, in the same transaction."""


class ListOwner(Protocol):
    """Those of whom a list can be: clients."""

    async def choices(self, work: UnitOfWork) -> list[tuple[str, str]]:
        """Id and name of each."""

    async def names(self, work: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, str]:
        """The names of some."""

    async def time_zone(self, work: UnitOfWork, owner_id: UUID) -> str | None:
        """The time zone of one; None where there is none of this id."""

    async def id_of(self, work: UnitOfWork, code: str) -> UUID | None:
        """The one with a code, for the command line."""


class Home(NamedTuple):
    """The page of the records themselves. `of_client` is that of one client's, with `{}` for its id."""

    href: str
    label: str
    key: str
    """Its entry in the navigation."""
    of_client: str = ""


@dataclass(frozen=True, kw_only=True)
class ImportKind:
    """One kind of list. Page, API, command, dry run, error sheet and writing follow from it."""

    name: str
    """In addresses and in the database: a word in the plural."""
    title: str
    """What people call such a list."""
    unit: str
    """What its records are counted in."""
    permission: PermissionCode
    home: Home
    fields: tuple[Field, ...]
    importer: Callable[[ImportedList], Importer]

    owner: ListOwner | None = None
    """Of whom a list can be."""
    owner_field: str = ""
    """The field that says it row by row; without it a list is one owner's."""
    known_names: KnownNames | None = None
    draft: type[Any] = dict
    """What a row's values become: a struct with the fields' names, or the plain dictionary."""
    unique: tuple[UniqueField, ...] = ()
    check_row: RowCheck | None = None
    looks: tuple[tuple[str, ColumnTest], ...] = ()
    """Fields that an unknown column can be proposed for by its values, in this order."""
    messages: Mapping[str, str] = field(default_factory=dict)
    """Issue code → text, beside those of every list."""
    limits: Limits = DEFAULT_LIMITS

    @cached_property
    def labels(self) -> dict[str, str]:
        """Field → label."""
        return {each.name: each.label for each in self.fields}

    @cached_property
    def texts(self) -> dict[str, str]:
        """Issue code → text."""
        return {**MESSAGES, **self.messages}

    def required(self, client_id: UUID | None) -> frozenset[str]:
        """The fields that a list, one client's or everybody's, cannot do without."""
        needed = {each.name for each in self.fields if each.required}
        return frozenset(needed | {self.owner_field} if self.owner_field and client_id is None else needed)
