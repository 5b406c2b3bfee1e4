"""Counting the figures of money anew from the command line."""

from app.platform.kernel.runtime import Runtime
from tenants.partner_finance.counting import rebuild
from tenants.partner_metrics import for_partners


async def rebuild_finance(runtime: Runtime, tenant_slug: str) -> dict[str, int]:
    """The facts of one partner, or of `all`: slug → number of months.

    Raises:
        NotFound: no partner has this slug.
    """
    return await for_partners(runtime, tenant_slug, rebuild)
