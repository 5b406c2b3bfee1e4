"""Credit notes: what was invoiced is given back, whole or in part, after somebody else's yes."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import exists, select

from app.people.approvals import (
    ApprovalRequest,
    ApprovalState,
    ApprovalSubject,
    Decision,
    Fact,
    Limits,
    request_approval,
    withdraw,
)
from app.platform.documents import Printable, newest_edition, printable
from app.platform.kernel.counters import take_turns
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.amounts import totals_of
from billing.invoicing.credit_document import CREDIT_NOTE_DOCUMENT
from billing.invoicing.credit_models import CreditNote, CreditNoteRequest
from billing.invoicing.crediting import CreditableLine, credited_parts
from billing.invoicing.errors import CreditNoteRequested
from billing.invoicing.models import Invoice
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import (
    AloneApproval,
    CreditNoteRequestCreate,
    CreditNoteRequestView,
    CreditNoteView,
    LineCredit,
)
from billing.invoicing.services.approving import require_alone
from billing.invoicing.services.drafts import DECIDED_WITHIN
from billing.invoicing.services.giving_back import creditable, issue_credit_note
from billing.invoicing.states import CREDIT_NOTE_REQUEST, CreditNoteRequestMove, CreditNoteRequestState
from billing.money import Money, money_text

_ENDS: Final = {
    ApprovalState.APPROVED: CreditNoteRequestMove.ISSUE,
    ApprovalState.DECLINED: CreditNoteRequestMove.DECLINE,
    ApprovalState.EXPIRED: CreditNoteRequestMove.DECLINE,
    ApprovalState.VOID: CreditNoteRequestMove.DECLINE,
    ApprovalState.WITHDRAWN: CreditNoteRequestMove.WITHDRAW,
}


class CreditNotes:
    """Credit notes that the actor may see, and the requests for them.

    Raises:
        Forbidden: without `invoice:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(InvoicePermission.INVOICE_READ)
        self._work = work

    async def of_invoice(self, invoice_id: UUID) -> list[CreditNoteView]:
        """By number."""
        rows = await self._work.session.scalars(
            select(CreditNote).where(CreditNote.invoice_id == invoice_id).order_by(CreditNote.number)
        )
        return [_to_view(row) for row in rows]

    async def get(self, credit_note_id: UUID) -> CreditNoteView:
        """
        Raises:
            NotFound: there is none, or not for this actor.
        """
        row = await self._work.session.scalar(select(CreditNote).where(CreditNote.id == credit_note_id))
        if row is None:
            raise NotFound
        return _to_view(row)

    async def printable(self, credit_note_id: UUID) -> Printable:
        """The credit note for drawing.

        Raises:
            NotFound: there is none, or not for this actor.
        """
        edition = await newest_edition(self._work.session, CREDIT_NOTE_DOCUMENT, credit_note_id)
        if edition is None:
            raise NotFound
        return await printable(self._work.session, CREDIT_NOTE_DOCUMENT, edition)

    async def lines_left(self, invoice_id: UUID) -> list[CreditableLine]:
        """The lines of an invoice with what was given back of each."""
        return await creditable(self._work, invoice_id)

    async def requests(self, invoice_id: UUID) -> list[CreditNoteRequestView]:
        """What was asked about an invoice, the newest first; none for a client's people."""
        rows = await self._work.session.scalars(
            select(CreditNoteRequest)
            .where(CreditNoteRequest.invoice_id == invoice_id)
            .order_by(CreditNoteRequest.created_at.desc(), CreditNoteRequest.id.desc())
        )
        return [_to_request_view(row) for row in rows]

    async def request(self, invoice_id: UUID, wanted: CreditNoteRequestCreate) -> CreditNoteRequestView:
        """Ask somebody else for a credit note about the whole invoice, or about parts of its lines.

        Raises:
            Forbidden: without `invoice:write`.
            NotFound: no such invoice.
            CreditNoteRequested: one waits already.
            CreditBeyondLine, NothingToCredit.
        """
        work = self._work
        work.actor.require(InvoicePermission.INVOICE_WRITE)
        invoice = await work.session.scalar(select(Invoice).where(Invoice.id == invoice_id))
        if invoice is None:
            raise NotFound
        await take_turns(work.session, work.tenant_id, [f"credit:{invoice_id.hex}"])
        waits = exists().where(
            CreditNoteRequest.invoice_id == invoice_id, CreditNoteRequest.state == CreditNoteRequestState.REQUESTED
        )
        if await work.session.scalar(select(waits)):
            raise CreditNoteRequested
        parts = credited_parts(await creditable(work, invoice_id), _wanted(wanted.lines))
        row = CreditNoteRequest(
            tenant_id=work.tenant_id,
            client_id=invoice.client_id,
            id=work.new_id(),
            invoice_id=invoice_id,
            lines=[{"line_id": str(each.line_id), "gross": each.gross} for each in wanted.lines],
            gross=totals_of(parts.values()).gross,
            currency=invoice.currency,
            reason=wanted.reason,
            state=CreditNoteRequestState.REQUESTED,
            author_id=work.actor.membership_id,
            author_name=work.actor.display_name,
            decided_by_name="",
            decision_reason="",
            created_at=work.now,
            version=1,
        )
        work.session.add(row)
        await work.session.flush()
        amount = Money(row.gross, row.currency)
        await request_approval(
            work,
            CREDIT_NOTE_APPROVAL,
            ApprovalRequest(
                subject_id=row.id,
                title=N_("账单 %(number)s 要退回 %(amount)s，请审批。"),
                parameters={"number": invoice.number, "amount": money_text(amount)},
                facts=(
                    Fact(N_("账单编号"), invoice.number),
                    Fact(N_("客户"), invoice.buyer_title),
                    Fact(N_("退回金额"), money_text(amount)),
                    Fact(N_("原因"), wanted.reason),
                ),
                expires_at=work.now + DECIDED_WITHIN,
                amount=amount,
                limits=Limits(),
            ),
        )
        work.audit("credit_note.requested", "credit_note_request", row.id, invoice=invoice_id)
        await work.session.flush()
        return _to_request_view(row)

    async def withdraw(self, request_id: UUID, version: int) -> CreditNoteRequestView:
        """Take the request back.

        Raises:
            Forbidden: without `invoice:write`.
            NotFound, CreditNoteMoveRefused, StaleVersion.
        """
        self._work.actor.require(InvoicePermission.INVOICE_WRITE)
        row = await self._waiting(request_id, version, CreditNoteRequestMove.WITHDRAW)
        await withdraw(self._work, CREDIT_NOTE_APPROVAL, row.id)
        await self._work.session.flush()
        return _to_request_view(row)

    async def issue_alone(self, request_id: UUID, wanted: AloneApproval) -> CreditNoteRequestView:
        """The owner of a company in which nobody else may approve says yes, with a reason that the audit log keeps.

        Raises:
            Forbidden: without `invoice:decide`.
            SomebodyElseApproves: there is somebody.
            NotFound, CreditNoteMoveRefused, StaleVersion.
        """
        work = self._work
        work.actor.require(InvoicePermission.INVOICE_DECIDE)
        row = await self._waiting(request_id, wanted.version, CreditNoteRequestMove.ISSUE)
        await require_alone(work)
        await issue_credit_note(work, row, work.actor.display_name, wanted.reason)
        work.audit("credit_note.approved", "credit_note_request", row.id, alone=True, reason=wanted.reason)
        await work.session.flush()
        await withdraw(work, CREDIT_NOTE_APPROVAL, row.id, missing_ok=True)
        return _to_request_view(row)

    async def _waiting(self, request_id: UUID, version: int, move: CreditNoteRequestMove) -> CreditNoteRequest:
        row = await _locked(self._work, request_id)
        if row is None:
            raise NotFound
        CREDIT_NOTE_REQUEST.require(move, row.state)
        if row.version != version:
            raise StaleVersion
        return row


def _wanted(lines: Sequence[LineCredit]) -> dict[UUID, int]:
    return {each.line_id: each.gross for each in lines}


async def _locked(work: UnitOfWork, request_id: UUID) -> CreditNoteRequest | None:
    return await work.session.get(
        CreditNoteRequest, (work.tenant_id, request_id), with_for_update=True, populate_existing=True
    )


def _to_view(row: CreditNote) -> CreditNoteView:
    return CreditNoteView(**{name: getattr(row, name) for name in CreditNoteView.__struct_fields__})


def _to_request_view(row: CreditNoteRequest) -> CreditNoteRequestView:
    plain = [name for name in CreditNoteRequestView.__struct_fields__ if name not in ("state", "lines")]
    return CreditNoteRequestView(
        **{name: getattr(row, name) for name in plain},
        state=CreditNoteRequestState(row.state),
        lines=[LineCredit(UUID(each["line_id"]), int(each["gross"])) for each in row.lines],
    )


async def _content(work: UnitOfWork, request_id: UUID) -> object | None:
    row = await _locked(work, request_id)
    if row is None:
        return None
    return {"invoice": str(row.invoice_id), "lines": row.lines, "gross": row.gross, "reason": row.reason}


async def _follow(work: UnitOfWork, decision: Decision) -> None:
    row = await _locked(work, decision.subject_id)
    step = _ENDS.get(ApprovalState(decision.state))
    if row is None or step is None or not CREDIT_NOTE_REQUEST.allows(step, row.state):
        return
    if step is CreditNoteRequestMove.ISSUE:
        await issue_credit_note(work, row, decision.decided_by_name, decision.reason)
        return
    row.state = CREDIT_NOTE_REQUEST.after(step, row.state)
    row.decided_by_name, row.decision_reason = decision.decided_by_name, decision.reason
    row.version += 1
    if step is CreditNoteRequestMove.DECLINE:
        work.audit("credit_note.declined", "credit_note_request", row.id)
    else:
        work.audit("credit_note.withdrawn", "credit_note_request", row.id)


CREDIT_NOTE_APPROVAL: Final = ApprovalSubject(
    kind="credit_note_request",
    label=N_("红字单审批"),
    permission=InvoicePermission.INVOICE_DECIDE,
    content=_content,
    follow=_follow,
)
