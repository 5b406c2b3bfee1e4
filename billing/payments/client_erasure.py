"""What becomes of how a client pays when its company is forgotten. What was paid stays in the books."""

from sqlalchemy import delete

from app.platform.kernel.client_company import Company
from billing.payments.models import Checkout, PayerAccount


async def payer_accounts(company: Company) -> int:
    """Whose bank account it was is not known any more: a payment that still comes is somebody's to claim."""
    return await company.count(delete(PayerAccount).where(*company.own(PayerAccount)))


async def checkouts(company: Company) -> int:
    """That the company paid stays, not who sat at the screen."""
    return await company.change(Checkout, company.own(Checkout), started_by_name=company.pseudonym)
