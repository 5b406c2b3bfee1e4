"""What a company may deliver, where its own people ask: the service categories that it is authorised for (N2)."""

from sqlalchemy import select

from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.models import Tenant


async def authorised_categories(work: UnitOfWork) -> frozenset[str]:
    """Codes of the categories of the actor's company."""
    found = await work.session.scalar(select(Tenant.authorised_categories).where(Tenant.id == work.tenant_id))
    return frozenset(found or ())
