"""Headquarters decides who joins: the queue, the checks, yes or no (N2)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import DomainError, Invalid, NotFound, StaleVersion
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import send
from rbac import Permission
from tenants.partners.application_rules import (
    LONGEST_REASON,
    free_text,
    known_categories,
    known_cities,
    required_reason,
)
from tenants.partners.credit_code import normalise_credit_code
from tenants.partners.errors import CreditCodeTaken, SlugTaken
from tenants.partners.events import ApplicationApproved
from tenants.partners.lifecycle import APPLICATION, FIRST_STEPS, ApplicationStep, PartnerState, TransitionKind
from tenants.partners.messages import approved_message, rejected_message
from tenants.partners.models import Partner, PartnerApplication
from tenants.partners.repository import PartnerRepository
from tenants.partners.schemas import (
    ApplicationApproval,
    ApplicationDetail,
    ApplicationRejection,
    ApplicationSummary,
    Resemblance,
    ServingPartner,
)
from tenants.partners.services.records import (
    checked_star_level,
    city_name,
    record_step,
    set_authorisations,
    set_territory,
    transition_line,
)
from tenants.partners.slugs import normalise_slug

_COMPARED_FIELDS = ("credit_code", "slug", "email")


class Vetting:
    """The reviewer's side of applications. `join_address` is where a rejected company may apply again."""

    def __init__(self, work: UnitOfWork, join_address: str) -> None:
        self._work = work
        self._join_address = join_address
        self._records = PartnerRepository(work.session)

    async def waiting(self, limit: int) -> list[ApplicationSummary]:
        """Those that nobody has decided, the oldest first."""
        self._work.actor.require(Permission.APPLICATION_READ)
        return await summaries_of(self._work, await self._records.waiting_applications(limit))

    async def application(self, application_id: UUID) -> ApplicationDetail:
        """One application with everything that it is decided by.

        Raises:
            NotFound
        """
        self._work.actor.require(Permission.APPLICATION_READ)
        found = await self._records.application(application_id)
        if found is None:
            raise NotFound
        return await self._detail(found)

    async def approve(self, application_id: UUID, approval: ApplicationApproval) -> ApplicationDetail:
        """Approve: the partner is listed for headquarters at once, and its tenant provisioned by the event.

        Raises:
            NotFound, ApplicationMoveRefused, StaleVersion
            SlugTaken, CreditCodeTaken: another tenant has it; the slug can be replaced.
            Invalid: star level, territory, authorisations, slug or first state.
        """
        work = self._work
        application = await self._pending(application_id, ApplicationStep.APPROVE, approval.version)
        star_level = checked_star_level(approval.star_level)
        territory = known_cities(approval.territory)
        authorisations = known_categories(approval.authorisations)
        if approval.begin_as not in FIRST_STEPS:
            raise Invalid(fields={"begin_as": N_("请选择试用或正式。")})
        slug = normalise_slug(approval.slug) if approval.slug.strip() else application.slug
        if await self._records.slug_is_taken(slug):
            raise SlugTaken(fields={"slug": SlugTaken.text})
        if await self._records.credit_code_is_taken(application.credit_code):
            raise CreditCodeTaken
        reason = free_text(approval.reason, LONGEST_REASON)
        partner_id = work.new_id()
        work.session.add(
            Partner(
                tenant_id=work.tenant_id,
                id=partner_id,
                slug=slug,
                name=application.legal_name,
                credit_code=application.credit_code,
                state=PartnerState.APPROVED,
                star_level=star_level,
                city_code=application.city_code,
                hotline=application.hotline,
                introduction=application.introduction,
                authorised_at=work.now,
            )
        )
        await work.session.flush()
        await set_territory(work, partner_id, territory)
        await set_authorisations(work, partner_id, authorisations)
        self._decide(application, ApplicationStep.APPROVE, reason)
        application.partner_tenant_id = partner_id
        for kind, after in (
            (TransitionKind.STATE, PartnerState.APPROVED.value),
            (TransitionKind.STAR_LEVEL, str(star_level)),
            (TransitionKind.TERRITORY, ",".join(territory)),
            (TransitionKind.AUTHORISATIONS, ",".join(authorisations)),
        ):
            record_step(work, partner_id, kind, before="", after=after, reason=reason)
        work.publish(
            ApplicationApproved(application_id=application.id, partner_id=partner_id, begin_as=approval.begin_as)
        )
        work.audit("application.approved", "partner_application", application.id, partner_id=partner_id)
        await send(
            work,
            approved_message(
                application.email,
                application.language,
                number=application.number,
                contact=application.contact_name,
                company=application.legal_name,
                stars=star_level,
            ),
        )
        await work.session.flush()
        return await self._detail(application)

    async def reject(self, application_id: UUID, rejection: ApplicationRejection) -> ApplicationDetail:
        """Reject; the applicant reads the reason.

        Raises:
            NotFound, ApplicationMoveRefused, StaleVersion
            Invalid: without a reason.
        """
        work = self._work
        application = await self._pending(application_id, ApplicationStep.REJECT, rejection.version)
        reason = required_reason(rejection.reason)
        self._decide(application, ApplicationStep.REJECT, reason)
        work.audit("application.rejected", "partner_application", application.id)
        await send(
            work,
            rejected_message(
                application.email,
                application.language,
                number=application.number,
                contact=application.contact_name,
                company=application.legal_name,
                reason=reason,
                link=self._join_address,
            ),
        )
        await work.session.flush()
        return await self._detail(application)

    async def _pending(self, application_id: UUID, step: ApplicationStep, version: int) -> PartnerApplication:
        """The application, locked, if it may take this step."""
        self._work.actor.require(Permission.APPLICATION_DECIDE)
        application = await self._records.application(application_id, lock=True)
        if application is None:
            raise NotFound
        APPLICATION.require(step, application.state)
        if application.version != version:
            raise StaleVersion
        return application

    def _decide(self, application: PartnerApplication, step: ApplicationStep, reason: str) -> None:
        work, after = self._work, APPLICATION.after(step, application.state)
        record_step(
            work, application.id, TransitionKind.APPLICATION, before=application.state, after=after, reason=reason
        )
        application.state = after
        application.decided_at = work.now
        application.decided_by = work.actor.account_id
        application.decision_reason = reason
        application.version += 1

    async def _detail(self, application: PartnerApplication) -> ApplicationDetail:
        resembling = await _resembling(self._records, [application])
        subjects = [application.id] + ([application.partner_tenant_id] if application.partner_tenant_id else [])
        return view_of(
            ApplicationDetail,
            application,
            credit_code_valid=_is_valid(application.credit_code),
            city=city_name(application.city_code),
            slug_free=not await self._records.slug_is_taken(application.slug),
            partner_id=application.partner_tenant_id,
            resemblances=resembling[application.id],
            served_by=[
                ServingPartner(row.id, row.name, row.star_level, row.state)
                for row in await self._records.serving(application.city_code)
                if row.id != application.partner_tenant_id
            ],
            history=[transition_line(row) for row in await self._records.history(*subjects)],
        )


async def summaries_of(work: UnitOfWork, applications: Sequence[PartnerApplication]) -> list[ApplicationSummary]:
    """Lines of the queue, each with whether another application or a partner resembles it."""
    resembling = await _resembling(PartnerRepository(work.session), applications)
    return [
        view_of(ApplicationSummary, row, city=city_name(row.city_code), resembles_others=bool(resembling[row.id]))
        for row in applications
    ]


async def _resembling(records: PartnerRepository, wanted: Sequence[Any]) -> dict[UUID, list[Resemblance]]:
    """For each of `wanted`, the living applications and the partners that are like it.

    An approved application stands for its partner, which then is not listed twice.
    """
    if not wanted:
        return {}
    applications = await records.resembling_applications(wanted)
    partners = await records.resembling_partners(wanted)
    shown_ids = {row.partner_tenant_id for row in applications}
    found: dict[UUID, list[Resemblance]] = {}
    for one in wanted:
        found[one.id] = [
            Resemblance("application", other.id, other.number, other.legal_name, other.state, same)
            for other in applications
            if other.id != one.id and (same := _same(one, other))
        ] + [
            Resemblance("partner", other.id, other.slug, other.name, other.state, same)
            for other in partners
            if other.id not in shown_ids and other.id != one.partner_tenant_id and (same := _same(one, other))
        ]
    return found


def _same(one: Any, other: Any) -> list[str]:
    return [name for name in _COMPARED_FIELDS if getattr(one, name) == getattr(other, name, None)]


def _is_valid(credit_code: str) -> bool:
    try:
        return normalise_credit_code(credit_code) == credit_code
    except DomainError:
        return False
