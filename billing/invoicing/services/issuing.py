"""Issuing: the draft becomes an invoice with its number, is posted, and is owed."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.assets.clients.models import Client, Department
from app.desk.tickets.models import Ticket
from app.platform.documents import up_to_date
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.amounts import Share, Totals, shares_of, totals_of
from billing.invoicing.document import INVOICE_DOCUMENT, InvoiceContent, Party, PrintedLine, PrintedShare
from billing.invoicing.errors import DraftEmpty, DraftNeedsApproval, DraftNegative
from billing.invoicing.events import InvoiceIssued
from billing.invoicing.models import (
    BillingProfile,
    Invoice,
    InvoiceDepartmentShare,
    InvoiceDraft,
    InvoiceDraftLine,
    InvoiceLine,
    OpenItem,
    SellerProfile,
)
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import InvoiceView
from billing.invoicing.services.approving import above_limit
from billing.invoicing.services.drafts import locked_draft
from billing.invoicing.services.invoices import Invoices
from billing.invoicing.services.posting import credits_of
from billing.invoicing.services.profiles import billing_profiles, seller_of
from billing.invoicing.states import INVOICE_DRAFT, DraftMove, DraftState
from billing.ledger import AccountKind, EntrySource, Ledger, LedgerAccountName, Transfer
from billing.money import Money, PriceMode
from tenants.company_time import company_day

INVOICE: Final = "invoice"
"""What an invoice is called in the ledger and among open items."""
_PARTY: Final = ("title", "tax_number", "address", "phone", "bank_name", "bank_account")


class _Names:
    """What ids of a draft's lines are called today."""

    def __init__(
        self,
        clients: Mapping[UUID, str],
        departments: Mapping[UUID, tuple[str, str]],
        tickets: Mapping[UUID, str],
    ) -> None:
        self.clients, self.departments, self.tickets = clients, departments, tickets


async def issue(work: UnitOfWork, draft_id: UUID, version: int) -> InvoiceView:
    """Make an invoice of the draft. Its number is taken late: whoever issues at the same time waits for little else
    than the posting, which bears it, and this transaction's commit.

    Raises:
        Forbidden: without `invoice:issue`.
        NotFound, InvoiceDraftMoveRefused, StaleVersion.
        DraftNeedsApproval: above the company's limit, without a yes.
        DraftEmpty, DraftNegative, SellerUnknown.
    """
    work.actor.require(InvoicePermission.INVOICE_ISSUE)
    draft = await locked_draft(work, draft_id)
    if draft is None:
        raise NotFound
    INVOICE_DRAFT.require(DraftMove.ISSUE, draft.state)
    if draft.version != version:
        raise StaleVersion
    if draft.state != DraftState.APPROVED and await above_limit(work, Money(draft.gross, draft.currency)):
        raise DraftNeedsApproval
    lines = (
        await work.session.scalars(
            select(InvoiceDraftLine)
            .where(InvoiceDraftLine.draft_id == draft_id)
            .order_by(InvoiceDraftLine.position, InvoiceDraftLine.id)
        )
    ).all()
    totals = totals_of((line.net, line.tax_amount, line.gross) for line in lines)
    if not lines:
        raise DraftEmpty
    if totals.gross < 0:
        raise DraftNegative
    seller = await seller_of(work)
    buyer = (await billing_profiles(work, [draft.client_id])).get(draft.client_id)
    names = await _names(work, draft, lines)
    today, days = await company_day(work), _payment_days(draft, buyer, seller)
    issued = _Issued(work, draft, lines, names, totals)
    invoice_id = issued.invoice_id
    document = await up_to_date(
        work,
        INVOICE_DOCUMENT,
        {"client_id": draft.client_id, "invoice_id": invoice_id},
        lambda number, _: issued.write(number, seller, buyer, today, today + timedelta(days=days)),
    )
    await _post(work, draft, lines, EntrySource(INVOICE, invoice_id, "issue"), today=today, number=document.number)
    draft.state = INVOICE_DRAFT.after(DraftMove.ISSUE, draft.state)
    draft.invoice_id = invoice_id
    draft.version += 1
    work.audit("invoice.issued", "invoice", invoice_id, number=document.number, day=today.isoformat())
    work.publish(InvoiceIssued(invoice_id=invoice_id, document_id=document.id, client_id=draft.client_id))
    await work.session.flush()
    return await Invoices(work).get(invoice_id)


class _Issued:
    """The rows of one invoice, once its number is known."""

    def __init__(
        self, work: UnitOfWork, draft: InvoiceDraft, lines: Sequence[InvoiceDraftLine], names: _Names, totals: Totals
    ) -> None:
        self.work, self.draft, self.lines, self.names, self.totals = work, draft, lines, names, totals
        self.invoice_id = work.new_id()

    async def write(
        self, number: str, seller: SellerProfile, buyer: BillingProfile | None, today: date, due_on: date
    ) -> InvoiceContent:
        """Add the invoice with its lines, shares and what is open; what it says on paper."""
        work, draft = self.work, self.draft
        buyer_party = self._buyer(buyer)
        ring = {"tenant_id": work.tenant_id, "client_id": draft.client_id}
        sums = {"net": self.totals.net, "tax_amount": self.totals.tax, "gross": self.totals.gross}
        work.session.add(
            Invoice(
                **ring,
                **sums,
                id=self.invoice_id,
                draft_id=draft.id,
                number=number,
                issued_on=today,
                due_on=due_on,
                period_start=draft.period_start,
                period_end=draft.period_end,
                currency=draft.currency,
                buyer_title=buyer_party.title,
                issued_at=work.now,
                issued_by=work.actor.display_name,
            )
        )
        await work.session.flush()
        work.session.add_all(InvoiceLine(**ring, invoice_id=self.invoice_id, **self._line(line)) for line in self.lines)
        shares = self._shares()
        work.session.add_all(
            InvoiceDepartmentShare(
                **ring,
                id=work.new_id(),
                invoice_id=self.invoice_id,
                position=position,
                branch=share.branch,
                department=share.department,
                cost_centre=share.cost_centre,
                net=share.totals.net,
                tax_amount=share.totals.tax,
                gross=share.totals.gross,
            )
            for position, share in enumerate(shares)
        )
        if self.totals.gross:
            work.session.add(
                OpenItem(
                    **ring,
                    id=work.new_id(),
                    document_kind=INVOICE,
                    document_id=self.invoice_id,
                    number=number,
                    issued_on=today,
                    due_on=due_on,
                    currency=draft.currency,
                    total=self.totals.gross,
                    open=self.totals.gross,
                )
            )
        return InvoiceContent(
            number=number,
            issued_on=today,
            due_on=due_on,
            period_start=draft.period_start,
            period_end=draft.period_end,
            currency=draft.currency,
            seller=Party(**{name: getattr(seller, name) for name in _PARTY}),
            buyer=buyer_party,
            lines=tuple(self._printed(line) for line in self.lines),
            shares=tuple(_printed_share(share) for share in shares),
            net=self.totals.net,
            tax=self.totals.tax,
            gross=self.totals.gross,
            note=draft.note,
        )

    def _buyer(self, profile: BillingProfile | None) -> Party:
        name = self.names.clients[self.draft.client_id]
        if profile is None:
            return Party(title=name)
        return Party(**{each: getattr(profile, each) for each in _PARTY} | {"title": profile.title or name})

    def _branch(self, line: InvoiceDraftLine) -> str:
        """Empty for what is the payer's own."""
        return "" if line.branch_id == self.draft.client_id else self.names.clients[line.branch_id]

    def _department(self, line: InvoiceDraftLine) -> tuple[str, str]:
        return self.names.departments.get(line.department_id, ("", "")) if line.department_id else ("", "")

    def _ticket(self, line: InvoiceDraftLine) -> str:
        return self.names.tickets.get(line.ticket_id, "") if line.ticket_id else ""

    def _line(self, line: InvoiceDraftLine) -> dict[str, object]:
        copied = (
            *("id", "position", "name", "day", "period_start", "period_end", "quantity", "unit", "unit_price"),
            *("price_mode", "tax", "tax_rate", "net", "tax_amount", "gross", "category"),
        )
        return {name: getattr(line, name) for name in copied} | {
            "branch": self._branch(line),
            "department": self._department(line)[0],
            "ticket_number": self._ticket(line),
        }

    def _shares(self) -> list[Share]:
        return shares_of(
            (self._branch(line), *self._department(line), Totals(line.net, line.tax_amount, line.gross))
            for line in self.lines
        )

    def _printed(self, line: InvoiceDraftLine) -> PrintedLine:
        return view_of(
            PrintedLine,
            line,
            tax=line.tax_amount,
            price_mode=PriceMode(line.price_mode),
            branch=self._branch(line),
            department=self._department(line)[0],
            ticket_number=self._ticket(line),
        )


def _printed_share(share: Share) -> PrintedShare:
    return PrintedShare(
        branch=share.branch,
        department=share.department,
        cost_centre=share.cost_centre,
        net=share.totals.net,
        tax=share.totals.tax,
        gross=share.totals.gross,
    )


def _payment_days(draft: InvoiceDraft, buyer: BillingProfile | None, seller: SellerProfile) -> int:
    """What is agreed with the buyer before what its contracts say, before the company's own rule."""
    if buyer is not None and buyer.payment_days is not None:
        return buyer.payment_days
    return draft.payment_days if draft.payment_days is not None else seller.payment_days


async def _names(work: UnitOfWork, draft: InvoiceDraft, lines: Sequence[InvoiceDraftLine]) -> _Names:
    clients = {draft.client_id, *(line.branch_id for line in lines)}
    departments = {line.department_id for line in lines if line.department_id}
    tickets = {line.ticket_id for line in lines if line.ticket_id}
    session = work.session
    found_clients = await session.execute(select(Client.id, Client.name).where(Client.id.in_(clients)))
    found_departments = await session.execute(
        select(Department.id, Department.name, Department.cost_centre).where(Department.id.in_(departments))
    )
    found_tickets = await session.execute(select(Ticket.id, Ticket.number).where(Ticket.id.in_(tickets)))
    return _Names(
        {row.id: row.name for row in found_clients},
        {row.id: (row.name, row.cost_centre) for row in found_departments},
        {row.id: row.number for row in found_tickets},
    )


async def _post(
    work: UnitOfWork,
    draft: InvoiceDraft,
    lines: Sequence[InvoiceDraftLine],
    source: EntrySource,
    *,
    today: date,
    number: str,
) -> None:
    """What the client owes, against revenue by kind of charge and tax by rate. Over nothing, nothing is posted."""
    receivable = LedgerAccountName(AccountKind.RECEIVABLE, draft.client_id)
    transfers = [
        Transfer(receivable, account, Money(amount, draft.currency))
        for account, amount in credits_of((line.category, line.tax_rate, line.net, line.tax_amount) for line in lines)
    ]
    if any(transfer.amount for transfer in transfers):
        await Ledger(work).post(source, today, transfers, number)
