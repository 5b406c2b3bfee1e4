"""Which employee a row of a list means: of employees, or of the devices that they hold.

Whoever holds a device reads its tickets with its PIN, so a wrong guess shows one person's tickets to another. A number
or an e-mail address proves who is meant; a name does only where nothing contradicts it. Where two people could be
meant, nobody is taken and the row says so. Who has left is never brought back by a list.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from uuid import UUID

from app.platform.imports.reading.person_names import comparison_key


@dataclass
class KnownEmployee:
    """An employee as matching needs one; details that the list adds are taken over at once."""

    id: UUID
    name: str
    employee_number: str = ""
    department_id: UUID | None = None
    email: str = ""
    has_left: bool = False
    phone: str = ""


class PersonDescription(NamedTuple):
    """One description of a person of some name in the list, as it is compared; empty where the list has no value."""

    department: str
    number: str
    email: str


class ListedPerson(NamedTuple):
    """Whom a row names, as it writes it; empty where it has no value."""

    name: str
    department: str = ""
    number: str = ""
    email: str = ""
    phone: str = ""

    @property
    def described(self) -> PersonDescription:
        return PersonDescription(comparison_key(self.department), self.number, self.email.casefold())


class EmployeeMatch(NamedTuple):
    """The result for a row: `person`; or `is_new`; or nobody, with a `doubt` that says why."""

    person: KnownEmployee | None = None
    is_new: bool = False
    doubt: str = ""
    """End of an issue's code; with `is_new` the person is added all the same."""


NOBODY: Final = EmployeeMatch()
NEW_EMPLOYEE: Final = EmployeeMatch(is_new=True)


def described_people(people: Iterable[ListedPerson]) -> dict[str, set[PersonDescription]]:
    """Compared name → all its descriptions in the list. A row can be vague only against the whole list: the order of
    the rows and the chunks in which they are written must not decide who somebody is."""
    found: dict[str, set[PersonDescription]] = defaultdict(set)
    for person in people:
        if person.name:
            found[comparison_key(person.name)].add(person.described)
    return found


@dataclass
class EmployeeMatcher:
    """The client's employees whom a list may mean, by number and by name."""

    by_number: dict[str, list[KnownEmployee]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[str, list[KnownEmployee]] = field(default_factory=lambda: defaultdict(list))
    by_id: dict[UUID, KnownEmployee] = field(default_factory=dict)
    departments: dict[UUID, str] = field(default_factory=dict)
    """Department → its name as it is compared."""
    completed: dict[UUID, dict[str, UUID | str]] = field(default_factory=lambda: defaultdict(dict))
    """Employee → what a list said about somebody of whom it was not known."""

    def add(self, people: Iterable[KnownEmployee]) -> None:
        """Add employees to match against."""
        for person in people:
            self.by_id[person.id] = person
            self.by_name[comparison_key(person.name)].append(person)
            if person.employee_number:
                self.by_number[person.employee_number].append(person)

    def match(
        self,
        row: ListedPerson,
        department_id: UUID | None,
        listed: set[PersonDescription],
        holder_id: UUID | None = None,
    ) -> EmployeeMatch:
        """The employee whom a row means.

        `department_id` is the row's, `listed` what the whole list says of that name, `holder_id` who holds the row's
        device today.
        """
        name = comparison_key(row.name)
        if row.number and (numbered := self.by_number.get(row.number)):
            found = _by_number(numbered, name)
            if found is not NOBODY:
                return found
        if not name:
            return NOBODY
        return self._by_name(row, name, department_id, listed, holder_id)

    def _by_name(
        self,
        row: ListedPerson,
        name: str,
        department_id: UUID | None,
        listed: set[PersonDescription],
        holder_id: UUID | None,
    ) -> EmployeeMatch:
        same_name = self.by_name.get(name)
        if same_name is None and len(listed) < 2:
            return NEW_EMPLOYEE
        described = row.described
        # Somebody else's number proves that it is somebody else.
        namesakes = [
            person
            for person in same_name or ()
            if not (described.number and person.employee_number and person.employee_number != described.number)
        ]
        present = [person for person in namesakes if not person.has_left]
        same_address = [person for person in present if described.email and _email(person) == described.email]
        if len(same_address) == 1:
            return EmployeeMatch(same_address[0])
        same_phone = [person for person in present if row.phone and person.phone == row.phone]
        if len(same_phone) == 1:
            return EmployeeMatch(same_phone[0])
        possible = [person for person in present if _may_be(person, described, department_id)]
        colleagues = [person for person in possible if department_id and person.department_id == department_id]
        candidates = colleagues or possible
        if len(candidates) == 1 and not _is_vague(described, listed):
            is_uncertain = not colleagues and bool(department_id) and len(present) > 1
            if not is_uncertain and not _could_be_another(candidates[0], described, listed):
                return EmployeeMatch(candidates[0])
        if candidates or _is_vague(described, listed):
            stays = any(person.id == holder_id for person in candidates)
            return NOBODY if stays else EmployeeMatch(doubt="ambiguous")
        if any(person.has_left and _may_be(person, described, department_id) for person in namesakes):
            return EmployeeMatch(doubt="left")
        holder = next((person for person in present if person.id == holder_id), None)
        if holder is not None and self._department(holder) not in {each.department for each in listed}:
            return EmployeeMatch(doubt="moved")
        return EmployeeMatch(is_new=True, doubt="namesake" if present else "")

    def _department(self, person: KnownEmployee) -> str:
        return self.departments.get(person.department_id, "") if person.department_id else ""

    def add_details(self, person: KnownEmployee, row: ListedPerson, department_id: UUID | None) -> None:
        """Keep what the row says about somebody of whom it was not known: the next row is judged by it."""
        if row.number and not person.employee_number:
            person.employee_number = row.number
            self.by_number[person.employee_number].append(person)
            self.completed[person.id]["employee_number"] = person.employee_number
        if department_id and person.department_id is None:
            person.department_id = department_id
            self.completed[person.id]["department_id"] = department_id
        if row.email and not person.email:
            person.email = row.email
            self.completed[person.id]["email"] = person.email


def _by_number(numbered: list[KnownEmployee], name: str) -> EmployeeMatch:
    """Who has the row's number; `NOBODY` where only people of another name had it who have left."""
    same = [person for person in numbered if not name or comparison_key(person.name) == name]
    present = [person for person in same if not person.has_left]
    if len(present) == 1:
        return EmployeeMatch(present[0])
    if present:
        return EmployeeMatch(doubt="ambiguous")
    if any(not person.has_left for person in numbered):
        return EmployeeMatch(doubt="number_of_other")
    return EmployeeMatch(doubt="left") if same else NOBODY


def _email(person: KnownEmployee) -> str:
    return person.email.casefold()


def _may_be(person: KnownEmployee, described: PersonDescription, department_id: UUID | None) -> bool:
    """Whether nothing that is known of both says that they are two."""
    if department_id and person.department_id and person.department_id != department_id:
        return False
    return not (described.email and person.email and _email(person) != described.email)


def _near(described: PersonDescription, listed: set[PersonDescription]) -> list[PersonDescription]:
    """The list's descriptions that could be of the row's department."""
    return [
        each
        for each in listed
        if not (each.department and described.department and each.department != described.department)
    ]


def _is_several(values: Iterable[str]) -> bool:
    return len(set(values) - {""}) > 1


def _is_vague(described: PersonDescription, listed: set[PersonDescription]) -> bool:
    """Whether the row leaves open which of several people of the list it means."""
    if described.number or described.email or len(listed) < 2:
        return False
    near = _near(described, listed)
    return _is_several(each.number for each in near) or (
        not described.department and _is_several(each.department for each in listed)
    )


def _could_be_another(person: KnownEmployee, described: PersonDescription, listed: set[PersonDescription]) -> bool:
    """Whether another row of the list could as well mean this person, of whom too little is known."""
    if len(listed) < 2:
        return False
    near = _near(described, listed)
    return (
        (not (person.employee_number and described.number) and _is_several(each.number for each in near))
        or (not (person.department_id and described.department) and _is_several(each.department for each in listed))
        or (not (person.email and described.email) and _is_several(each.email for each in near))
    )
