"""Drafts of invoices: looked through, changed, approved where the company's limit asks for it."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, delete, select
from sqlalchemy.dialects.postgresql import insert

from app.assets.clients.models import Client, Department
from app.desk.tickets.models import Ticket
from app.people.approvals import (
    ApprovalRequest,
    ApprovalState,
    ApprovalSubject,
    Decision,
    Fact,
    Limits,
    Requester,
    others_may_decide,
    request_approval,
    void_if_changed,
    withdraw,
)
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.findings import Finding
from billing.invoicing.models import ChargeClaim, ChargeDeferral, InvoiceDraft, InvoiceDraftLine
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import (
    AloneApproval,
    DraftChange,
    DraftLineView,
    InvoiceDraftView,
    LinesToLeaveOut,
)
from billing.invoicing.services.approving import above_limit, require_alone
from billing.invoicing.services.reckoning import reckon
from billing.invoicing.states import INVOICE_DRAFT, DraftMove, DraftState
from billing.money import Money, PriceMode, money_text

DECIDED_WITHIN: Final = timedelta(days=30)
"""How long a draft waits for a yes."""
_ENDS: Final = {
    ApprovalState.APPROVED: DraftMove.APPROVE,
    ApprovalState.DECLINED: DraftMove.REOPEN,
    ApprovalState.EXPIRED: DraftMove.REOPEN,
    ApprovalState.WITHDRAWN: DraftMove.REOPEN,
    ApprovalState.VOID: DraftMove.REOPEN,
}


class Drafts:
    """The drafts of the actor's company.

    Raises:
        Forbidden: without `invoice:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(InvoicePermission.INVOICE_READ)
        self._work = work

    async def get(self, draft_id: UUID) -> InvoiceDraftView:
        """
        Raises:
            NotFound: no such draft in this company.
        """
        row = (
            await self._work.session.execute(
                select(InvoiceDraft, Client.name)
                .join(Client, and_(Client.tenant_id == InvoiceDraft.tenant_id, Client.id == InvoiceDraft.client_id))
                .where(InvoiceDraft.id == draft_id)
            )
        ).one_or_none()
        if row is None:
            raise NotFound
        return draft_view(row[0], row[1])

    async def lines(self, draft_id: UUID) -> list[DraftLineView]:
        """In their order, with the names of branch, department and ticket."""
        draft = await self.get(draft_id)
        own = [name for name in DraftLineView.__struct_fields__ if hasattr(InvoiceDraftLine, name)]
        rows = await self._work.session.execute(
            select(
                InvoiceDraftLine,
                ChargeClaim.id,
                Client.name.label("branch"),
                Department.name.label("department"),
                Ticket.number.label("ticket_number"),
            )
            .join(
                ChargeClaim,
                and_(
                    ChargeClaim.tenant_id == InvoiceDraftLine.tenant_id,
                    ChargeClaim.draft_line_id == InvoiceDraftLine.id,
                ),
            )
            .join(Client, and_(Client.tenant_id == InvoiceDraftLine.tenant_id, Client.id == InvoiceDraftLine.branch_id))
            .outerjoin(
                Department,
                and_(
                    Department.tenant_id == InvoiceDraftLine.tenant_id, Department.id == InvoiceDraftLine.department_id
                ),
            )
            .outerjoin(
                Ticket, and_(Ticket.tenant_id == InvoiceDraftLine.tenant_id, Ticket.id == InvoiceDraftLine.ticket_id)
            )
            .where(InvoiceDraftLine.draft_id == draft_id)
            .order_by(InvoiceDraftLine.position, InvoiceDraftLine.id)
        )
        return [
            DraftLineView(
                **{name: getattr(line, name) for name in own if name != "price_mode"},
                price_mode=PriceMode(line.price_mode),
                charge_id=charge_id,
                branch=branch if line.branch_id != draft.client_id else "",
                department=department or "",
                ticket_number=number or "",
            )
            for line, charge_id, branch, department, number in rows
        ]

    async def change(self, draft_id: UUID, wanted: DraftChange) -> InvoiceDraftView:
        """Write what the client reads under the lines.

        Raises:
            Forbidden: without `invoice:write`.
            NotFound, InvoiceDraftMoveRefused, StaleVersion.
        """
        draft = await self._editable(draft_id, wanted.version)
        draft.note = wanted.note
        return await self._changed(draft, "note")

    async def leave_out(self, draft_id: UUID, wanted: LinesToLeaveOut) -> InvoiceDraftView:
        """Leave lines for the next invoice: their charges are free again, and runs up to this draft's end pass them by.

        Raises:
            Forbidden: without `invoice:write`.
            NotFound: no such draft, or one of the lines is not on it.
            InvoiceDraftMoveRefused, StaleVersion.
        """
        work = self._work
        draft = await self._editable(draft_id, wanted.version)
        ids = set(wanted.line_ids)
        claimed = (
            await work.session.execute(
                select(ChargeClaim.id, InvoiceDraftLine.branch_id)
                .join(
                    InvoiceDraftLine,
                    and_(
                        InvoiceDraftLine.tenant_id == ChargeClaim.tenant_id,
                        InvoiceDraftLine.id == ChargeClaim.draft_line_id,
                    ),
                )
                .where(InvoiceDraftLine.draft_id == draft_id, InvoiceDraftLine.id.in_(ids))
            )
        ).all()
        if len(claimed) != len(ids):
            raise NotFound
        rows = [
            {
                "tenant_id": work.tenant_id,
                "id": charge_id,
                "client_id": client_id,
                "until": draft.period_end - timedelta(days=1),
                "deferred_by": work.actor.display_name,
                "deferred_at": work.now,
            }
            for charge_id, client_id in claimed
        ]
        statement = insert(ChargeDeferral).values(rows)
        later = {name: getattr(statement.excluded, name) for name in ("until", "deferred_by", "deferred_at")}
        await work.session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=later))
        await self._release(draft_id, ids)
        await reckon(work, [draft])
        return await self._changed(draft, "lines")

    async def discard(self, draft_id: UUID, version: int) -> InvoiceDraftView:
        """Give the draft up: its charges are free for the next run.

        Raises:
            Forbidden: without `invoice:write`.
            NotFound, InvoiceDraftMoveRefused, StaleVersion.
        """
        draft = await self._editable(draft_id, version, DraftMove.DISCARD)
        await self._release(draft_id, None)
        draft.state = INVOICE_DRAFT.after(DraftMove.DISCARD, draft.state)
        draft.version += 1
        self._work.audit("invoice_draft.discarded", "invoice_draft", draft.id)
        await self._work.session.flush()
        return await self.get(draft_id)

    async def submit(self, draft_id: UUID, version: int) -> InvoiceDraftView:
        """Ask for somebody else's yes. From here on whoever asks counts as the author.

        Raises:
            Forbidden: without `invoice:write`.
            NotFound, InvoiceDraftMoveRefused, StaleVersion.
        """
        work = self._work
        draft = await self._editable(draft_id, version, DraftMove.SUBMIT)
        draft.state = INVOICE_DRAFT.after(DraftMove.SUBMIT, draft.state)
        draft.author_id, draft.author_account_id = work.actor.membership_id, work.actor.account_id
        draft.author_name = work.actor.display_name
        draft.version += 1
        await work.session.flush()
        shown = await self.get(draft_id)
        amount = Money(draft.gross, draft.currency)
        await request_approval(
            work,
            DRAFT_APPROVAL,
            ApprovalRequest(
                subject_id=draft.id,
                title=N_("给 %(client)s 开 %(amount)s 的账单，请审批。"),
                parameters={"client": shown.client_name, "amount": money_text(amount)},
                facts=(
                    Fact(N_("客户"), shown.client_name),
                    Fact(N_("计费期间"), f"{draft.period_start} — {draft.period_end - timedelta(days=1)}"),
                    Fact(N_("含税金额"), money_text(amount)),
                ),
                expires_at=work.now + DECIDED_WITHIN,
                requester=Requester(draft.author_id, draft.author_account_id, draft.author_name),
                amount=amount,
                limits=Limits(),
            ),
        )
        work.audit("invoice_draft.submitted", "invoice_draft", draft.id)
        await work.session.flush()
        return await self.get(draft_id)

    async def reopen(self, draft_id: UUID, version: int) -> InvoiceDraftView:
        """Take back what waits or was approved, to change it once more.

        Raises:
            Forbidden: without `invoice:write`.
            NotFound, InvoiceDraftMoveRefused, StaleVersion.
        """
        draft = await self._editable(draft_id, version, DraftMove.REOPEN)
        if draft.state == DraftState.SUBMITTED:
            await withdraw(self._work, DRAFT_APPROVAL, draft_id, missing_ok=True)
        else:
            self._reopened(draft)
        await self._work.session.flush()
        return await self.get(draft_id)

    async def approve_alone(self, draft_id: UUID, wanted: AloneApproval) -> InvoiceDraftView:
        """The owner of a company in which nobody else may approve says yes, with a reason that the audit log keeps.

        Raises:
            Forbidden: without `invoice:decide`.
            SomebodyElseApproves: there is somebody.
            NotFound, InvoiceDraftMoveRefused, StaleVersion.
        """
        work = self._work
        work.actor.require(InvoicePermission.INVOICE_DECIDE)
        draft = await self._editable(draft_id, wanted.version)
        await require_alone(work)
        draft.state = INVOICE_DRAFT.after(DraftMove.APPROVE, draft.state)
        draft.approved_by_name, draft.approval_reason = work.actor.display_name, wanted.reason
        draft.version += 1
        work.audit("invoice_draft.approved", "invoice_draft", draft.id, alone=True, reason=wanted.reason)
        await work.session.flush()
        return await self.get(draft_id)

    async def needs_approval(self, draft: InvoiceDraftView) -> bool:
        """Whether the company's limit asks for somebody else's yes."""
        return await above_limit(self._work, Money(draft.gross, draft.currency))

    async def alone(self) -> bool:
        """Whether nobody but the actor may approve."""
        return not await others_may_decide(self._work, InvoicePermission.INVOICE_DECIDE)

    async def _editable(self, draft_id: UUID, version: int, move: DraftMove = DraftMove.SUBMIT) -> InvoiceDraft:
        """The draft, the caller's until the transaction ends, in a state from which `move` can be made."""
        work = self._work
        work.actor.require(InvoicePermission.INVOICE_WRITE)
        draft = await locked_draft(work, draft_id)
        if draft is None:
            raise NotFound
        INVOICE_DRAFT.require(move, draft.state)
        if draft.version != version:
            raise StaleVersion
        return draft

    async def _changed(self, draft: InvoiceDraft, field: str) -> InvoiceDraftView:
        draft.version += 1
        self._work.audit("invoice_draft.changed", "invoice_draft", draft.id, fields=[field])
        await self._work.session.flush()
        await void_if_changed(self._work, DRAFT_APPROVAL, draft.id)
        return await self.get(draft.id)

    async def _release(self, draft_id: UUID, line_ids: set[UUID] | None) -> None:
        """Take lines, or all, off the draft, and their claims with them."""
        lines = select(InvoiceDraftLine.id).where(InvoiceDraftLine.draft_id == draft_id)
        if line_ids is not None:
            lines = lines.where(InvoiceDraftLine.id.in_(line_ids))
        ids = (await self._work.session.scalars(lines)).all()
        for statement in (
            delete(ChargeClaim).where(ChargeClaim.draft_line_id.in_(ids)),
            delete(InvoiceDraftLine).where(InvoiceDraftLine.id.in_(ids)),
        ):
            await self._work.session.execute(statement.execution_options(synchronize_session=False))

    def _reopened(self, draft: InvoiceDraft) -> None:
        draft.state = INVOICE_DRAFT.after(DraftMove.REOPEN, draft.state)
        draft.approved_by_name = draft.approval_reason = ""
        draft.version += 1
        self._work.audit("invoice_draft.reopened", "invoice_draft", draft.id)


async def open_drafts(work: UnitOfWork) -> list[InvoiceDraftView]:
    """Drafts that are not issued or discarded, by client.

    Raises:
        Forbidden: without `invoice:write`.
    """
    work.actor.require(InvoicePermission.INVOICE_WRITE)
    rows = await work.session.execute(
        select(InvoiceDraft, Client.name)
        .join(Client, and_(Client.tenant_id == InvoiceDraft.tenant_id, Client.id == InvoiceDraft.client_id))
        .where(InvoiceDraft.state.in_((DraftState.DRAFT, DraftState.SUBMITTED, DraftState.APPROVED)))
        .order_by(Client.name, InvoiceDraft.id)
    )
    return [draft_view(row, name) for row, name in rows]


async def locked_draft(work: UnitOfWork, draft_id: UUID) -> InvoiceDraft | None:
    """The draft as it stands, until the transaction ends."""
    return await work.session.get(
        InvoiceDraft, (work.tenant_id, draft_id), with_for_update=True, populate_existing=True
    )


def draft_view(row: InvoiceDraft, client_name: str) -> InvoiceDraftView:
    """The row as reviewers see it."""
    plain = [name for name in InvoiceDraftView.__struct_fields__ if name not in ("client_name", "state", "findings")]
    return InvoiceDraftView(
        **{name: getattr(row, name) for name in plain},
        client_name=client_name,
        state=DraftState(row.state),
        findings=[Finding(each) for each in row.findings],
    )


async def _content(work: UnitOfWork, draft_id: UUID) -> object | None:
    draft = await locked_draft(work, draft_id)
    if draft is None:
        return None
    lines = await work.session.execute(
        select(InvoiceDraftLine.id, InvoiceDraftLine.gross)
        .where(InvoiceDraftLine.draft_id == draft_id)
        .order_by(InvoiceDraftLine.id)
    )
    return {
        "client": str(draft.client_id),
        "currency": draft.currency,
        "gross": draft.gross,
        "note": draft.note,
        "lines": [[str(row.id), row.gross] for row in lines],
    }


async def _follow(work: UnitOfWork, decision: Decision) -> None:
    draft = await locked_draft(work, decision.subject_id)
    step = _ENDS.get(ApprovalState(decision.state))
    if draft is None or step is None or not INVOICE_DRAFT.allows(step, draft.state):
        return
    draft.state = INVOICE_DRAFT.after(step, draft.state)
    draft.version += 1
    approved = step is DraftMove.APPROVE
    draft.approved_by_name = decision.decided_by_name if approved else ""
    draft.approval_reason = decision.reason
    if approved:
        work.audit("invoice_draft.approved", "invoice_draft", draft.id)
    else:
        work.audit("invoice_draft.reopened", "invoice_draft", draft.id)


DRAFT_APPROVAL: Final = ApprovalSubject(
    kind="invoice_draft",
    label=N_("账单审批"),
    permission=InvoicePermission.INVOICE_DECIDE,
    content=_content,
    follow=_follow,
)
