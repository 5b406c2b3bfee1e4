"""What the rows of a list would do to a client's device files: new, changed or unchanged.

Pure except for new ids. The dry run and the import build the same plan; only the import writes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.assets.devices.categories import OTHER
from app.assets.devices.device_import.conflicts import RecordedValues
from app.assets.devices.device_import.employee_matching import EmployeeMatcher, KnownEmployee, PersonDescription
from app.assets.devices.device_import.reading import DeviceDraft, ParsedRow, RowIssue, Severity
from app.assets.devices.device_import.reading.person_names import comparison_key
from app.assets.devices.fields import DRAFT_FIELD, TRACKED_COLUMNS
from app.assets.devices.models import Device
from app.assets.devices.states import STATE_NAMES, DeviceState, may_become
from app.platform.kernel.ids import IdSource


@dataclass
class KnownRecords:
    """Sites, departments and employees of the client, by comparison key of their names."""

    sites: dict[str, UUID]
    departments: dict[str, UUID]
    people: EmployeeMatcher


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
    """What the whole list says of people, by compared name (`employee_matching.described_people`)."""

    recorded: RecordedValues | None = None
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
            if device.employee_id is not None and "employee_id" in values:
                self._warn_of_new_holder(device.employee_id, values["employee_id"], warnings)
            if values:
                self.changed.append(ChangedDevice(device, values))
            else:
                self.unchanged += 1
        if self.recorded is not None:
            warnings += self.recorded.warnings(draft)
        if warnings:
            self.issues[row.sheet, row.row_number] = tuple(warnings)

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
            values["site_id"] = self._find_or_add(draft.site, self.known_records.sites, self.new_sites)
        if draft.department is not None:
            values["department_id"] = self._find_or_add(
                draft.department, self.known_records.departments, self.new_departments
            )
        employee_id = self._holder(draft, values, device.employee_id if device else None, warnings)
        if employee_id is not None:
            values["employee_id"] = employee_id
        return values

    def _find_or_add(self, name: str, known: dict[str, UUID], new: dict[str, UUID]) -> UUID:
        compared = comparison_key(name)
        if compared not in known:
            known[compared] = new[name] = self.new_id()
        return known[compared]

    def _holder(
        self, draft: DeviceDraft, values: dict[str, Any], holder_id: UUID | None, warnings: list[RowIssue]
    ) -> UUID | None:
        """The employee whom the row means, perhaps a new one; None leaves the holder as it is."""
        people, department_id = self.known_records.people, values.get("department_id")
        if department_id is not None and draft.department is not None:
            people.departments.setdefault(department_id, comparison_key(draft.department))
        listed = self.listed.get(comparison_key(draft.holder or ""), set())
        match = people.match(draft, department_id, listed, holder_id)
        if match.warning:
            number = draft.holder_employee_number or ""
            warnings.append(_warning(match.warning, value=draft.holder or number, number=number))
        if match.person is not None:
            people.add_details(match.person, draft, department_id)
            return match.person.id
        if not match.is_new or draft.holder is None:
            return None
        person = KnownEmployee(self.new_id(), draft.holder)
        self.new_employees.append(NewEmployee(person, values.get("site_id"), draft.holder_phone or ""))
        people.add([person])
        people.add_details(person, draft, department_id)
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
