"""Everything that a company's books keep, and what must be true of it at any moment."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from billing.invoicing.credit_models import CreditNote
from billing.invoicing.models import ChargeClaim, Invoice, InvoiceDraft, InvoiceDraftLine, InvoiceLine, OpenItem
from billing.ledger import AccountKind
from billing.ledger.repository import LedgerRepository
from billing.ledger.verification import verify
from billing.payments.models import BankLine, OnlineReceipt, Payment, PaymentAllocation, PaymentDispute
from billing.payments.refund_models import OnlineRefund, Refund
from tests.factories.network import PartnerCompany


@dataclass
class BillingRecords:
    """The rows of one company, by table."""

    drafts: dict[UUID, Any]
    draft_lines: dict[UUID, Any]
    claims: dict[UUID, Any]
    invoices: dict[UUID, Any]
    invoice_lines: dict[UUID, Any]
    credit_notes: dict[UUID, Any]
    open_items: dict[UUID, Any]
    bank_lines: dict[UUID, Any]
    payments: dict[UUID, Any]
    allocations: dict[UUID, Any]
    refunds: dict[UUID, Any]
    receipts: dict[UUID, Any]
    online_refunds: dict[UUID, Any]
    disputes: dict[UUID, Any]
    balances: dict[tuple[str, UUID | None, str], int]
    findings: list[Any]

    @classmethod
    async def read(cls, units_of_work: UnitOfWorkFactory, partner: PartnerCompany) -> "BillingRecords":
        async with units_of_work.begin(partner.owner) as work:

            async def rows(table: Any, *columns: str) -> dict[UUID, Any]:
                wanted = (getattr(table, name) for name in ("id", *columns))
                return {row.id: row for row in await work.session.execute(select(*wanted))}

            return cls(
                drafts=await rows(InvoiceDraft, "client_id", "state", "gross", "version", "invoice_id", "note"),
                draft_lines=await rows(InvoiceDraftLine, "draft_id", "net", "tax_amount", "gross"),
                claims=await rows(ChargeClaim, "draft_line_id"),
                invoices=await rows(Invoice, "number", "draft_id", "client_id", "net", "tax_amount", "gross"),
                invoice_lines=await rows(InvoiceLine, "invoice_id", "gross"),
                credit_notes=await rows(CreditNote, "number", "invoice_id", "net", "tax_amount", "gross"),
                open_items=await rows(OpenItem, "document_id", "client_id", "total", "open"),
                bank_lines=await rows(BankLine, "amount", "state", "version", "reverses_id"),
                payments=await rows(
                    Payment,
                    *("number", "client_id", "method", "line_id", "state", "version"),
                    *("amount", "unallocated", "withdrawn", "refunded"),
                ),
                allocations=await rows(PaymentAllocation, "payment_id", "open_item_id", "amount", "reverses_id"),
                refunds=await rows(
                    Refund,
                    *(
                        "number",
                        "payment_id",
                        "method",
                        "line_id",
                        "amount",
                        "state",
                        "author_id",
                        "paid_on",
                        "version",
                    ),
                ),
                receipts=await rows(OnlineReceipt, "gateway_payment_id", "fee", "application_fee"),
                online_refunds=await rows(OnlineRefund, "gateway_refund_id", "application_fee"),
                disputes=await rows(PaymentDispute, "gateway_dispute_id", "payment_id", "amount", "beyond", "state"),
                balances={
                    (each.kind, each.client_id, each.detail): each.balance.minor
                    for each in await LedgerRepository(work.session).balances()
                },
                findings=list(await verify(work)),
            )

    def differs_in(self, other: "BillingRecords") -> list[str]:
        """Tables in which the two are not the same."""
        return [each.name for each in fields(self) if getattr(self, each.name) != getattr(other, each.name)]

    def balance(self, kind: AccountKind, client_id: UUID | None = None) -> int:
        """What stands on all accounts of a kind, or on a client's."""
        return sum(
            amount
            for (of_kind, of_client, _), amount in self.balances.items()
            if of_kind == kind and client_id in (None, of_client)
        )

    def present(self) -> list[Any]:
        """Allocations that were not taken back."""
        undone = {each.reverses_id for each in self.allocations.values()}
        return [each for each in self.allocations.values() if each.reverses_id is None and each.id not in undone]

    def held(self, payment_id: UUID) -> int:
        """What of a payment refunds hold that have not left yet."""
        own = (each for each in self.refunds.values() if each.payment_id == payment_id and each.paid_on is None)
        return sum(each.amount for each in own if each.state in ("requested", "approved", "sending"))

    def check(self) -> None:
        """Documents = ledger = payments; nothing is open below nothing or above the whole; numbers have no gaps."""
        assert self.findings == []
        self._documents_agree()
        self._payments_agree()
        self._ledger_agrees()
        for prefix, rows in (
            ("FP", self.invoices),
            ("HZ", self.credit_notes),
            ("SK", self.payments),
            ("TK", self.refunds),
        ):
            expected = [f"{prefix}-2026-{number:06d}" for number in range(1, len(rows) + 1)]
            assert sorted(each.number for each in rows.values()) == expected

    def _documents_agree(self) -> None:
        lines = _sums(self.draft_lines.values(), "draft_id", "gross")
        held = Counter(self.draft_lines[each.draft_line_id].draft_id for each in self.claims.values())
        count = Counter(each.draft_id for each in self.draft_lines.values())
        for draft in self.drafts.values():
            if draft.state == "discarded":
                assert held[draft.id] == 0, "what was given up holds nothing"
                continue
            assert (draft.gross, held[draft.id]) == (lines[draft.id], count[draft.id]), "each line holds its charge"
        issued = {each.invoice_id: each for each in self.drafts.values() if each.state == "issued"}
        assert issued.keys() == self.invoices.keys()
        printed = _sums(self.invoice_lines.values(), "invoice_id", "gross")
        for invoice in self.invoices.values():
            assert invoice.draft_id == issued[invoice.id].id
            assert invoice.gross == issued[invoice.id].gross == printed[invoice.id]

    def _payments_agree(self) -> None:
        present = self.present()
        credited = _sums(self.credit_notes.values(), "invoice_id", "gross")
        paid = _sums(present, "open_item_id", "amount")
        shared = _sums(present, "payment_id", "amount")
        gone = (each for each in self.refunds.values() if each.state in ("paid", "sending") and each.paid_on)
        back = _sums(gone, "payment_id", "amount")
        standing = [each for each in self.disputes.values() if each.state != "won"]
        disputed, beyond = (_sums(standing, "payment_id", column) for column in ("amount", "beyond"))
        taken = {each.payment_id for each in self.disputes.values()}
        taken |= {each.payment_id for each in self.refunds.values() if each.author_id is None}
        assert {each.document_id for each in self.open_items.values()} == {
            each.id for each in self.invoices.values() if each.gross
        }
        for item in self.open_items.values():
            assert 0 <= item.open <= item.total
            assert item.total - item.open == credited[item.document_id] + paid[item.id]
        for payment in self.payments.values():
            there = payment.amount if payment.state == "received" else 0
            assert payment.refunded == back[payment.id], "what was paid back, and nothing else"
            assert payment.withdrawn == disputed[payment.id] - beyond[payment.id]
            assert payment.unallocated == there - shared[payment.id] - back[payment.id] - payment.withdrawn
            if payment.id not in taken:
                assert self.held(payment.id) <= payment.unallocated, "what was promised back is there"
        assert self.receipts.keys() == {each.id for each in self.payments.values() if each.method == "online"}
        transfers = (each for each in self.payments.values() if each.method == "transfer")
        received = Counter(each.line_id for each in transfers if each.state == "received")
        received.update(each.line_id for each in self.refunds.values() if each.line_id is not None)
        booked = {each.id for each in self.bank_lines.values() if each.state == "booked"}
        assert (set(received), set(received.values()) - {1}) == (booked, set()), "a line is booked once"

    def _ledger_agrees(self) -> None:
        there = [each for each in self.payments.values() if each.state == "received"]
        for client_id in {each.client_id for each in (*self.open_items.values(), *self.payments.values())}:
            owed = sum(each.open for each in self.open_items.values() if each.client_id == client_id)
            deposit = sum(each.unallocated for each in there if each.client_id == client_id)
            assert self.balance(AccountKind.RECEIVABLE, client_id) == owed
            assert self.balance(AccountKind.CLIENT_DEPOSIT, client_id) == deposit
        for account, method in ((AccountKind.BANK, "transfer"), (AccountKind.GATEWAY_CLEARING, "online")):
            kept = sum(each.amount - each.withdrawn - each.refunded for each in there if each.method == method)
            if method == "online":
                kept -= self.balance(AccountKind.GATEWAY_FEE) + self.balance(AccountKind.APPLICATION_FEE)
                kept -= sum(each.beyond for each in self.disputes.values() if each.state != "won")
            assert self.balance(account) == kept
        waiting = sum(each.beyond for each in self.disputes.values() if each.state == "open")
        assert self.balance(AccountKind.DISPUTED_PAYMENT) == waiting
        charged = sum(each.application_fee for each in self.receipts.values())
        assert charged - self.balance(AccountKind.APPLICATION_FEE) == sum(
            each.application_fee for each in self.online_refunds.values()
        )
        for kind, column in ((AccountKind.REVENUE, "net"), (AccountKind.OUTPUT_TAX, "tax_amount")):
            invoiced, given_back = (
                sum(getattr(each, column) for each in rows.values()) for rows in (self.invoices, self.credit_notes)
            )
            assert self.balance(kind) == invoiced - given_back


def _sums(rows: Iterable[Any], by: str, column: str) -> dict[UUID, int]:
    sums: dict[UUID, int] = defaultdict(int)
    for row in rows:
        sums[getattr(row, by)] += getattr(row, column)
    return sums
