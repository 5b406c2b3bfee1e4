"""What this area keeps of an employee: who gave media away and took them back, whose data it is, and what it was."""

from typing import Any

from sqlalchemy import delete, or_, select

from app.platform.kernel.personal_data import Person
from billing.data_recovery.models import CustodyEntry, RecoveredFile, RecoveryCase, RecoveryMedium

_CASE_TEXTS = ("wanted", "consent_remark", "findings", "result_words", "decision")


async def erase(person: Person) -> dict[str, int]:
    """The names of files of the person's own cases are gone; elsewhere a pseudonym stands in its place. What
    was done with which medium stays."""
    of_client = RecoveryCase.client_id == person.client_id
    theirs = select(RecoveryCase.id).where(of_client, RecoveryCase.employee_id == person.employee_id)
    files = await person.count(
        delete(RecoveredFile).where(
            RecoveredFile.client_id == person.client_id,
            or_(RecoveredFile.case_id.in_(theirs), RecoveredFile.path.contains(person.name, autoescape=True)),
        )
    )
    remarks = await person.change(
        RecoveredFile,
        (RecoveredFile.client_id == person.client_id, RecoveredFile.remark.contains(person.name, autoescape=True)),
        remark=person.without(RecoveredFile.remark),
    )
    cases = await person.change(
        RecoveryCase, (of_client, RecoveryCase.giver_name == person.name), giver_name=person.pseudonym, giver_phone=""
    )
    cases += await person.change(
        RecoveryCase, (of_client, RecoveryCase.decided_by_name == person.name), decided_by_name=person.pseudonym
    )
    for name in _CASE_TEXTS:
        column = getattr(RecoveryCase, name)
        named = (of_client, column.contains(person.name, autoescape=True))
        cases += await person.change(RecoveryCase, named, **{name: person.without(column)})
    media = 0
    for name in ("condition", "accessories"):
        column = getattr(RecoveryMedium, name)
        named = (RecoveryMedium.client_id == person.client_id, column.contains(person.name, autoescape=True))
        media += await person.change(RecoveryMedium, named, **{name: person.without(column)})
    agreed = (
        RecoveryMedium.client_id == person.client_id,
        RecoveryMedium.destruction_agreed_by == person.name,
    )
    media += await person.change(RecoveryMedium, agreed, destruction_agreed_by=person.pseudonym)
    links = 0
    for name in ("from_name", "to_name", "signed_by"):
        column = getattr(CustodyEntry, name)
        named = (CustodyEntry.client_id == person.client_id, column == person.name)
        links += await person.change(CustodyEntry, named, **{name: person.pseudonym})
    named = (CustodyEntry.client_id == person.client_id, CustodyEntry.remark.contains(person.name, autoescape=True))
    links += await person.change(CustodyEntry, named, remark=person.without(CustodyEntry.remark))
    return {
        "recovered_file": files + remarks,
        "recovery_case": cases,
        "recovery_medium": media,
        "custody_entry": links,
    }


async def tell(person: Person) -> dict[str, list[dict[str, Any]]]:
    """The cases about the person's data, and those for which they gave media away."""
    theirs = or_(RecoveryCase.employee_id == person.employee_id, RecoveryCase.giver_name == person.name)
    return {
        "recovery_cases": await person.rows(
            RecoveryCase.number,
            RecoveryCase.wanted,
            RecoveryCase.giver_name,
            RecoveryCase.consents,
            RecoveryCase.opened_at,
            where=(RecoveryCase.client_id == person.client_id, theirs),
            order=RecoveryCase.opened_at,
        )
    }
