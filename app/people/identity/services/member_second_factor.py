"""Resetting a colleague's lost second factor, by an administrator of the company."""

from uuid import UUID

from app.people.identity.authentication import kind_of_member
from app.people.identity.dependencies import IdentityDependencies
from app.people.identity.errors import SecondFactorOfOthers
from app.people.identity.repository import AccountRepository, MemberRepository
from app.people.identity.role_granting import require_grantable
from app.people.identity.services.second_factor import SecondFactors
from app.platform.kernel.errors import Forbidden, NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from rbac.roles import load_available_roles


class MemberSecondFactors:
    """For administrators, within their own company."""

    def __init__(self, work: UnitOfWork, factors: SecondFactors, dependencies: IdentityDependencies) -> None:
        self._work = work
        self._factors = factors
        self._dependencies = dependencies

    async def reset(self, membership_id: UUID) -> None:
        """
        Raises:
            NotFound: no such person in this company.
            Forbidden: one's own; that takes password and code.
            RoleBeyondOwn: the person may do more than the actor.
            SecondFactorOfOthers: the account belongs to other companies too.
            SecondFactorMissing: there is none.
        """
        work = self._work
        work.actor.require(Permission.MEMBER_WRITE)
        work.require_writable()
        row = await MemberRepository(work.session).member(membership_id)
        if row is None:
            raise NotFound
        if row.account_id == work.actor.account_id:
            raise Forbidden
        require_grantable(
            work.actor, kind_of_member(row.tenant_id, row.client_id), row.roles, await load_available_roles(work)
        )
        async with self._dependencies.store.sessions() as session:
            accounts = AccountRepository(session)
            account = await accounts.get(row.account_id)
            companies = {each.tenant_id for each in await accounts.memberships(row.account_id)}
        if account is None:
            raise NotFound
        if companies - {work.tenant_id}:
            raise SecondFactorOfOthers
        await self._factors.reset(account, work.origin)
        work.audit("member.second_factor_reset", "membership", row.id)
