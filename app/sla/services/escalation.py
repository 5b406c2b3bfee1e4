"""Whom each level's escalations reach (S4)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, insert, select

from app.identity import Membership
from app.kernel.errors import NotFound
from app.kernel.work import UnitOfWork
from app.sla import models, schemas
from rbac import Permission

LEVELS = (1, 2, 3)


class EscalationContacts:
    """The tenant's own people by level. Reading and writing take `calendar:write`."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def list(self) -> list[schemas.EscalationLevel]:
        """All three levels.

        Raises:
            Forbidden: without `calendar:write`.
        """
        self._work.actor.require(Permission.CALENDAR_WRITE)
        contact = models.EscalationContact
        rows = (
            await self._work.session.execute(
                select(contact.level, contact.membership_id, Membership.display_name)
                .join(Membership, Membership.id == contact.membership_id)
                .order_by(Membership.display_name)
            )
        ).all()
        return [
            schemas.EscalationLevel(
                level, [schemas.EscalationContact(row[1], row[2]) for row in rows if row[0] == level]
            )
            for level in LEVELS
        ]

    async def candidates(self) -> Sequence[schemas.EscalationContact]:
        """The company's own active people.

        Raises:
            Forbidden: without `calendar:write`.
        """
        self._work.actor.require(Permission.CALENDAR_WRITE)
        rows = await self._work.session.execute(
            select(Membership.id, Membership.display_name)
            .where(Membership.client_id.is_(None), Membership.state == "active")
            .order_by(Membership.display_name)
        )
        return [schemas.EscalationContact(row[0], row[1]) for row in rows]

    async def write(self, level: int, membership_ids: Sequence[UUID]) -> Sequence[schemas.EscalationLevel]:
        """Have the level reach exactly these people; nobody means: by roles.

        Raises:
            Forbidden: without `calendar:write`.
            NotFound: no such level, or somebody who is not an active member of this company.
        """
        known = {each.membership_id for each in await self.candidates()}
        wanted = list(dict.fromkeys(membership_ids))
        if level not in LEVELS or not known.issuperset(wanted):
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
        work.audit("sla.escalation_contacts_changed", "escalation_contact", None, level=level, members=wanted)
        return await self.list()
