"""What the rows of a list would do to a client's device files: new, changed or unchanged.

Pure except for new ids. The dry run and the import build the same plan; only the import writes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.assets.clients import KnownEmployee, KnownRecords, PersonDescription
from app.assets.devices.categories import OTHER
from app.assets.devices.device_import.conflicts import RecordedValues
from app.assets.devices.device_import.drafts import DeviceDraft
from app.assets.devices.fields import DRAFT_FIELD, FIELD_OF, TRACKED_COLUMNS
from app.assets.devices.models import Device
from app.assets.devices.states import STATE_NAMES, DeviceState, may_become
from app.platform.imports.declaration import BroughtAlong, RowPlace
from app.platform.imports.people_changes import PeopleChanges
from app.platform.imports.reading.issues import RowIssue, Severity
from app.platform.imports.reading.person_names import comparison_key
from app.platform.imports.reading.rows import ParsedRow
from app.platform.kernel.ids import IdSource


@dataclass
class NewEmployee:
    """An employee whom the list names and the client has not."""

    person: KnownEmployee
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
    known_records: KnownRecords
    stored: Mapping[str, Device]
    """The client's devices by number; those that the rows name suffice."""

    listed: Mapping[str, set[PersonDescription]]
    """What the whole list says of people, by compared name (`described_people`)."""

    people_changes: PeopleChanges
    recorded: RecordedValues | None = None
    """Values that recorded devices have already; None in the import itself, which warns nobody."""

    new_employees: list[NewEmployee] = field(default_factory=list)
    new_devices: list[dict[str, Any]] = field(default_factory=list)
    changed: list[ChangedDevice] = field(default_factory=list)
    unchanged: int = 0
    refused: int = 0
    issues: dict[RowPlace, tuple[RowIssue, ...]] = field(default_factory=dict)
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
    def brought_along(self) -> BroughtAlong:
        """Sites, departments and employees that the list names and the client has not."""
        return BroughtAlong(
            list(self.known_records.new_sites),
            list(self.known_records.new_departments),
            len(self.new_employees),
            len(self.completed_employees),
        )

    @property
    def completed_employees(self) -> dict[UUID, dict[str, UUID | str]]:
        """Recorded employees of whom the list says what was not known: column → value."""
        new = {each.person.id for each in self.new_employees}
        return {id_: values for id_, values in self.known_records.people.completed.items() if id_ not in new}

    def _add(self, row: ParsedRow, draft: DeviceDraft) -> None:
        warnings: list[RowIssue] = []
        device = self.stored.get(draft.number)
        values = self._values(row, draft, device, warnings)
        if device is None:
            self.new_devices.append(_with_defaults(values) | {"id": self.new_id()})
        else:
            after = values.get("state")
            if after is not None and not may_become(device.state, after):
                warnings.append(_refused_transition(device.state, values.pop("state")))
            values = {name: value for name, value in values.items() if getattr(device, name) != value}
            warnings += self.people_changes.keep(device, values, FIELD_OF)
            if device.employee_id is not None and "employee_id" in values:
                self._warn_of_new_holder(device.employee_id, values["employee_id"], warnings)
            if values:
                self.changed.append(ChangedDevice(device, values))
            else:
                self.unchanged += 1
        if self.recorded is not None:
            warnings += self.recorded.warnings(draft)
        if warnings:
            self.issues[row.place] = tuple(warnings)

    def _warn_of_new_holder(self, before: UUID, after: UUID, warnings: list[RowIssue]) -> None:
        people = self.known_records.people.by_id
        if before in people:
            names = {"before": people[before].name, "after": people[after].name}
            warnings.append(_warning("holder_changes", **names))

    def _values(
        self, row: ParsedRow, draft: DeviceDraft, device: Device | None, warnings: list[RowIssue]
    ) -> dict[str, Any]:
        """The columns that the row has a value for."""
        values = {column: value for column, name in DRAFT_FIELD.items() if (value := getattr(draft, name)) is not None}
        if draft.is_shared is not None:
            values["shared"] = draft.is_shared
        if draft.site is not None and not any(issue.code == "site_similar" for issue in row.issues):
            values["site_id"] = self.known_records.site(draft.site, self.new_id)
        if draft.department is not None:
            values["department_id"] = self.known_records.department(draft.department, self.new_id)
        employee_id = self._holder(draft, values, device.employee_id if device else None, warnings)
        if employee_id is not None:
            values["employee_id"] = employee_id
        return values

    def _holder(
        self, draft: DeviceDraft, values: dict[str, Any], holder_id: UUID | None, warnings: list[RowIssue]
    ) -> UUID | None:
        """The employee whom the row means, perhaps a new one; None leaves the holder as it is."""
        people, department_id, named = self.known_records.people, values.get("department_id"), draft.person
        listed = self.listed.get(comparison_key(named.name), set())
        match = people.match(named, department_id, listed, holder_id)
        if match.doubt:
            warnings.append(_warning(f"holder_{match.doubt}", value=named.name or named.number, number=named.number))
        if match.person is not None:
            people.add_details(match.person, named, department_id)
            return match.person.id
        if not match.is_new or draft.holder is None:
            return None
        person = KnownEmployee(self.new_id(), draft.holder)
        self.new_employees.append(NewEmployee(person, values.get("site_id"), draft.holder_phone or ""))
        people.add([person])
        people.add_details(person, named, department_id)
        return person.id


def _with_defaults(values: dict[str, Any]) -> dict[str, Any]:
    """A new file with a value for every column, so that all of them go to the database in one statement."""
    nothing: dict[str, Any] = dict.fromkeys(TRACKED_COLUMNS, "")
    nothing |= dict.fromkeys(("site_id", "department_id", "employee_id", "purchased_on", "warranty_until"))
    nothing |= {"category": OTHER, "state": DeviceState.IN_USE.value, "shared": False}
    return nothing | values


def _warning(code: str, **parameters: str) -> RowIssue:
    return RowIssue("", "holder", code, Severity.WARNING, parameters)


def _refused_transition(before: str, after: str) -> RowIssue:
    names = {"before": STATE_NAMES[DeviceState(before)], "after": STATE_NAMES[DeviceState(after)]}
    return RowIssue("", "status", "state_move_refused", Severity.WARNING, names)
