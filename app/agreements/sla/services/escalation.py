"""Whom each level's escalations reach (S4)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select

from app.agreements.sla import models, schemas
from app.people.identity import Membership, Recipient, in_roles, read_recipients
from app.platform.kernel.columns import columns_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.performance import PreparedStatement
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import MemberRecipient
from rbac import Permission

ESCALATION_LEVELS = (1, 2, 3)

ROLES_OF_LEVEL: Mapping[int, tuple[str, ...]] = {
    1: ("dispatcher", "team_leader"),
    2: ("service_manager",),
    3: ("partner_owner",),
}
"""Whom a level without contacts reaches: technical or project manager, delivery manager, general manager."""


_CONTACTS = PreparedStatement(
    select(models.EscalationContact.level, models.EscalationContact.membership_id).where(
        models.EscalationContact.tenant_id == bindparam("tenant_id")
    )
)


class EscalationContactService:
    """The tenant's own people by level. Reading and writing take `service_level:write`."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def list(self) -> list[schemas.EscalationLevelView]:
        """All three levels.

        Raises:
            Forbidden: without `service_level:write`.
        """
        self._work.actor.require(Permission.SERVICE_LEVEL_WRITE)
        contact = models.EscalationContact
        rows = (
            await self._work.session.execute(
                select(contact.level, *columns_of(schemas.EscalationContactView, contact, name=Membership.display_name))
                .join(Membership, Membership.id == contact.membership_id)
                .order_by(Membership.display_name)
            )
        ).all()
        return [
            schemas.EscalationLevelView(
                level, [schemas.EscalationContactView(*view) for at, *view in rows if at == level]
            )
            for level in ESCALATION_LEVELS
        ]

    async def candidates(self) -> Sequence[schemas.EscalationContactView]:
        """The company's own active people.

        Raises:
            Forbidden: without `service_level:write`.
        """
        self._work.actor.require(Permission.SERVICE_LEVEL_WRITE)
        rows = await self._work.session.execute(
            select(
                *columns_of(schemas.EscalationContactView, membership_id=Membership.id, name=Membership.display_name)
            )
            .where(Membership.client_id.is_(None), Membership.state == "active")
            .order_by(Membership.display_name)
        )
        return [schemas.EscalationContactView(*row) for row in rows]

    async def write(self, level: int, membership_ids: Sequence[UUID]) -> Sequence[schemas.EscalationLevelView]:
        """Have the level reach exactly these people; nobody means: by roles.

        Raises:
            Forbidden: without `service_level:write`.
            NotFound: no such level, or somebody who is not an active member of this company.
        """
        known = {each.membership_id for each in await self.candidates()}
        wanted = list(dict.fromkeys(membership_ids))
        if level not in ESCALATION_LEVELS or not known.issuperset(wanted):
            raise NotFound
        work, contact = self._work, models.EscalationContact
        await work.session.execute(delete(contact).where(contact.level == level))
        if wanted:
            await work.session.execute(
                insert(contact).values(
                    [
                        {"tenant_id": work.tenant_id, "id": work.new_id(), "level": level, "membership_id": each}
                        for each in wanted
                    ]
                )
            )
        work.audit("escalation_contact.changed", "escalation_contact", None, level=level, members=wanted)
        return await self.list()


async def people_of_level(work: UnitOfWork, level: int) -> list[MemberRecipient]:
    """Whom `level` reaches now: its contacts, else its roles; a level without anybody passes it on to the next one.

    Runs in the tenant's own scope.
    """
    people = await read_recipients(work)
    named = await _CONTACTS.all(work.session, tenant_id=work.tenant_id)
    for each in ESCALATION_LEVELS[ESCALATION_LEVELS.index(level) :]:
        contacts = {member for of_level, member in named if of_level == each}
        found = _named(people, contacts) or in_roles(people, ROLES_OF_LEVEL[each])
        if found:
            return found
    return []


def _named(people: Sequence[Recipient], members: set[UUID]) -> list[MemberRecipient]:
    return [person.address for person in people if person.address.membership_id in members]
