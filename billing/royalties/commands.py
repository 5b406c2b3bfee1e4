"""Royalties from the command line: revenue rebuilt from the records, and everything compared with what stands."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.errors import UnknownName
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from billing.royalties.counting import differences, rebuild
from billing.royalties.services.verification import FACT, RoyaltyFinding, verify_headquarters
from tenants.models import KEPT_STATES, Tenant

ALL: Final = "all"
HEADQUARTERS: Final = "headquarters"


async def rebuild_royalties(runtime: Runtime, tenant_slug: str = ALL) -> dict[str, int]:
    """Count the revenue of one partner, or of `all`, anew from its invoices and payments: slug → how many facts were
    other than before.

    Raises:
        UnknownName: no partner has this slug.
    """
    done = {}
    for slug, tenant_id in await _partners(runtime, tenant_slug):
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            done[slug] = await rebuild(work)
    return done


async def verify_royalties(runtime: Runtime, tenant_slug: str = ALL) -> Mapping[str, list[RoyaltyFinding]]:
    """Slug → what does not hold in the facts of one partner, or of all; for all also what does not hold at
    headquarters. Nothing is changed.

    Raises:
        UnknownName: no partner has this slug.
    """
    found: dict[str, list[RoyaltyFinding]] = {}
    for slug, tenant_id in await _partners(runtime, tenant_slug):
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            count = await differences(work)
            found[slug] = [RoyaltyFinding(FACT, slug, count)] if count else []
    if tenant_slug == ALL:
        async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
            found[HEADQUARTERS] = await verify_headquarters(work, runtime.engine("network"))
    return found


async def _partners(runtime: Runtime, tenant_slug: str) -> list[tuple[str, UUID]]:
    statement = (
        select(Tenant.slug, Tenant.id)
        .where(Tenant.kind == "partner", Tenant.state.in_(KEPT_STATES))
        .order_by(Tenant.slug)
    )
    if tenant_slug != ALL:
        statement = statement.where(Tenant.slug == tenant_slug)
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        found = [(slug, tenant_id) for slug, tenant_id in await work.session.execute(statement)]
    if not found and tenant_slug != ALL:
        raise UnknownName(word=tenant_slug, kind=N_("租户"))
    return found
