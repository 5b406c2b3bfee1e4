"""What this area does when something has been told."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import delete

from app.background import Consumers
from app.identity import DeliveryQueue, IdentityParts, InvitationCreate, Invitations
from app.kernel.runtime import Runtime
from app.kernel.work import UnitOfWork
from tenants.partners.events import ApplicationApproved
from tenants.partners.models import VerificationCode
from tenants.partners.services.provisioning import provision_partner

OWNER_ROLE = "partner_owner"
CODES_KEPT: Final = timedelta(days=1)
"""How long a code stays after it expired, used or not."""

consumers = Consumers()


@consumers.on(ApplicationApproved.topic, name="partners.provision")
async def provision(runtime: Runtime, _tenant_id: UUID, _event_id: UUID, payload: dict[str, Any]) -> None:
    """An approved company gets its tenant, and its contact the owner's invitation."""
    parts = IdentityParts.of(runtime, DeliveryQueue())

    async def invite_owner(work: UnitOfWork, *, email: str, name: str) -> None:
        await Invitations(work, parts).invite(InvitationCreate(email, name, [OWNER_ROLE]))

    await provision_partner(runtime.works, msgspec.convert(payload, ApplicationApproved), invite_owner)


async def forget_old_codes(work: UnitOfWork) -> None:
    """Remove verification codes that nobody can use any more, and with them the addresses of who never applied."""
    await work.session.execute(delete(VerificationCode).where(VerificationCode.expires_at < work.now - CODES_KEPT))
