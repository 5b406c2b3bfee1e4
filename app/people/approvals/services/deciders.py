"""Who else may decide, where nobody decides about the own work."""

from app.people.identity import kind_of_member, read_recipients
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import permissions_of


async def others_may_decide(work: UnitOfWork, permission: str) -> bool:
    """Whether another active member of the company has this permission."""
    kind = kind_of_member(work.tenant_id, None)
    return any(
        person.address.membership_id != work.actor.membership_id
        and permission in permissions_of(kind, sorted(person.roles))
        for person in await read_recipients(work)
    )
