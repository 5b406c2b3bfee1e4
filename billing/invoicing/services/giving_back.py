"""Issuing a credit note: revenue and tax go back and less is owed; payments that settled what is given back are the
client's deposit again, and free for other documents."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from app.platform.documents import up_to_date
from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.amounts import Totals, totals_of
from billing.invoicing.credit_document import CREDIT_NOTE_DOCUMENT, CreditedLine, CreditNoteContent
from billing.invoicing.credit_models import CreditNote, CreditNoteLine, CreditNoteRequest
from billing.invoicing.crediting import CreditableLine, credited_parts
from billing.invoicing.document import InvoiceContent, invoice_content
from billing.invoicing.errors import NothingToCredit
from billing.invoicing.events import CreditNoteIssued
from billing.invoicing.models import Invoice, InvoiceDocument, InvoiceLine, OpenItem
from billing.invoicing.services.issuing import INVOICE
from billing.invoicing.services.open_items import item_of_document, settle
from billing.invoicing.services.posting import credits_of
from billing.invoicing.settlements import hold, release
from billing.invoicing.states import CREDIT_NOTE_REQUEST, CreditNoteRequestMove
from billing.ledger import AccountKind, EntrySource, Ledger, LedgerAccountName, Transfer
from billing.money import Money
from tenants.company_time import company_day

CREDIT_NOTE: Final = "credit_note"
"""What a credit note is called in the ledger."""


async def creditable(work: UnitOfWork, invoice_id: UUID) -> list[CreditableLine]:
    """The lines of an invoice with what was given back of each."""
    credited = (
        select(
            CreditNoteLine.invoice_line_id.label("line_id"),
            func.sum(CreditNoteLine.net).label("net"),
            func.sum(CreditNoteLine.tax_amount).label("tax_amount"),
            func.sum(CreditNoteLine.gross).label("gross"),
        )
        .group_by(CreditNoteLine.invoice_line_id)
        .subquery()
    )
    rows = await work.session.execute(
        select(InvoiceLine, credited.c.net, credited.c.tax_amount, credited.c.gross)
        .outerjoin(credited, credited.c.line_id == InvoiceLine.id)
        .where(InvoiceLine.invoice_id == invoice_id)
        .order_by(InvoiceLine.position, InvoiceLine.id)
    )
    return [
        CreditableLine(
            line.id,
            line.name,
            Totals(line.net, line.tax_amount, line.gross),
            Totals(int(net or 0), int(tax or 0), int(gross or 0)),
        )
        for line, net, tax, gross in rows
    ]


class _GivenBack:
    """What one credit note gives back, line by line."""

    def __init__(
        self, work: UnitOfWork, invoice: Invoice, lines: Sequence[InvoiceLine], parts: Mapping[UUID, Totals]
    ) -> None:
        self.work, self.invoice, self.lines, self.parts = work, invoice, lines, parts
        self.id, self.totals = work.new_id(), totals_of(parts.values())

    async def post(self, number: str) -> None:
        """Revenue and tax go back, and less is owed."""
        work, invoice = self.work, self.invoice
        receivable = LedgerAccountName(AccountKind.RECEIVABLE, invoice.client_id)
        given_back = credits_of(
            (line.category, line.tax_rate, self.parts[line.id].net, self.parts[line.id].tax) for line in self.lines
        )
        transfers = [Transfer(account, receivable, Money(amount, invoice.currency)) for account, amount in given_back]
        await Ledger(work).post(EntrySource(CREDIT_NOTE, self.id, "issue"), await company_day(work), transfers, number)

    async def write(self, number: str, request: CreditNoteRequest, said: InvoiceContent) -> CreditNoteContent:
        """Add the credit note with its lines; what it says on paper, with the parties of the invoice."""
        work, invoice, totals = self.work, self.invoice, self.totals
        today = await company_day(work)
        ring = {"tenant_id": work.tenant_id, "client_id": invoice.client_id}
        work.session.add(
            CreditNote(
                **ring,
                id=self.id,
                number=number,
                issued_on=today,
                currency=invoice.currency,
                net=totals.net,
                tax_amount=totals.tax,
                gross=totals.gross,
                issued_at=work.now,
                issued_by=work.actor.display_name,
                invoice_id=invoice.id,
                invoice_number=invoice.number,
                request_id=request.id,
                reason=request.reason,
            )
        )
        await work.session.flush()
        for line in self.lines:
            part = self.parts[line.id]
            work.session.add(
                CreditNoteLine(
                    **ring,
                    id=work.new_id(),
                    credit_note_id=self.id,
                    invoice_line_id=line.id,
                    position=line.position,
                    name=line.name,
                    tax_rate=line.tax_rate,
                    category=line.category,
                    net=part.net,
                    tax_amount=part.tax,
                    gross=part.gross,
                )
            )
        return CreditNoteContent(
            number=number,
            issued_on=today,
            invoice_number=invoice.number,
            invoice_issued_on=invoice.issued_on,
            currency=invoice.currency,
            seller=said.seller,
            buyer=said.buyer,
            lines=tuple(self._printed(line) for line in self.lines),
            net=totals.net,
            tax=totals.tax,
            gross=totals.gross,
            reason=request.reason,
        )

    def _printed(self, line: InvoiceLine) -> CreditedLine:
        part = self.parts[line.id]
        return CreditedLine(name=line.name, net=part.net, tax=part.tax, gross=part.gross, tax_rate=line.tax_rate)


async def _held_item(work: UnitOfWork, invoice_id: UUID) -> OpenItem | None:
    """What is open of the invoice: first what settles it is held, then the item, as whoever books money does it."""
    item_id = await work.session.scalar(
        select(OpenItem.id).where(OpenItem.document_kind == INVOICE, OpenItem.document_id == invoice_id)
    )
    if item_id is not None:
        await hold(work, item_id)
    return await item_of_document(work, INVOICE, invoice_id)


async def issue_credit_note(work: UnitOfWork, row: CreditNoteRequest, decided_by: str, reason: str) -> None:
    """Write, post and settle. The invoice's open item is held from here on: two at once follow each other."""
    item = await _held_item(work, row.invoice_id)
    invoice = await work.session.scalar(select(Invoice).where(Invoice.id == row.invoice_id))
    if item is None or invoice is None:
        raise NothingToCredit
    wanted = {UUID(each["line_id"]): int(each["gross"]) for each in row.lines}
    parts = credited_parts(await creditable(work, row.invoice_id), wanted)
    lines = (
        await work.session.scalars(
            select(InvoiceLine).where(InvoiceLine.id.in_(parts)).order_by(InvoiceLine.position, InvoiceLine.id)
        )
    ).all()
    given_back = _GivenBack(work, invoice, lines, parts)
    gross = given_back.totals.gross
    if gross > item.open:
        await release(work, item.id, gross - item.open)
    await settle(work, item.id, Money(gross, item.currency))
    printed = present(
        await work.session.scalar(select(InvoiceDocument).where(InvoiceDocument.invoice_id == invoice.id)),
        "it is written with the invoice",
    )
    said = invoice_content(printed)
    document = await up_to_date(
        work,
        CREDIT_NOTE_DOCUMENT,
        {"client_id": invoice.client_id, "credit_note_id": given_back.id},
        lambda number, _: given_back.write(number, row, said),
    )
    await given_back.post(document.number)
    row.state = CREDIT_NOTE_REQUEST.after(CreditNoteRequestMove.ISSUE, row.state)
    row.credit_note_id, row.decided_by_name, row.decision_reason = given_back.id, decided_by, reason
    row.version += 1
    work.audit("credit_note.issued", "credit_note", given_back.id, number=document.number, invoice=invoice.id)
    work.publish(
        CreditNoteIssued(
            credit_note_id=given_back.id,
            document_id=document.id,
            invoice_id=invoice.id,
            client_id=invoice.client_id,
        )
    )
    await work.session.flush()
