"""Members as people to tell. The tenant's own scope reads them (the platform and staff)."""

from collections.abc import Collection, Iterable
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.identity.authentication import ACTIVE
from app.identity.models import Membership
from app.kernel.work import UnitOfWork
from app.notifications import MembershipAddress


class Recipient(msgspec.Struct, frozen=True):
    """An active member with the roles that decide what concerns them."""

    address: MembershipAddress
    roles: frozenset[str]


async def recipients(work: UnitOfWork, client_id: UUID | None = None) -> list[Recipient]:
    """The company's own active people, or those of one client."""
    ours = Membership.client_id.is_(None) if client_id is None else Membership.client_id == client_id
    rows = await work.session.execute(
        select(Membership.id, Membership.client_id, Membership.email, Membership.roles)
        .where(Membership.state == ACTIVE, ours)
        .order_by(Membership.id)
    )
    return [
        Recipient(MembershipAddress(membership_id=row[0], client_id=row[1], email=row[2]), frozenset(row[3]))
        for row in rows
    ]


def in_roles(people: Iterable[Recipient], roles: Collection[str]) -> list[MembershipAddress]:
    """Those who have one of `roles`."""
    return [person.address for person in people if not person.roles.isdisjoint(roles)]
