"""The plan of a list whose rows are records of one table, and the importer of the simplest such list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, String, any_, insert, literal, select

from app.platform.imports.declaration import BroughtAlong, ImportedList, Importer, ListRow, RowPlace
from app.platform.imports.people_changes import PeopleChanges
from app.platform.imports.reading.issues import RowIssue, Severity
from app.platform.kernel.model import TenantModel
from app.platform.kernel.unit_of_work import UnitOfWork


@dataclass
class RecordPlan:
    """Collects what rows do to the records of one table."""

    people_changes: PeopleChanges
    field_of: Mapping[str, str] = field(default_factory=dict)
    """Column → field, where they are not of one name."""
    new: list[dict[str, Any]] = field(default_factory=list)
    changed: dict[UUID, tuple[Any, dict[str, Any]]] = field(default_factory=dict)
    """Record, and column → value to store."""
    unchanged: int = 0
    refused: int = 0
    issues: dict[RowPlace, Sequence[RowIssue]] = field(default_factory=dict)
    brought_along: BroughtAlong = field(default_factory=BroughtAlong)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, unchanged and refused."""
        return {
            "new": len(self.new),
            "changed": len(self.changed),
            "unchanged": self.unchanged,
            "refused": self.refused,
        }

    def add(self, values: dict[str, Any]) -> None:
        """A row that makes a record of these values, its id included."""
        self.new.append(values)

    def compare(self, row: ListRow, record: Any, values: Mapping[str, Any]) -> None:
        """A row that means a recorded one: what differs is changed, unless a person has changed it since."""
        differing = {name: value for name, value in values.items() if getattr(record, name) != value}
        self.warn(row, *self.people_changes.keep(record, differing, self.field_of))
        if differing:
            self.changed[record.id] = (record, differing)
        else:
            self.unchanged += 1

    def warn(self, row: ListRow, *issues: RowIssue) -> None:
        """Something about the row is odd."""
        if issues:
            self.issues[row.place] = (*self.issues.get(row.place, ()), *issues)

    def refuse(self, row: ListRow, field: str, code: str, /, **parameters: str) -> None:
        """The row cannot be imported as the records are."""
        self.refused += 1
        self.warn(row, RowIssue("", field, code, Severity.ERROR, parameters))

    async def write(self, work: UnitOfWork, model: type[TenantModel], record_kind: str, **context: object) -> None:
        """Insert the new records and change the others; each change is audited with `context`."""
        if self.new:
            await work.session.execute(insert(model), [{"tenant_id": work.tenant_id, **row} for row in self.new])
        for record, values in self.changed.values():
            for name, value in values.items():
                setattr(record, name, value)
            record.version += 1
            work.audit(f"{record_kind}.changed", record_kind, record.id, fields=sorted(values), **context)
        await work.session.flush()


class RecordImporter:
    """Rows that are records of one table as they stand: fields are columns, and one of them is the key."""

    def __init__(self, the_list: ImportedList, model: type[TenantModel], key: str, record_kind: str) -> None:
        self._list = the_list
        self._model: Any = model
        self._key = key
        self._record_kind = record_kind

    async def plan(self, work: UnitOfWork, rows: Sequence[ListRow], *, lock: bool) -> RecordPlan:
        """What the rows do; values that a row does not have stay as they are."""
        keys = [row.values[self._key] for row in rows if row.values is not None]
        column = getattr(self._model, self._key)
        statement = select(self._model).where(column == any_(literal(keys, ARRAY(String)))).order_by(self._model.id)
        found = await work.session.scalars(statement.with_for_update() if lock else statement)
        stored = {getattr(record, self._key): record for record in found}
        ids = [record.id for record in stored.values()]
        since = self._list.changes_since
        plan = RecordPlan(await PeopleChanges.of(work.session, self._record_kind, ids, since))
        for row in rows:
            if row.values is None:
                plan.refused += 1
                continue
            values = {name: value for name, value in row.values.items() if value is not None}
            record = stored.get(values[self._key])
            if record is not None:
                plan.compare(row, record, values)
            else:
                plan.add({"id": work.new_id(), "version": 1, **self._empty(work, row.values), **values})
        return plan

    def _empty(self, work: UnitOfWork, fields: Mapping[str, Any]) -> dict[str, Any]:
        """What a new record has where the row says nothing, so that all go to the database in one statement."""
        columns = self._model.__table__.columns
        created_at = {"created_at": work.now} if "created_at" in columns else {}
        return {**created_at, **{name: None if columns[name].nullable else "" for name in fields}}

    async def write(self, work: UnitOfWork, plan: RecordPlan) -> None:
        """Write the plan."""
        await plan.write(work, self._model, self._record_kind)


def records_of(model: type[TenantModel], *, key: str, record_kind: str) -> Callable[[ImportedList], Importer]:
    """The importer of a list whose rows are records of `model`: `key` is the column by which a repeated import knows
    them, `record_kind` what the audit log calls them."""
    return lambda the_list: RecordImporter(the_list, model, key, record_kind)
