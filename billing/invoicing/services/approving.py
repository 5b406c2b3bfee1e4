"""Who has to approve, and whether there is anybody."""

from sqlalchemy import select

from app.people.approvals import others_may_decide
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.errors import SomebodyElseApproves
from billing.invoicing.models import SellerProfile
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.services.profiles import COMPANY_CURRENCY
from billing.money import Money


async def above_limit(work: UnitOfWork, amount: Money) -> bool:
    """Whether the company's limit asks for somebody else's yes; amounts of other currencies always do where there is a
    limit."""
    limit = await work.session.scalar(select(SellerProfile.approval_above).where(SellerProfile.id == work.tenant_id))
    return limit is not None and (amount.currency != COMPANY_CURRENCY or abs(amount.minor) > limit)


async def require_alone(work: UnitOfWork) -> None:
    """
    Raises:
        SomebodyElseApproves: another active member may approve.
    """
    if await others_may_decide(work, InvoicePermission.INVOICE_DECIDE):
        raise SomebodyElseApproves
