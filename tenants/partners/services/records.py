"""Rows that vetting and the register share: history, territory, authorisations."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update

from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.models import Tenant
from tenants.partners.lifecycle import HIGHEST_STAR_LEVEL, LOWEST_STAR_LEVEL, TransitionKind
from tenants.partners.models import PartnerAuthorisation, PartnerTerritory, PartnerTransition
from tenants.partners.regions import city
from tenants.partners.schemas import TransitionLine


def record_step(
    work: UnitOfWork, subject_id: UUID, kind: TransitionKind, *, before: str, after: str, reason: str
) -> None:
    """Write one line of the history."""
    work.session.add(
        PartnerTransition(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            subject_id=subject_id,
            kind=kind,
            before=before,
            after=after,
            reason=reason,
            actor_name=work.actor.display_name,
            account_id=work.actor.account_id,
            occurred_at=work.now,
        )
    )


def transition_line(row: Any) -> TransitionLine:
    return TransitionLine(row.kind, row.before, row.after, row.reason, row.actor_name, row.occurred_at)


def city_name(code: str) -> str:
    """`厦门市`; the code itself when the standard has dropped it."""
    found = city(code)
    return found.name if found else code


def checked_star_level(star_level: int) -> int:
    """
    Raises:
        Invalid: naming the field `star_level`.
    """
    if not LOWEST_STAR_LEVEL <= star_level <= HIGHEST_STAR_LEVEL:
        raise Invalid(fields={"star_level": N_("星级是 1 到 5。")})
    return star_level


async def set_territory(work: UnitOfWork, partner_id: UUID, city_codes: list[str]) -> None:
    """Replace the partner's territory."""
    await work.session.execute(delete(PartnerTerritory).where(PartnerTerritory.partner_id == partner_id))
    for code in city_codes:
        work.session.add(
            PartnerTerritory(tenant_id=work.tenant_id, id=work.new_id(), partner_id=partner_id, city_code=code)
        )


async def set_authorisations(work: UnitOfWork, partner_id: UUID, category_codes: list[str]) -> None:
    """Replace what the partner may deliver."""
    await work.session.execute(delete(PartnerAuthorisation).where(PartnerAuthorisation.partner_id == partner_id))
    for code in category_codes:
        work.session.add(
            PartnerAuthorisation(tenant_id=work.tenant_id, id=work.new_id(), partner_id=partner_id, category_code=code)
        )
    await tell_authorisations(work, partner_id, category_codes)


async def tell_authorisations(work: UnitOfWork, partner_id: UUID, category_codes: Sequence[str]) -> None:
    """Let the partner's own company see what it may deliver; one that is not provisioned yet sees it then."""
    await work.session.execute(
        update(Tenant).where(Tenant.id == partner_id).values(authorised_categories=sorted(category_codes))
    )
