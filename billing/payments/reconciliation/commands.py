"""The command line's way to the payment provider's books: fetch and compare them now."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import select

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.errors import UnknownName
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from billing.gateway import GatewaySilent, GatewayUnreachable
from billing.payments.reconciliation.fetching import Reconciled, reconcile
from tenants.models import KEPT_STATES, Tenant

ALL: Final = "all"


async def reconcile_payments(runtime: Runtime, tenant_slug: str = ALL) -> Mapping[str, Reconciled]:
    """Slug → what was compared in one tenant, or in all where none is named. Run again, it finds nothing new.

    Raises:
        UnknownName: no tenant has this slug.
        GatewaySilent: the provider does not answer.
    """
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        statement = select(Tenant.slug, Tenant.id).where(Tenant.state.in_(KEPT_STATES)).order_by(Tenant.slug)
        if tenant_slug != ALL:
            statement = statement.where(Tenant.slug == tenant_slug)
        tenants = [(slug, tenant_id) for slug, tenant_id in await work.session.execute(statement)]
    if tenant_slug != ALL and not tenants:
        raise UnknownName(word=tenant_slug, kind=N_("租户"))
    try:
        return {slug: await reconcile(runtime, tenant_id) for slug, tenant_id in tenants}
    except GatewayUnreachable as silent:
        raise GatewaySilent from silent
