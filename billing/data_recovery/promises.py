"""The deadlines of a case: the diagnosis after the media came, the result after the client agreed."""

from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.people.identity import read_recipients
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import Audience, NoticeSubject, PromiseTerms, Reminder, Subject
from billing.data_recovery.models import RecoveryCase, RecoveryPerson
from billing.data_recovery.states import OVER

KIND: Final = "recovery_case"
DIAGNOSIS, RESULT = "disk_diagnosis", "disk_result"
DIAGNOSIS_DAYS: Final = 3
A_DAY: Final = 24 * 3600
PEOPLE, MANAGERS = "people", "managers"
_REMINDERS: Final = (
    Reminder(tells=PEOPLE, at_percent=75),
    Reminder(tells=MANAGERS, at_percent=100, by_email=True),
)
_MANAGER_ROLES: Final = frozenset({"service_manager", "partner_owner"})


def subject_of(case: RecoveryCase) -> Subject:
    """The case as the promise kit knows it."""
    return Subject(KIND, case.id, case.client_id)


def terms_of(days: int) -> PromiseTerms:
    """So many days, day and night."""
    return PromiseTerms(seconds=days * A_DAY, reminders=_REMINDERS)


async def audience(work: UnitOfWork, case_id: UUID, tells: str) -> Audience | None:
    """The case's people, or whoever answers for the work; nobody once it is over."""
    case = await work.session.scalar(select(RecoveryCase).where(RecoveryCase.id == case_id))
    if case is None or case.state in OVER:
        return None
    on_case = set(
        await work.session.scalars(
            select(RecoveryPerson.membership_id).where(
                RecoveryPerson.case_id == case_id, RecoveryPerson.left_at.is_(None)
            )
        )
    )
    people = [
        each.address
        for each in await read_recipients(work)
        if (each.address.membership_id in on_case if tells == PEOPLE else each.roles & _MANAGER_ROLES)
    ]
    return Audience(NoticeSubject(case.number, case.client_name, f"/workspace/recoveries/{case.id}"), people)
