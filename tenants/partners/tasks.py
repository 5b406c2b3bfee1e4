"""Consumers of partners' events, and the daily clean-up."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import delete

from app.people.identity import (
    RECORDS_PAGE,
    DeliveryQueue,
    IdentityDependencies,
    InvitationCreate,
    Invitations,
    in_roles,
    read_recipients,
)
from app.platform.background import Consumers, DailyJob
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.errors import NotFound
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import send
from tenants.partners.events import ApplicationApproved, ListingChanged, PartnerStateChanged, ProfileChanged
from tenants.partners.lifecycle import PartnerState, TransitionKind
from tenants.partners.messages import step_message
from tenants.partners.models import VerificationCode
from tenants.partners.repository import PartnerRepository
from tenants.partners.services.company_profile import copy_listing_to_profile, copy_profile_to_listing
from tenants.partners.services.provisioning import provision_partner

OWNER_ROLE = "partner_owner"
CODE_RETENTION: Final = timedelta(days=1)
"""How long a code stays after it expired, used or not."""

consumers = Consumers()


@consumers.on(ApplicationApproved.topic, name="partners.provision")
async def provision(runtime: Runtime, _tenant_id: UUID, _event_id: UUID, payload: dict[str, Any]) -> None:
    """An approved company gets its tenant, and its contact the owner's invitation."""
    dependencies = IdentityDependencies.of(runtime, DeliveryQueue())

    async def invite_owner(work: UnitOfWork, *, email: str, name: str) -> None:
        await Invitations(work, dependencies).invite(InvitationCreate(email, name, [OWNER_ROLE]))

    await provision_partner(runtime.units_of_work, msgspec.convert(payload, ApplicationApproved), invite_owner)


@consumers.on(ProfileChanged.topic, name="partners.copy_profile_to_listing")
async def update_listing(runtime: Runtime, tenant_id: UUID, _event_id: UUID, _payload: dict[str, Any]) -> None:
    """Headquarters' listing follows what a partner's owner changed. Doing it again changes nothing."""
    await copy_profile_to_listing(runtime.units_of_work, tenant_id)


@consumers.on(ListingChanged.topic, name="partners.copy_listing_to_profile")
async def update_profile(runtime: Runtime, _tenant_id: UUID, _event_id: UUID, payload: dict[str, Any]) -> None:
    """The partner's profile follows what headquarters changed. Doing it again changes nothing."""
    await copy_listing_to_profile(runtime.units_of_work, msgspec.convert(payload, ListingChanged).partner_id)


@consumers.on(PartnerStateChanged.topic, name="partners.notify_owners")
async def notify_owners(runtime: Runtime, _tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Notify a partner's owners of a decision and its reason; once, by the message's reference."""
    event = msgspec.convert(payload, PartnerStateChanged)
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        records = PartnerRepository(work.session)
        partner, history = await records.partner(event.partner_id), await records.history(event.partner_id)
        erase_after = await records.erase_after(event.partner_id)
    if partner is None:
        raise NotFound
    reasons = [line.reason for line in history if line.kind == TransitionKind.STATE and line.after == event.state]
    terminated = event.state == PartnerState.TERMINATED
    async with runtime.units_of_work.begin(Actor.system(event.partner_id)) as work:
        for owner in in_roles(await read_recipients(work), [OWNER_ROLE]):
            if owner.email:
                letter = step_message(
                    owner.email,
                    owner.language,
                    step=event.step,
                    company=partner.name,
                    reason=reasons[-1],
                    until=platform_day(erase_after).isoformat() if erase_after else "",
                    link=runtime.settings.public_url.rstrip("/") + (RECORDS_PAGE if terminated else "/workspace"),
                    reference=f"standing:{event_id}",
                )
                await send(work, letter)


async def remove_expired_codes(work: UnitOfWork) -> None:
    """Remove verification codes that nobody can use any more, and with them the addresses of who never applied."""
    await work.session.execute(delete(VerificationCode).where(VerificationCode.expires_at < work.now - CODE_RETENTION))


def daily_jobs(_: Runtime) -> tuple[DailyJob, ...]:
    """What runs once a day."""
    return (DailyJob("partners.remove_expired_codes", 3, remove_expired_codes, headquarters_only=True),)
