"""How charges are held by lines of drafts and invoices, for whoever shows charges."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select

from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.addresses import DRAFTS, INVOICES
from billing.invoicing.models import ChargeClaim, Invoice, InvoiceDraftLine
from billing.rating import ChargeClaims, ClaimPlace


def _claimed(charge_id: Any) -> ColumnElement[bool]:
    return exists().where(ChargeClaim.id == charge_id)


async def _places(work: UnitOfWork, charge_ids: Collection[UUID]) -> Mapping[UUID, ClaimPlace]:
    rows = await work.session.execute(
        select(ChargeClaim.id, InvoiceDraftLine.draft_id, Invoice.id, Invoice.number)
        .join(
            InvoiceDraftLine,
            and_(InvoiceDraftLine.tenant_id == ChargeClaim.tenant_id, InvoiceDraftLine.id == ChargeClaim.draft_line_id),
        )
        .outerjoin(
            Invoice,
            and_(Invoice.tenant_id == InvoiceDraftLine.tenant_id, Invoice.draft_id == InvoiceDraftLine.draft_id),
        )
        .where(ChargeClaim.id.in_(charge_ids))
    )
    return {
        charge_id: ClaimPlace(f"{INVOICES}/{invoice_id}", number) if number else ClaimPlace(f"{DRAFTS}/{draft_id}")
        for charge_id, draft_id, invoice_id, number in rows
    }


CHARGE_CLAIMS: Final = ChargeClaims(claimed=_claimed, places=_places)
