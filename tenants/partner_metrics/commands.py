"""Rebuilding the figures from the command line."""

from collections.abc import Awaitable, Callable

from sqlalchemy import select

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.errors import UnknownName
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.models import KEPT_STATES, Tenant
from tenants.partner_metrics.rollups import rebuild

ALL = "all"


async def rebuild_quality(runtime: Runtime, tenant_slug: str = ALL) -> dict[str, int]:
    """Compute the facts and roll-ups of one partner, or of `all`, anew: slug → number of tickets.

    Raises:
        NotFound: no partner has this slug.
    """
    return await for_partners(runtime, tenant_slug, rebuild)


async def for_partners(
    runtime: Runtime, tenant_slug: str, act: Callable[[UnitOfWork], Awaitable[int]]
) -> dict[str, int]:
    """Do it for one partner, or for `all`: slug → what came of it.

    Each partner is a transaction of its own; the program may go on working meanwhile.

    Raises:
        NotFound: no partner has this slug.
    """
    statement = (
        select(Tenant.slug, Tenant.id)
        .where(Tenant.kind == "partner", Tenant.state.in_(KEPT_STATES))
        .order_by(Tenant.slug)
    )
    if tenant_slug != ALL:
        statement = statement.where(Tenant.slug == tenant_slug)
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        partners = [(slug, tenant_id) for slug, tenant_id in await work.session.execute(statement)]
    if not partners and tenant_slug != ALL:
        raise UnknownName(word=tenant_slug, kind=N_("租户"))
    done: dict[str, int] = {}
    for slug, tenant_id in partners:
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            done[slug] = await act(work)
    return done
