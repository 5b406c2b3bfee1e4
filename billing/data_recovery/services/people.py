"""Who of the company is on a case: nobody else touches its media or reads its files' names."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.desk.confidentiality import not_admitted
from app.people.identity import Membership, kind_of_member
from app.platform.kernel.invariants import present
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.data_recovery.errors import LastPersonStays, PersonHoldsMedium, PersonNotAdmitted, PersonUnknown
from billing.data_recovery.models import RecoveryCase, RecoveryMedium, RecoveryPerson
from billing.data_recovery.permissions import RecoveryPermission
from billing.data_recovery.schemas import PersonOnCase
from billing.data_recovery.services.records import locked_case, require_on_case
from billing.data_recovery.states import OVER, MediumState
from rbac import permissions_of

ACTIVE = "active"


class RecoveryPeople:
    """The people of cases.

    Raises:
        Forbidden: without `recovery_case:write`, and while the company is suspended.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(RecoveryPermission.RECOVERY_CASE_WRITE)
        work.require_writable()
        self._work = work

    async def join(self, case_id: UUID, wanted: PersonOnCase) -> None:
        """A colleague is on the case from now on; told to the audit log, and the client reads it.

        Raises:
            NotFound
            PersonUnknown: nobody active who may work on recovery cases.
            PersonNotAdmitted: the client has not admitted the person.
        """
        work = self._work
        case = await locked_case(work, case_id)
        name = await add_person(work, case, wanted.membership_id)
        case.version += 1
        work.audit("recovery_case.person_joined", "recovery_case", case.id, member=name)
        await work.session.flush()

    async def leave(self, case_id: UUID, membership_id: UUID) -> None:
        """A colleague is on the case no more.

        Raises:
            NotFound, NotOnCase
            PersonHoldsMedium: something has to be handed over first.
            LastPersonStays: somebody has to be on a case that is not over.
        """
        work = self._work
        case = await locked_case(work, case_id)
        person = await require_on_case(work, case_id, membership_id)
        holds = await work.session.scalar(
            select(func.count(RecoveryMedium.id)).where(
                RecoveryMedium.case_id == case_id,
                RecoveryMedium.holder_id == membership_id,
                RecoveryMedium.state == MediumState.HELD,
            )
        )
        if holds:
            raise PersonHoldsMedium
        others = await work.session.scalar(
            select(func.count(RecoveryPerson.id)).where(
                RecoveryPerson.case_id == case_id,
                RecoveryPerson.left_at.is_(None),
                RecoveryPerson.membership_id != membership_id,
            )
        )
        if not others and case.state not in OVER:
            raise LastPersonStays
        person.left_at = work.now
        case.version += 1
        work.audit("recovery_case.person_withdrawn", "recovery_case", case.id, member=person.name)
        await work.session.flush()


async def workers(work: UnitOfWork) -> list[tuple[str, str]]:
    """Id and name of the company's active people who may work on recovery cases."""
    rows = await work.session.execute(
        select(Membership.id, Membership.display_name, Membership.roles)
        .where(Membership.client_id.is_(None), Membership.state == ACTIVE)
        .order_by(Membership.display_name, Membership.id)
    )
    return [(str(row.id), row.display_name) for row in rows if _may_work(work, row.roles)]


async def add_person(work: UnitOfWork, case: RecoveryCase, membership_id: UUID | None) -> str:
    """Put an active member on the locked case, or back; the name.

    Raises:
        PersonUnknown, PersonNotAdmitted
    """
    member = await work.session.scalar(
        select(Membership).where(
            Membership.id == membership_id, Membership.client_id.is_(None), Membership.state == ACTIVE
        )
    )
    if member is None or not _may_work(work, member.roles):
        raise PersonUnknown(fields={"membership_id": PersonUnknown.text})
    today = platform_day(work.now)
    if member.id in await not_admitted(work.session, case.client_id, today, [member.id]):
        raise PersonNotAdmitted
    values = {"name": member.display_name, "joined_at": work.now, "joined_by_name": work.actor.display_name}
    await work.session.execute(
        insert(RecoveryPerson)
        .values(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=case.client_id,
            case_id=case.id,
            membership_id=member.id,
            left_at=None,
            **values,
        )
        .on_conflict_do_update(
            index_elements=["tenant_id", "case_id", "membership_id"],
            set_={"left_at": None, **values},
            where=RecoveryPerson.left_at.is_not(None),
        )
    )
    return present(member.display_name, "a member has a name")


def _may_work(work: UnitOfWork, roles: list[str]) -> bool:
    kind = kind_of_member(work.tenant_id, None)
    return RecoveryPermission.RECOVERY_CASE_WORK in permissions_of(kind, sorted(roles))
