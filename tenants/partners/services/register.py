"""Headquarters keeps its partners: list, listing, grading, suspension, termination."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update

from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import Invalid, NotFound, StaleVersion
from app.platform.kernel.outbox import DueEntry, DueKind
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.models import Tenant
from tenants.partners.application_rules import (
    LONGEST_INTRODUCTION,
    free_text,
    known_categories,
    known_cities,
    optional_phone,
    required_reason,
)
from tenants.partners.events import ListingChanged, PartnerStateChanged
from tenants.partners.lifecycle import (
    LONGEST_RETENTION_DAYS,
    PARTNER,
    SHORTEST_RETENTION_DAYS,
    STEP_ACTIONS,
    Step,
    TransitionKind,
)
from tenants.partners.models import Partner
from tenants.partners.repository import PartnerRepository
from tenants.partners.schemas import (
    PartnerDetail,
    PartnerGrading,
    PartnerStep,
    PartnerTermination,
    PartnerUpdate,
)
from tenants.partners.services.records import (
    checked_star_level,
    city_name,
    record_step,
    set_authorisations,
    set_territory,
    transition_line,
)

_NEEDED = {Step.TERMINATE: Permission.PARTNER_TERMINATE, Step.REINSTATE: Permission.PARTNER_TERMINATE}


class PartnerRegister:
    """Headquarters' partners."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._records = PartnerRepository(work.session)

    async def partner(self, partner_id: UUID) -> PartnerDetail:
        """
        Raises:
            NotFound
        """
        self._work.actor.require(Permission.PARTNER_READ)
        found = await self._records.partner(partner_id)
        if found is None:
            raise NotFound
        return await self._detail(found)

    async def update(self, partner_id: UUID, change: PartnerUpdate) -> PartnerDetail:
        """Change what the directory tells.

        Raises:
            NotFound, StaleVersion, PhoneInvalid, TooLong
        """
        partner = await self._locked(partner_id, Permission.PARTNER_GRADE, change.version)
        if change.hotline is not None:
            partner.hotline = optional_phone(change.hotline)
            self._work.publish(ListingChanged(partner_id=partner.id))
        if change.introduction is not None:
            partner.introduction = free_text(change.introduction, LONGEST_INTRODUCTION)
        return await self._changed(partner, "partner.listing_changed")

    async def grade(self, partner_id: UUID, grading: PartnerGrading) -> PartnerDetail:
        """Set star level, territory and authorisations; what really changes goes into the history with the reason.

        Raises:
            NotFound, StaleVersion
            Invalid: star level, territory, authorisations or a missing reason.
        """
        work = self._work
        partner = await self._locked(partner_id, Permission.PARTNER_GRADE, grading.version)
        reason = required_reason(grading.reason)
        if grading.star_level is not None and checked_star_level(grading.star_level) != partner.star_level:
            before, after = str(partner.star_level), str(grading.star_level)
            record_step(work, partner.id, TransitionKind.STAR_LEVEL, before=before, after=after, reason=reason)
            partner.star_level = grading.star_level
        if grading.territory is not None:
            wanted = known_cities(grading.territory)
            present = (await self._records.territories([partner.id]))[partner.id]
            if wanted != present:
                before, after = ",".join(present), ",".join(wanted)
                record_step(work, partner.id, TransitionKind.TERRITORY, before=before, after=after, reason=reason)
                await set_territory(work, partner.id, wanted)
        if grading.authorisations is not None:
            wanted = known_categories(grading.authorisations)
            present = known_categories((await self._records.authorisations([partner.id]))[partner.id])
            if wanted != present:
                before, after = ",".join(present), ",".join(wanted)
                record_step(work, partner.id, TransitionKind.AUTHORISATIONS, before=before, after=after, reason=reason)
                await set_authorisations(work, partner.id, wanted)
        return await self._changed(partner, "partner.graded")

    async def activate(self, partner_id: UUID, change: PartnerStep) -> PartnerDetail:
        """End the trial. Raises like `suspend`."""
        return await self._take(partner_id, Step.ACTIVATE, change)

    async def suspend(self, partner_id: UUID, change: PartnerStep) -> PartnerDetail:
        """Make the partner's tenant read-only and take it out of the directory; its data stays.

        Raises:
            NotFound, PartnerMoveRefused, StaleVersion
            Invalid: without a reason.
        """
        return await self._take(partner_id, Step.SUSPEND, change)

    async def reactivate(self, partner_id: UUID, change: PartnerStep) -> PartnerDetail:
        """Undo a suspension. Raises like `suspend`."""
        return await self._take(partner_id, Step.REACTIVATE, change, reopened_at=self._work.now)

    async def terminate(self, partner_id: UUID, change: PartnerTermination, usual_days: int) -> PartnerDetail:
        """End the partner's membership: its people lose access with the next request, whoever may export can still
        download the records, and after the retention everything is erased. `usual_days` hold where `change` names none.

        Raises:
            NotFound, PartnerMoveRefused, StaleVersion
            Invalid: without a reason, or a retention outside 30 to 3650 days.
        """
        days = usual_days if change.retention_days is None else change.retention_days
        if not SHORTEST_RETENTION_DAYS <= days <= LONGEST_RETENTION_DAYS:
            raise Invalid(fields={"retention_days": N_("保留 30 到 3650 天。")})
        erase_after = self._work.now + timedelta(days=days)
        step = PartnerStep(change.version, change.reason)
        partner = await self._take(partner_id, Step.TERMINATE, step, erase_after=erase_after)
        self._work.schedule(DueKind.TENANT_ERASURE, partner_id, erase_after)
        return partner

    async def reinstate(self, partner_id: UUID, change: PartnerStep) -> PartnerDetail:
        """Go back from a termination to the suspension, as long as nothing is erased. Raises like `suspend`."""
        partner = await self._take(partner_id, Step.REINSTATE, change, erase_after=None)
        await self._work.session.execute(
            delete(DueEntry).where(DueEntry.kind == DueKind.TENANT_ERASURE, DueEntry.subject_id == partner_id)
        )
        return partner

    async def _take(self, partner_id: UUID, step: Step, change: PartnerStep, **times: datetime | None) -> PartnerDetail:
        """Take `step`; `times` are columns of the tenant that it sets."""
        work = self._work
        partner = await self._found(partner_id, _NEEDED.get(step, Permission.PARTNER_SUSPEND))
        after = PARTNER.after(step, partner.state)
        _require_version(partner, change.version)
        reason = required_reason(change.reason)
        record_step(work, partner.id, TransitionKind.STATE, before=partner.state, after=after, reason=reason)
        partner.state = after
        await work.session.execute(
            update(Tenant).where(Tenant.id == partner.id).values(state=after, version=Tenant.version + 1, **times)
        )
        work.publish(PartnerStateChanged(partner_id=partner.id, step=step, state=after))
        return await self._changed(partner, STEP_ACTIONS[step])

    async def _locked(self, partner_id: UUID, permission: Permission, version: int) -> Partner:
        partner = await self._found(partner_id, permission)
        _require_version(partner, version)
        return partner

    async def _found(self, partner_id: UUID, permission: Permission) -> Partner:
        self._work.actor.require(permission)
        partner = await self._records.partner(partner_id, lock=True)
        if partner is None:
            raise NotFound
        return partner

    async def _changed(self, partner: Partner, action: str) -> PartnerDetail:
        partner.version += 1
        self._work.audit(action, "partner", partner.id)
        await self._work.session.flush()
        return await self._detail(partner)

    async def _detail(self, partner: Partner) -> PartnerDetail:
        territory = await self._records.territories([partner.id])
        authorisations = await self._records.authorisations([partner.id])
        return view_of(
            PartnerDetail,
            partner,
            city=city_name(partner.city_code),
            territory=territory[partner.id],
            authorisations=known_categories(authorisations[partner.id]),
            erase_after=await self._records.erase_after(partner.id),
            history=[transition_line(row) for row in await self._records.history(partner.id)],
        )


def _require_version(partner: Partner, version: int) -> None:
    if partner.version != version:
        raise StaleVersion
