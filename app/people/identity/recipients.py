"""Members as recipients of notices. Read in the tenant's own scope (the platform and staff)."""

from collections.abc import Collection, Iterable
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select

from app.people.identity.authentication import ACTIVE
from app.people.identity.models import Membership
from app.platform.kernel.performance import PreparedStatement
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import MemberRecipient


class Recipient(msgspec.Struct, frozen=True):
    """An active member with the roles that decide what concerns them."""

    address: MemberRecipient
    roles: frozenset[str]


_MEMBERS: Final = (
    select(Membership.id, Membership.client_id, Membership.email, Membership.roles)
    .where(Membership.tenant_id == bindparam("tenant_id"), Membership.state == bindparam("state"))
    .order_by(Membership.id)
)
_OF_COMPANY: Final = PreparedStatement(_MEMBERS.where(Membership.client_id.is_(None)))
_OF_CLIENT: Final = PreparedStatement(_MEMBERS.where(Membership.client_id == bindparam("client_id")))


async def read_recipients(work: UnitOfWork, client_id: UUID | None = None) -> list[Recipient]:
    """The company's own active people, or those of one client."""
    statement = _OF_COMPANY if client_id is None else _OF_CLIENT
    rows = await statement.all(work.session, tenant_id=work.tenant_id, client_id=client_id, state=ACTIVE)
    return [
        Recipient(
            MemberRecipient(membership_id=row[0], client_id=row[1], email=row[2]),
            frozenset(row[3]),
        )
        for row in rows
    ]


def in_roles(people: Iterable[Recipient], roles: Collection[str]) -> list[MemberRecipient]:
    """Those who have one of `roles`."""
    return [person.address for person in people if not person.roles.isdisjoint(roles)]
