"""A partner with three owners, and requests that wait for one of them."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.people.approvals import ApprovalRequest, Limits, Requester, request_approval
from app.people.approvals.models import Approval
from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tenants.access_grants.consent import ACCESS_CONSENT
from tenants.access_grants.models import AccessGrant
from tests.conftest import START
from tests.factories.network import Network, PartnerCompany


@dataclass
class Office:
    """The records are requests of headquarters for access, the first that are approved."""

    units_of_work: UnitOfWorkFactory
    partner: PartnerCompany
    manager: Actor
    """Asks."""
    deciders: tuple[Actor, Actor, Actor]

    async def ask(self, **wanted: Any) -> UUID:
        """A record about which is asked; its id."""
        async with self.units_of_work.begin(self.partner.system) as work:
            grant = AccessGrant(
                tenant_id=self.partner.id,
                id=new_id(),
                partner_id=self.partner.id,
                partner_name=self.partner.name,
                requested_by=new_id(),
                requested_by_name="总部质量专员",
                reason="核实投诉",
                record_kinds=["ticket"],
                hours=24,
                emergency=False,
                state="requested",
                requested_at=work.now,
                expires_at=work.now + timedelta(days=7),
            )
            work.session.add(grant)
            await work.session.flush()
            request = ApprovalRequest(
                subject_id=grant.id,
                title="%(person)s 请您决定",
                parameters={"person": self.manager.display_name},
                expires_at=wanted.pop("expires_at", work.now + timedelta(days=7)),
                requester=Requester(self.manager.membership_id, self.manager.account_id, self.manager.display_name),
                **wanted,
            )
            await request_approval(work, ACCESS_CONSENT, request)
            return grant.id

    async def change(self, grant_id: UUID, reason: str) -> None:
        """The record becomes another, by somebody who does not know of approvals."""
        async with self.units_of_work.begin(self.partner.system) as work:
            grant = await work.session.get_one(AccessGrant, (self.partner.id, grant_id), with_for_update=True)
            grant.reason = reason

    async def approval(self, grant_id: UUID) -> Approval:
        async with self.units_of_work.begin(self.partner.system) as work:
            return (await work.session.scalars(select(Approval).where(Approval.subject_id == grant_id))).one()

    async def state_of_record(self, grant_id: UUID) -> str:
        async with self.units_of_work.begin(self.partner.system) as work:
            return (await work.session.get_one(AccessGrant, (self.partner.id, grant_id))).state


SECOND_ABOVE = Limits(by_role={"partner_owner": None}, second_above=50_000)


@pytest.fixture
async def office(runtime: Runtime, network: Network, clock: SettableClock) -> Office:
    clock.set(START)
    partner = await network.partner()
    others = [await network.member(partner.id, name, ["partner_owner"]) for name in ("李总", "王总", "赵经理")]
    manager = replace(others[2], display_name="赵经理")
    return Office(runtime.units_of_work, partner, manager, (partner.owner, others[0], others[1]))
