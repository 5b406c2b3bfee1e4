"""Who has to approve, and whether there is anybody."""

from sqlalchemy import select

from app.people.identity import kind_of_member, read_recipients
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.errors import SomebodyElseApproves
from billing.invoicing.models import SellerProfile
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.services.profiles import COMPANY_CURRENCY
from billing.money import Money
from rbac import permissions_of


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
    if await others_who_decide(work):
        raise SomebodyElseApproves


async def others_who_decide(work: UnitOfWork) -> bool:
    """Whether another active member may approve."""
    kind = kind_of_member(work.tenant_id, None)
    return any(
        person.address.membership_id != work.actor.membership_id
        and InvoicePermission.INVOICE_DECIDE in permissions_of(kind, sorted(person.roles))
        for person in await read_recipients(work)
    )
