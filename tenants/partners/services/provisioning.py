"""Provisioning the tenant of an approved application. Every step is idempotent, so that it resumes after a crash."""

from dataclasses import replace
from typing import Protocol

from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.errors import NotFound
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory
from tenants.models import Tenant, TenantProfile
from tenants.partners.events import ApplicationApproved, PartnerProvisioned
from tenants.partners.lifecycle import FIRST_STEPS, PARTNER, PartnerState, TransitionKind
from tenants.partners.models import Partner, PartnerApplication
from tenants.partners.repository import PartnerRepository
from tenants.partners.services.records import record_step, tell_authorisations


class InviteOwner(Protocol):
    """Invites the first owner of a tenant by e-mail, in the language of `work.actor`."""

    async def __call__(self, work: UnitOfWork, *, email: str, name: str) -> None: ...


async def provision_partner(
    units_of_work: UnitOfWorkFactory, event: ApplicationApproved, invite_owner: InviteOwner
) -> None:
    """Make the tenant of an approved application: row, profile, owner's invitation, listing.

    Three transactions, because they belong to two tenants. The tenant's profile is the mark that its own part is done;
    leaving the state `approved` is the last step.

    Raises:
        NotFound: the event names an application or partner that headquarters does not have.
    """
    async with units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        application, partner = await _approved(work, event)
        await work.session.execute(
            insert(Tenant)
            .values(
                id=partner.id,
                kind="partner",
                slug=partner.slug,
                name=partner.name,
                state=event.begin_as,
                created_at=work.now,
                version=1,
            )
            .on_conflict_do_nothing(index_elements=[Tenant.id])
        )
    async with units_of_work.begin(replace(Actor.system(event.partner_id), language=application.language)) as work:
        await _set_up_tenant(work, application, partner, invite_owner)
    async with units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        await _list(work, event)


async def _approved(work: UnitOfWork, event: ApplicationApproved) -> tuple[PartnerApplication, Partner]:
    records = PartnerRepository(work.session)
    application = await records.application(event.application_id)
    partner = await records.partner(event.partner_id)
    if application is None or partner is None or application.partner_tenant_id != partner.id:
        raise NotFound
    return application, partner


async def _set_up_tenant(
    work: UnitOfWork, application: PartnerApplication, partner: Partner, invite_owner: InviteOwner
) -> None:
    """The tenant's own part, in one transaction: whoever writes the profile also invites and announces."""
    first = await work.session.scalar(
        insert(TenantProfile)
        .values(
            tenant_id=partner.id,
            id=partner.id,
            name=partner.name,
            slug=partner.slug,
            hotline=partner.hotline,
            city_code=partner.city_code,
            time_zone=PLATFORM_ZONE.key,
            auto_close_days=3,
        )
        .on_conflict_do_nothing()
        .returning(TenantProfile.id)
    )
    if first is None:
        return
    await invite_owner(work, email=application.email, name=application.contact_name)
    work.publish(PartnerProvisioned(partner_id=partner.id))
    work.audit("partner.provisioned", "tenant", partner.id)


async def _list(work: UnitOfWork, event: ApplicationApproved) -> None:
    partner = await PartnerRepository(work.session).partner(event.partner_id, lock=True)
    if partner is None:
        raise NotFound
    if partner.state != PartnerState.APPROVED:
        return
    after = PARTNER.after(FIRST_STEPS[event.begin_as], partner.state)
    record_step(work, partner.id, TransitionKind.STATE, before=partner.state, after=after, reason="")
    partner.state = after
    partner.authorised_at = work.now
    partner.version += 1
    authorised = (await PartnerRepository(work.session).authorisations([partner.id]))[partner.id]
    await tell_authorisations(work, partner.id, authorised)
