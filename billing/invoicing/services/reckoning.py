"""Sums of drafts, and what is unusual about them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.amounts import totals_of
from billing.invoicing.findings import findings_of
from billing.invoicing.models import Invoice, InvoiceDraft, InvoiceDraftLine
from billing.invoicing.schemas import FapiaoKind
from billing.invoicing.services.profiles import billing_profiles


async def reckon(work: UnitOfWork, drafts: Sequence[InvoiceDraft]) -> None:
    """Sums and findings of drafts, from their lines as they stand."""
    ids = [draft.id for draft in drafts]
    payers = {draft.client_id for draft in drafts}
    profiles = await billing_profiles(work, payers)
    before = await previous_invoices(work, payers)
    amounts: dict[UUID, list[tuple[int, int, int]]] = {draft_id: [] for draft_id in ids}
    for draft_id, net, tax, gross in await work.session.execute(
        select(
            InvoiceDraftLine.draft_id, InvoiceDraftLine.net, InvoiceDraftLine.tax_amount, InvoiceDraftLine.gross
        ).where(InvoiceDraftLine.draft_id.in_(ids))
    ):
        amounts[draft_id].append((net, tax, gross))
    for draft in drafts:
        lines, profile = amounts[draft.id], profiles.get(draft.client_id)
        draft.net, draft.tax_amount, draft.gross = totals_of(lines)
        draft.previous_gross = before.get((draft.client_id, draft.currency))
        draft.findings = list(
            findings_of(
                draft.gross,
                least=min((line[2] for line in lines), default=0),
                previous=draft.previous_gross,
                tax_number_needed=profile is None or profile.fapiao_kind != FapiaoKind.NONE,
                tax_number=profile.tax_number if profile else "",
                recipient=profile.recipient_email if profile else "",
            )
        )


async def previous_invoices(work: UnitOfWork, client_ids: set[UUID]) -> dict[tuple[UUID, str], int]:
    """Client and currency → the amount of the invoice that was issued last."""
    rows = await work.session.execute(
        select(Invoice.client_id, Invoice.currency, Invoice.gross)
        .where(Invoice.client_id.in_(client_ids))
        .ext(distinct_on(Invoice.client_id, Invoice.currency))
        .order_by(Invoice.client_id, Invoice.currency, Invoice.issued_on.desc(), Invoice.number.desc())
    )
    return {(row.client_id, row.currency): row.gross for row in rows}
