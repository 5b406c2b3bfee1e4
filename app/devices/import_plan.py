"""What the rows of a list would do to a client's device files: new, changed or unchanged.

Pure but for the ids it draws: the dry run and the import itself ask the same plan, the one throws it away and the other
writes it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import msgspec

from app.devices.categories import OTHER
from app.devices.fields import DRAFT_FIELD, TRACKED
from app.devices.importing import DeviceDraft, ParsedRow, RowIssue, Severity
from app.devices.models import Device
from app.devices.states import STATE_NAMES, DeviceState, may_become
from app.kernel.ids import IdSource

COUNTED: Final = ("new", "changed", "unchanged", "refused")


class Person(msgspec.Struct, frozen=True):
    """An employee as the plan needs to know one."""

    id: UUID
    name: str
    employee_number: str
    department_id: UUID | None


@dataclass
class Directory:
    """Sites, departments and employees of the client by what lists call them."""

    sites: dict[str, UUID]
    departments: dict[str, UUID]
    people_by_number: dict[str, Person] = field(default_factory=dict)
    people_by_name: dict[str, list[Person]] = field(default_factory=lambda: defaultdict(list))

    def add(self, people: Iterable[Person]) -> None:
        """Make these employees known."""
        for person in people:
            self.people_by_name.setdefault(person.name, []).append(person)
            if person.employee_number:
                self.people_by_number[person.employee_number] = person


@dataclass
class NewEmployee:
    """An employee whom the list names and the client has not."""

    person: Person
    site_id: UUID | None
    phone: str
    email: str


@dataclass
class ChangedDevice:
    """A device file that the list contradicts: column → value to store."""

    device: Device
    values: dict[str, Any]


@dataclass
class ImportPlan:
    """Collects what the rows come to."""

    new_id: IdSource
    directory: Directory
    stored: Mapping[str, Device]
    """The client's devices by number; those that the rows name suffice."""

    new_sites: dict[str, UUID] = field(default_factory=dict)
    new_departments: dict[str, UUID] = field(default_factory=dict)
    new_employees: list[NewEmployee] = field(default_factory=list)
    new_devices: list[dict[str, Any]] = field(default_factory=list)
    changed: list[ChangedDevice] = field(default_factory=list)
    unchanged: int = 0
    refused: int = 0
    issues: dict[tuple[str, int], tuple[RowIssue, ...]] = field(default_factory=dict)
    """Doubts that only the client's records raise, by sheet and row."""

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

    def _add(self, row: ParsedRow, draft: DeviceDraft) -> None:
        doubts: list[RowIssue] = []
        values = self._values(row, draft, doubts)
        device = self.stored.get(draft.number)
        if device is None:
            self.new_devices.append(_complete(values) | {"id": self.new_id()})
        else:
            after = values.get("state")
            if after is not None and not may_become(device.state, after):
                doubts.append(_refused_move(device.state, values.pop("state")))
            values = {name: value for name, value in values.items() if getattr(device, name) != value}
            if values:
                self.changed.append(ChangedDevice(device, values))
            else:
                self.unchanged += 1
        if doubts:
            self.issues[row.sheet, row.row_number] = tuple(doubts)

    def _values(self, row: ParsedRow, draft: DeviceDraft, doubts: list[RowIssue]) -> dict[str, Any]:
        """The columns that the row says something about."""
        values = {column: value for column, name in DRAFT_FIELD.items() if (value := getattr(draft, name)) is not None}
        if draft.is_shared is not None:
            values["shared"] = draft.is_shared
        if draft.site is not None and not any(issue.code == "site_similar" for issue in row.issues):
            values["site_id"] = self._known(draft.site, self.directory.sites, self.new_sites)
        if draft.department is not None:
            values["department_id"] = self._known(draft.department, self.directory.departments, self.new_departments)
        employee_id = self._holder(draft, values, doubts)
        if employee_id is not None:
            values["employee_id"] = employee_id
        return values

    def _known(self, name: str, known: dict[str, UUID], new: dict[str, UUID]) -> UUID:
        if name not in known:
            known[name] = new[name] = self.new_id()
        return known[name]

    def _holder(self, draft: DeviceDraft, values: dict[str, Any], doubts: list[RowIssue]) -> UUID | None:
        """The employee whom the row means; a new one where the client has nobody of that name or number."""
        number = draft.holder_employee_number or ""
        if number and number in self.directory.people_by_number:
            return self.directory.people_by_number[number].id
        if draft.holder is None:
            return None
        department_id = values.get("department_id")
        # Somebody else's number proves that it is somebody else.
        namesakes = [
            person
            for person in self.directory.people_by_name.get(draft.holder, ())
            if not (number and person.employee_number)
        ]
        colleagues = [person for person in namesakes if department_id and person.department_id == department_id]
        for candidates in (colleagues, namesakes):
            if len(candidates) == 1:
                return candidates[0].id
        if namesakes:
            doubts.append(RowIssue("", "holder", "holder_ambiguous", Severity.WARNING, {"value": draft.holder}))
            return None
        person = Person(self.new_id(), draft.holder, number, department_id)
        self.directory.add([person])
        self.new_employees.append(
            NewEmployee(person, values.get("site_id"), draft.holder_phone or "", draft.holder_email or "")
        )
        return person.id


def _complete(values: dict[str, Any]) -> dict[str, Any]:
    """A new file with every column said, so that all of them go to the database in one statement."""
    nothing: dict[str, Any] = dict.fromkeys(TRACKED, "")
    nothing |= dict.fromkeys(("site_id", "department_id", "employee_id", "purchased_on", "warranty_until"))
    nothing |= {"category": OTHER, "state": DeviceState.IN_USE.value, "shared": False}
    return nothing | values


def _refused_move(before: str, after: str) -> RowIssue:
    names = {"before": STATE_NAMES[DeviceState(before)], "after": STATE_NAMES[DeviceState(after)]}
    return RowIssue("", "status", "state_move_refused", Severity.WARNING, names)
