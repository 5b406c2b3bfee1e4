"""What the rows of a list would do to a client's device files: new, changed or unchanged.

Pure except for new ids. The dry run and the import build the same plan; only the import writes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from app.devices.categories import OTHER
from app.devices.fields import DRAFT_FIELD, TRACKED
from app.devices.import_neighbours import Neighbours
from app.devices.import_people import Listed, People, Person
from app.devices.importing import DeviceDraft, ParsedRow, RowIssue, Severity
from app.devices.importing.names import as_compared
from app.devices.models import Device
from app.devices.states import STATE_NAMES, DeviceState, may_become
from app.kernel.ids import IdSource

COUNTED: Final = ("new", "changed", "unchanged", "refused")


@dataclass
class Directory:
    """Sites, departments and employees of the client, by comparison key of their names."""

    sites: dict[str, UUID]
    departments: dict[str, UUID]
    people: People


@dataclass
class NewEmployee:
    """An employee whom the list names and the client has not."""

    person: Person
    site_id: UUID | None
    phone: str


@dataclass
class ChangedDevice:
    """A device file that the list contradicts: column → value to store."""

    device: Device
    values: dict[str, Any]


@dataclass
class ImportPlan:
    """Collects the changes that the rows lead to."""

    new_id: IdSource
    directory: Directory
    stored: Mapping[str, Device]
    """The client's devices by number; those that the rows name suffice."""

    listed: Mapping[str, set[Listed]]
    """What the whole list says of people, by compared name (`import_people.listed_people`)."""

    neighbours: Neighbours | None = None
    """Values that recorded devices have already; None in the import itself, which warns nobody."""

    new_sites: dict[str, UUID] = field(default_factory=dict)
    new_departments: dict[str, UUID] = field(default_factory=dict)
    new_employees: list[NewEmployee] = field(default_factory=list)
    new_devices: list[dict[str, Any]] = field(default_factory=list)
    changed: list[ChangedDevice] = field(default_factory=list)
    unchanged: int = 0
    refused: int = 0
    issues: dict[tuple[str, int], tuple[RowIssue, ...]] = field(default_factory=dict)
    """Warnings that follow from the client's records, by sheet and row."""

    def add(self, rows: Iterable[ParsedRow]) -> None:
        """Take the rows in, in their order."""
        for row in rows:
            if isinstance(row.values, DeviceDraft):
                self._add(row, row.values)
            else:
                self.refused += 1

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, unchanged and refused."""
        return {
            "new": len(self.new_devices),
            "changed": len(self.changed),
            "unchanged": self.unchanged,
            "refused": self.refused,
        }

    @property
    def completed_employees(self) -> dict[UUID, dict[str, UUID | str]]:
        """Recorded employees of whom the list says what was not known: column → value."""
        new = {each.person.id for each in self.new_employees}
        return {id_: values for id_, values in self.directory.people.completed.items() if id_ not in new}

    def _add(self, row: ParsedRow, draft: DeviceDraft) -> None:
        doubts: list[RowIssue] = []
        device = self.stored.get(draft.number)
        values = self._values(row, draft, device, doubts)
        if device is None:
            self.new_devices.append(_complete(values) | {"id": self.new_id()})
        else:
            after = values.get("state")
            if after is not None and not may_become(device.state, after):
                doubts.append(_refused_move(device.state, values.pop("state")))
            values = {name: value for name, value in values.items() if getattr(device, name) != value}
            if device.employee_id is not None and "employee_id" in values:
                self._tell_new_holder(device.employee_id, values["employee_id"], doubts)
            if values:
                self.changed.append(ChangedDevice(device, values))
            else:
                self.unchanged += 1
        if self.neighbours is not None:
            doubts += self.neighbours.doubts(draft)
        if doubts:
            self.issues[row.sheet, row.row_number] = tuple(doubts)

    def _tell_new_holder(self, before: UUID, after: UUID, doubts: list[RowIssue]) -> None:
        people = self.directory.people.by_id
        if before in people:
            names = {"before": people[before].name, "after": people[after].name}
            doubts.append(_doubt("holder_changes", **names))

    def _values(
        self, row: ParsedRow, draft: DeviceDraft, device: Device | None, doubts: list[RowIssue]
    ) -> dict[str, Any]:
        """The columns that the row has a value for."""
        values = {column: value for column, name in DRAFT_FIELD.items() if (value := getattr(draft, name)) is not None}
        if draft.is_shared is not None:
            values["shared"] = draft.is_shared
        if draft.site is not None and not any(issue.code == "site_similar" for issue in row.issues):
            values["site_id"] = self._known(draft.site, self.directory.sites, self.new_sites)
        if draft.department is not None:
            values["department_id"] = self._known(draft.department, self.directory.departments, self.new_departments)
        employee_id = self._holder(draft, values, device.employee_id if device else None, doubts)
        if employee_id is not None:
            values["employee_id"] = employee_id
        return values

    def _known(self, name: str, known: dict[str, UUID], new: dict[str, UUID]) -> UUID:
        compared = as_compared(name)
        if compared not in known:
            known[compared] = new[name] = self.new_id()
        return known[compared]

    def _holder(
        self, draft: DeviceDraft, values: dict[str, Any], holder_id: UUID | None, doubts: list[RowIssue]
    ) -> UUID | None:
        """The employee whom the row means, perhaps a new one; None leaves the holder as it is."""
        people, department_id = self.directory.people, values.get("department_id")
        if department_id is not None and draft.department is not None:
            people.departments.setdefault(department_id, as_compared(draft.department))
        listed = self.listed.get(as_compared(draft.holder or ""), set())
        meant = people.meant(draft, department_id, listed, holder_id)
        if meant.doubt:
            number = draft.holder_employee_number or ""
            doubts.append(_doubt(meant.doubt, value=draft.holder or number, number=number))
        if meant.person is not None:
            people.learn(meant.person, draft, department_id)
            return meant.person.id
        if not meant.is_new or draft.holder is None:
            return None
        person = Person(self.new_id(), draft.holder)
        self.new_employees.append(NewEmployee(person, values.get("site_id"), draft.holder_phone or ""))
        people.add([person])
        people.learn(person, draft, department_id)
        return person.id


def _complete(values: dict[str, Any]) -> dict[str, Any]:
    """A new file with a value for every column, so that all of them go to the database in one statement."""
    nothing: dict[str, Any] = dict.fromkeys(TRACKED, "")
    nothing |= dict.fromkeys(("site_id", "department_id", "employee_id", "purchased_on", "warranty_until"))
    nothing |= {"category": OTHER, "state": DeviceState.IN_USE.value, "shared": False}
    return nothing | values


def _doubt(code: str, **parameters: str) -> RowIssue:
    return RowIssue("", "holder", code, Severity.WARNING, parameters)


def _refused_move(before: str, after: str) -> RowIssue:
    names = {"before": STATE_NAMES[DeviceState(before)], "after": STATE_NAMES[DeviceState(after)]}
    return RowIssue("", "status", "state_move_refused", Severity.WARNING, names)
