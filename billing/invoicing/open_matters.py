"""What of invoices has to end before a client's company is forgotten."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select

from app.platform.kernel.client_company import OpenMatter
from app.platform.kernel.texts import N_
from billing.invoicing.credit_models import CreditNoteRequest
from billing.invoicing.fapiao_models import Fapiao
from billing.invoicing.fapiao_states import FapiaoState
from billing.invoicing.models import BillingProfile, InvoiceDraft, OpenItem
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.states import CreditNoteRequestState, DraftState

_OPEN_FAPIAO: Final = (FapiaoState.REQUESTED, FapiaoState.RED_PENDING, FapiaoState.RED_CONFIRMED)


def _drafts(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(InvoiceDraft.id)).where(
        InvoiceDraft.client_id == client_id, InvoiceDraft.state.not_in((DraftState.ISSUED, DraftState.DISCARDED))
    )


DRAFTS: Final = OpenMatter(
    tables=("invoice_draft",),
    label=N_("没有开出的账单草稿"),
    count=_drafts,
    href="/workspace/invoices/drafts?client={client}",
    permission=InvoicePermission.INVOICE_READ,
)


def _open_items(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(OpenItem.id)).where(OpenItem.client_id == client_id, OpenItem.open != 0)


OPEN_ITEMS: Final = OpenMatter(
    tables=("open_item",),
    label=N_("没有结清的账单（含逾期的）"),
    count=_open_items,
    href="/workspace/invoices?client={client}",
    permission=InvoicePermission.INVOICE_READ,
)


def _credit_notes(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(CreditNoteRequest.id)).where(
        CreditNoteRequest.client_id == client_id, CreditNoteRequest.state == CreditNoteRequestState.REQUESTED
    )


CREDIT_NOTES: Final = OpenMatter(
    tables=("credit_note_request",),
    label=N_("等待审批的红字账单"),
    count=_credit_notes,
)


def _fapiaos(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(Fapiao.id)).where(Fapiao.client_id == client_id, Fapiao.state.in_(_OPEN_FAPIAO))


FAPIAOS: Final = OpenMatter(
    tables=("fapiao",),
    label=N_("没有开出或正在红冲的发票"),
    count=_fapiaos,
    href="/workspace/fapiaos?client={client}",
    permission=InvoicePermission.INVOICE_READ,
)


def _paid_for(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(BillingProfile.id)).where(
        BillingProfile.payer_client_id == client_id, BillingProfile.client_id != client_id
    )


PAID_FOR: Final = OpenMatter(tables=("billing_profile",), label=N_("由它代付账单的客户"), count=_paid_for)
