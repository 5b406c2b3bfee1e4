"""Consumers of partners' events, and the daily clean-up."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import delete

from app.background import Consumers
from app.background.scheduled import ZONE
from app.identity import (
    RECORDS_PAGE,
    DeliveryQueue,
    IdentityParts,
    InvitationCreate,
    Invitations,
    in_roles,
    recipients,
)
from app.kernel.actor import HQ_TENANT_ID, Actor
from app.kernel.errors import NotFound
from app.kernel.runtime import Runtime
from app.kernel.work import UnitOfWork
from app.notifications import send
from tenants.partners.events import ApplicationApproved, ListingChanged, PartnerStateChanged, ProfileChanged
from tenants.partners.letters import standing_letter
from tenants.partners.lifecycle import PartnerState, TransitionKind
from tenants.partners.models import VerificationCode
from tenants.partners.repository import PartnerRepository
from tenants.partners.services.company_profile import list_as_profile_says, tell_as_listing_says
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


@consumers.on(ProfileChanged.topic, name="partners.list_as_profile_says")
async def list_profile(runtime: Runtime, tenant_id: UUID, _event_id: UUID, _payload: dict[str, Any]) -> None:
    """Headquarters' listing follows what a partner's owner changed. Doing it again changes nothing."""
    await list_as_profile_says(runtime.works, tenant_id)


@consumers.on(ListingChanged.topic, name="partners.tell_as_listing_says")
async def tell_listing(runtime: Runtime, _tenant_id: UUID, _event_id: UUID, payload: dict[str, Any]) -> None:
    """The partner's profile follows what headquarters changed. Doing it again changes nothing."""
    await tell_as_listing_says(runtime.works, msgspec.convert(payload, ListingChanged).partner_id)


@consumers.on(PartnerStateChanged.topic, name="partners.tell_owners")
async def tell_owners(runtime: Runtime, _tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Notify a partner's owners of a decision and its reason; once, by the message's reference."""
    event = msgspec.convert(payload, PartnerStateChanged)
    async with runtime.works.begin(Actor.system(HQ_TENANT_ID)) as work:
        records = PartnerRepository(work.session)
        partner, history = await records.partner(event.partner_id), await records.history(event.partner_id)
        erase_after = await records.erase_after(event.partner_id)
    if partner is None:
        raise NotFound
    reasons = [line.reason for line in history if line.kind == TransitionKind.STATE and line.after == event.state]
    terminated = event.state == PartnerState.TERMINATED
    async with runtime.works.begin(Actor.system(event.partner_id)) as work:
        for owner in in_roles(await recipients(work), [OWNER_ROLE]):
            if owner.email:
                letter = standing_letter(
                    owner.email,
                    owner.language,
                    step=event.step,
                    company=partner.name,
                    reason=reasons[-1],
                    until=erase_after.astimezone(ZONE).date().isoformat() if erase_after else "",
                    link=runtime.settings.public_url.rstrip("/") + (RECORDS_PAGE if terminated else "/workspace"),
                    reference=f"standing:{event_id}",
                )
                await send(work, letter)


async def forget_old_codes(work: UnitOfWork) -> None:
    """Remove verification codes that nobody can use any more, and with them the addresses of who never applied."""
    await work.session.execute(delete(VerificationCode).where(VerificationCode.expires_at < work.now - CODES_KEPT))
