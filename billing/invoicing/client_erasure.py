"""What becomes of how a client is invoiced when its company is forgotten. What was issued stays."""

from sqlalchemy import delete

from app.platform.kernel.client_company import Company
from billing.invoicing.models import BillingProfile


async def billing_profiles(company: Company) -> int:
    """Issued documents hold what they need of it."""
    return await company.count(delete(BillingProfile).where(*company.own(BillingProfile)))
