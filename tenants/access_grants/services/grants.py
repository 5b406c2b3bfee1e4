"""Asking for access, answering, ending: each side moves its own row and tells the other (N8)."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, tuple_

from app.assets.clients.models import Client
from app.people.approvals import Verdict, decide
from app.platform.background.mirrors import MirrorSide
from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.errors import Forbidden, Invalid, NotFound, StaleVersion
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.access_grants.consent import ACCESS_CONSENT, ConsentTerms, locked_grant, move_grant
from tenants.access_grants.errors import GrantMoveRefused
from tenants.access_grants.lifecycle import ACCESS_GRANT, GrantMove, GrantState, Side
from tenants.access_grants.models import ACCESS_GRANTS, AccessGrant
from tenants.access_grants.schemas import AccessAnswer, AccessConsent, AccessGrantCreate, AccessGrantView, PartnerChoice
from tenants.models import WORKING_STATES, Tenant

ANSWERED_WITHIN: Final = timedelta(days=7)
"""After this time an unanswered request expires."""


class AccessGrants:
    """The grants of the actor's own tenant: of all partners at headquarters, the partner's own otherwise."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    @property
    def side(self) -> Side:
        return Side.HEADQUARTERS if self._work.tenant_id == HQ_TENANT_ID else Side.PARTNER

    async def newest(self, *, before: tuple[datetime, UUID] | None = None, limit: int = 50) -> list[AccessGrantView]:
        """Newest first.

        Raises:
            Forbidden: without `access_grant:read`.
        """
        self._work.actor.require(Permission.ACCESS_GRANT_READ)
        statement = select(AccessGrant).order_by(AccessGrant.requested_at.desc(), AccessGrant.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(tuple_(AccessGrant.requested_at, AccessGrant.id) < tuple_(*before))
        return [AccessGrantView.of(row) for row in await self._work.session.scalars(statement)]

    async def show(self, grant_id: UUID) -> AccessGrantView:
        """
        Raises:
            NotFound: not this tenant's.
        """
        self._work.actor.require(Permission.ACCESS_GRANT_READ)
        row = await self._work.session.scalar(select(AccessGrant).where(AccessGrant.id == grant_id))
        if row is None:
            raise NotFound
        return AccessGrantView.of(row)

    async def partners(self) -> list[PartnerChoice]:
        """Whom headquarters may ask, by name.

        Raises:
            Forbidden: without `access_grant:read`.
        """
        self._work.actor.require(Permission.ACCESS_GRANT_READ)
        rows = await self._work.session.execute(
            select(Tenant.id, Tenant.name)
            .where(Tenant.kind == "partner", Tenant.state.in_(WORKING_STATES))
            .order_by(Tenant.name, Tenant.id)
        )
        return [PartnerChoice(*row) for row in rows]

    async def ask(self, wanted: AccessGrantCreate) -> AccessGrantView:
        """Headquarters asks; in an emergency the grant is open as soon as it stands in the partner's own log.

        Raises:
            Forbidden: not headquarters, or an emergency without `access_grant:override`.
            Invalid: no such partner that is working.
        """
        work, actor = self._work, self._work.actor
        actor.require(Permission.ACCESS_GRANT_OVERRIDE if wanted.emergency else Permission.ACCESS_GRANT_REQUEST)
        if self.side is not Side.HEADQUARTERS or actor.membership_id is None:
            raise Forbidden
        partner_name = await work.session.scalar(
            select(Tenant.name).where(
                Tenant.id == wanted.partner_id, Tenant.kind == "partner", Tenant.state.in_(WORKING_STATES)
            )
        )
        if partner_name is None:
            raise Invalid(fields={"partner_id": N_("没有这家服务商，或已停止服务。")})
        state = GrantState.OPEN if wanted.emergency else GrantState.REQUESTED
        lasts = timedelta(hours=wanted.hours) if wanted.emergency else ANSWERED_WITHIN
        row = AccessGrant(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            partner_id=wanted.partner_id,
            partner_name=partner_name,
            requested_by=actor.membership_id,
            requested_by_account=actor.account_id,
            requested_by_name=actor.display_name,
            reason=wanted.reason.strip(),
            record_kinds=sorted({str(kind) for kind in wanted.record_kinds}),
            hours=wanted.hours,
            emergency=wanted.emergency,
            state=state,
            requested_at=work.now,
            expires_at=work.now + lasts,
            decided_by_name="",
            decision="",
            state_revision=1,
            settled_by=MirrorSide.OWNER,
            owner_revision=0,
            other_revision=0,
        )
        work.session.add(row)
        work.schedule(DueKind.ACCESS_EXPIRY, row.id, row.expires_at)
        ACCESS_GRANTS.publish(work, row)
        work.audit(
            "access_grant.overridden" if wanted.emergency else "access_grant.requested",
            "access_grant",
            row.id,
            partner_id=row.partner_id,
            kinds=row.record_kinds,
            hours=row.hours,
        )
        return AccessGrantView.of(row)

    async def consent(self, grant_id: UUID, given: AccessConsent) -> AccessGrantView:
        """The partner's owner says yes, for no longer than asked, and for one client if it names one.

        Raises:
            NotFound, StaleVersion, GrantMoveRefused.
            Invalid: more hours than asked for, or somebody else's client.
        """
        row = await self._movable(grant_id, given.version, GrantMove.CONSENT)
        if given.hours > row.hours:
            raise Invalid(fields={"hours": N_("不能超过对方申请的时长。")})
        if given.client_id is not None and not await self._work.session.scalar(
            select(Client.id).where(Client.id == given.client_id)
        ):
            raise Invalid(fields={"client_id": N_("没有这家客户。")})
        terms = ConsentTerms(given.hours, given.client_id)
        await decide(self._work, ACCESS_CONSENT, grant_id, Verdict.APPROVE, terms=terms)
        return AccessGrantView.of(row)

    async def decline(self, grant_id: UUID, given: AccessAnswer) -> AccessGrantView:
        """The partner's owner says no. Raises as `consent`."""
        row = await self._movable(grant_id, given.version, GrantMove.DECLINE)
        await decide(self._work, ACCESS_CONSENT, grant_id, Verdict.DECLINE, reason=given.reason)
        return AccessGrantView.of(row)

    async def end(self, grant_id: UUID, given: AccessAnswer) -> AccessGrantView:
        """The partner takes it back; headquarters withdraws its request, or needs the access no longer. Raises as
        `consent`."""
        move = GrantMove.REVOKE
        if self.side is Side.HEADQUARTERS:
            shown = await self.show(grant_id)
            move = GrantMove.WITHDRAW if shown.state == GrantState.REQUESTED else GrantMove.CLOSE
        row = await self._movable(grant_id, given.version, move)
        move_grant(self._work, row, move, given.reason.strip())
        return AccessGrantView.of(row)

    async def _movable(self, grant_id: UUID, version: int, move: GrantMove) -> AccessGrant:
        work = self._work
        work.actor.require(
            Permission.ACCESS_GRANT_DECIDE if self.side is Side.PARTNER else Permission.ACCESS_GRANT_REQUEST
        )
        work.require_writable()
        row = await locked_grant(work, grant_id)
        if row is None:
            raise NotFound
        if row.state_revision != version:
            raise StaleVersion
        if not ACCESS_GRANT.allows(move, row.state, self.side) or row.expires_at <= work.now:
            raise GrantMoveRefused
        return row


async def open_grants(work: UnitOfWork) -> list[AccessGrantView]:
    """What is open at this moment: for the banner, which every member of the staff may see."""
    rows = await work.session.scalars(
        select(AccessGrant)
        .where(AccessGrant.state == GrantState.OPEN, AccessGrant.expires_at > work.now)
        .order_by(AccessGrant.expires_at, AccessGrant.id)
    )
    return [AccessGrantView.of(row) for row in rows]
