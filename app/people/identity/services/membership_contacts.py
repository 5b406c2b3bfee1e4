"""An account's changed e-mail or mobile, copied to its memberships."""

from typing import Any
from uuid import UUID

from sqlalchemy import update

from app.people.identity.models import Membership
from app.people.identity.repository import AccountRepository
from app.people.identity.sessions import SignInStore
from app.platform.kernel.actor import Actor
from app.platform.kernel.unit_of_work import UnitOfWorkFactory


async def update_membership_contacts(
    units_of_work: UnitOfWorkFactory,
    store: SignInStore,
    account_id: UUID,
    shown: Any,
    *,
    before: str | None,
    now: str | None,
) -> None:
    """`shown` is the membership's column: it changes where it showed what the account had before."""
    async with store.sessions() as session:
        memberships = await AccountRepository(session).memberships(account_id)
    for tenant_id in {each.tenant_id for each in memberships}:
        async with units_of_work.begin(Actor.system(tenant_id)) as work:
            await work.session.execute(
                update(Membership)
                .where(Membership.account_id == account_id, shown == (before or ""))
                .values({shown: now or ""})
            )
