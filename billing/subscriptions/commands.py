"""Partners' plans from the command line: bills, credits and headquarters' invoices compared."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.runtime import Runtime
from billing.royalties.models import RoyaltyInvoice
from billing.subscriptions.models import PlanBill, PlanSubscription
from billing.subscriptions.reckoning import BillLine
from tenants.models import KEPT_STATES, Tenant


class PlanFinding(NamedTuple):
    """Something that does not hold: a kind of check, the bill's occasion, and by how much in minor units."""

    check: str
    occasion: str
    amount: int


async def verify_plans(runtime: Runtime) -> Mapping[str, list[PlanFinding]]:
    """Slug of each partner with a plan → what does not hold: bills whose lines do not add up, credit that no bill left,
    bills without headquarters' invoice or with another amount. Nothing is changed."""
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        partners = (
            await work.session.execute(
                select(Tenant.slug, Tenant.id)
                .where(Tenant.kind == "partner", Tenant.state.in_(KEPT_STATES))
                .order_by(Tenant.slug)
            )
        ).all()
        rows = await work.session.execute(
            select(RoyaltyInvoice.bill_id, RoyaltyInvoice.net).where(RoyaltyInvoice.bill_id.is_not(None))
        )
        invoiced: dict[UUID | None, int] = {row[0]: row[1] for row in rows}
    found: dict[str, list[PlanFinding]] = {}
    for slug, tenant_id in partners:
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            row = await work.session.scalar(select(PlanSubscription))
            if row is None:
                continue
            bills = (await work.session.scalars(select(PlanBill).order_by(PlanBill.made_at, PlanBill.id))).all()
        findings = []
        for bill in bills:
            lines = msgspec.convert(bill.lines, list[BillLine], strict=False)
            if difference := sum(line.amount for line in lines) - bill.net:
                findings.append(PlanFinding("lines_differ", bill.occasion, difference))
            if bill.net and (difference := invoiced.get(bill.id, 0) - bill.net):
                findings.append(PlanFinding("invoice_differs", bill.occasion, difference))
        left = bills[-1].credit if bills else 0
        if row.credit != left:
            findings.append(PlanFinding("credit_differs", "", row.credit - left))
        found[slug] = findings
    return found
