"""What this area does when something has been told."""

from typing import Any
from uuid import UUID

import msgspec

from app.background import Consumers
from app.identity import DeliveryQueue, IdentityParts, InvitationCreate, Invitations
from app.kernel.runtime import Runtime
from app.kernel.work import UnitOfWork
from tenants.partners.events import ApplicationApproved
from tenants.partners.services.provisioning import provision_partner

OWNER_ROLE = "partner_owner"

consumers = Consumers()


@consumers.on(ApplicationApproved.topic, name="partners.provision")
async def provision(runtime: Runtime, _tenant_id: UUID, _event_id: UUID, payload: dict[str, Any]) -> None:
    """An approved company gets its tenant, and its contact the owner's invitation."""
    parts = IdentityParts.of(runtime, DeliveryQueue())

    async def invite_owner(work: UnitOfWork, *, email: str, name: str) -> None:
        await Invitations(work, parts).invite(InvitationCreate(email, name, [OWNER_ROLE]))

    await provision_partner(runtime.works, msgspec.convert(payload, ApplicationApproved), invite_owner)
