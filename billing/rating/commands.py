"""The command line's way to rating: make what is due today."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import select

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.errors import UnknownName
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from billing.rating.runs import RunResult, run_rating
from tenants.models import KEPT_STATES, Tenant

ALL: Final = "all"


async def rate_day(runtime: Runtime, tenant_slug: str = ALL) -> Mapping[str, RunResult]:
    """Slug → what today's run made in one tenant, or in all where none is named. Run again, it makes nothing.

    Raises:
        UnknownName: no tenant has this slug.
    """
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        statement = select(Tenant.slug, Tenant.id).where(Tenant.state.in_(KEPT_STATES)).order_by(Tenant.slug)
        if tenant_slug != ALL:
            statement = statement.where(Tenant.slug == tenant_slug)
        tenants = [(slug, tenant_id) for slug, tenant_id in await work.session.execute(statement)]
    if tenant_slug != ALL and not tenants:
        raise UnknownName(word=tenant_slug, kind=N_("租户"))
    return {slug: await run_rating(runtime, tenant_id) for slug, tenant_id in tenants}
