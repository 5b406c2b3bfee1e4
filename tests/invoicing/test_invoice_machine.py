"""From charges to invoices, credit notes, reminders and 发票: two clients under every order of commands."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import func, select

from app.people.approvals import Verdict, decide
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.fapiao_models import Fapiao
from billing.invoicing.fapiao_schemas import FapiaoNumbered, RedRequest
from billing.invoicing.fapiao_states import FAPIAO, FapiaoMove, RedReason
from billing.invoicing.reminder_models import InvoiceReminder
from billing.invoicing.schemas import AloneApproval, DraftChange, InvoiceRunStart, LinesToLeaveOut
from billing.invoicing.services.drafts import DRAFT_APPROVAL, Drafts
from billing.invoicing.services.fapiaos import Fapiaos, lapse
from billing.invoicing.services.issuing import issue
from billing.invoicing.services.reminders import remind
from billing.invoicing.services.runs import InvoiceRuns, make_drafts
from billing.invoicing.states import INVOICE_DRAFT, DraftMove
from tests.factories.network import Network
from tests.invoicing.billing_machine import BillingMachine, Command, Scene, chosen, play
from tests.invoicing.conftest import Item

LIMIT = 500_00
"""Above it somebody else approves."""
CHOICES = st.integers(0, 1_000)
FAPIAO_WAY = ("request", "number", "request_red", "confirm_red", "number")
FAPIAO_STEPS = st.sampled_from((*FAPIAO_WAY, "withdraw", "lapse"))
SELDOM = st.sampled_from((False, False, True))
MOSTLY = st.sampled_from((True, True, False))


class InvoiceMachine(BillingMachine):
    """What the tables of moves allow is done, and nothing else; whatever is sent twice is done once."""

    async def prepared(self) -> None:
        await self.finance.profile(approval_above=Decimal(500))
        self.fapiao_number = 0
        for client in self.clients:
            await self.finance.charges(Item(106_00), Item(334_99), client=client)
        await self._run()

    @rule(amount=st.sampled_from((1, 53_00, 106_00, 334_99, -6_00)), choice=CHOICES)
    def charge(self, amount: int, choice: int) -> None:
        self.attempt(self.finance.charges(Item(amount), client=self.clients[choice % 2]), expected=True)

    @rule(twice=st.booleans())
    def run(self, *, twice: bool) -> None:
        self.attempt(self._run(), expected=True)
        if twice:
            before = self.records
            self.attempt(self._run(), expected=True)
            assert self.records.differs_in(before) == [], "run twice is run once"

    @rule(
        kind=st.sampled_from(("run", "issue", "submit", "decide", "give_back", "pay", *FAPIAO_WAY)),
        choice=CHOICES,
        amount=st.sampled_from((1, 50_00, 106_00)),
    )
    def go_on(self, kind: str, choice: int, amount: int) -> None:
        """Something that can be done: chance alone seldom comes far."""
        lively = choice * 4 + 1
        if kind == "run":
            self.attempt(self.finance.charges(Item(amount), client=self.clients[choice % 2]), expected=True)
            self.attempt(self._run(), expected=True)
        elif kind == "issue":
            self._issue(lively)
        elif kind == "submit":
            draft = self._draft(lively, "draft")
            if draft is not None:
                self.do(self.writer, self._drafts("submit", draft.id, draft.version), expected=draft.state == "draft")
        elif kind == "decide":
            self._decide(lively, yes=bool(choice % 3))
        elif kind == "give_back":
            self._give_back(choice, amount if choice % 3 else None)
        elif kind == "pay":
            self._pay(amount)
        else:
            self._fapiao(choice, kind)

    @rule(choice=CHOICES, move=st.sampled_from(("submit", "reopen", "discard", "note", "leave_out")), twice=SELDOM)
    def change_a_draft(self, choice: int, move: str, *, twice: bool) -> None:
        draft = self._draft(choice)
        if draft is None:
            return
        lines = [each.id for each in self.records.draft_lines.values() if each.draft_id == draft.id]
        commands: dict[str, tuple[Command, bool]] = {
            "submit": (self._drafts("submit", draft.id, draft.version), _may(draft, DraftMove.SUBMIT)),
            "reopen": (self._drafts("reopen", draft.id, draft.version), _may(draft, DraftMove.REOPEN)),
            "discard": (self._drafts("discard", draft.id, draft.version), _may(draft, DraftMove.DISCARD)),
            "note": (
                self._drafts("change", draft.id, DraftChange("请于月底前付款。", draft.version)),
                draft.state == "draft",
            ),
            "leave_out": (
                self._drafts("leave_out", draft.id, LinesToLeaveOut(lines[:1], draft.version)),
                draft.state == "draft" and bool(lines),
            ),
        }
        command, may = commands[move]
        self.do(self.writer, command, expected=may)
        if twice:
            self.do(self.writer, command, expected=False)

    @rule(choice=CHOICES, yes=MOSTLY, twice=SELDOM)
    def decide(self, choice: int, *, yes: bool, twice: bool) -> None:
        self._decide(choice, yes=yes, twice=twice)

    def _decide(self, choice: int, *, yes: bool, twice: bool = False) -> None:
        draft = self._draft(choice, "submitted")
        if draft is None or (draft.state != "submitted" and choice % 5):
            return
        verdict, reason = (Verdict.APPROVE, "") if yes else (Verdict.DECLINE, "工时核对一下")

        async def command(work: UnitOfWork) -> object:
            return await decide(work, DRAFT_APPROVAL, draft.id, verdict, reason=reason)

        self.do(self.writer, command, expected=False)
        self.do(self.owner, command, expected=draft.state == "submitted")
        if twice:
            self.do(self.owner, command, expected=False)

    @rule(choice=CHOICES)
    def approve_alone(self, choice: int) -> None:
        draft = self._draft(choice, "draft")
        if draft is not None and not choice % 3:
            command = self._drafts("approve_alone", draft.id, AloneApproval("只有我一个人", draft.version))
            self.do(self.owner, command, expected=_may(draft, DraftMove.APPROVE) and draft.state == "draft")

    @rule(choice=CHOICES, twice=SELDOM)
    def issue(self, choice: int, *, twice: bool) -> None:
        self._issue(choice, twice=twice)

    def _issue(self, choice: int, *, twice: bool = False) -> None:
        draft = self._draft(choice, "draft", "approved")
        if draft is None:
            return
        lines = [each for each in self.records.draft_lines.values() if each.draft_id == draft.id]
        allowed = draft.state == "approved" or abs(draft.gross) <= LIMIT
        may = _may(draft, DraftMove.ISSUE) and allowed and bool(lines) and draft.gross >= 0

        async def command(work: UnitOfWork) -> object:
            return await issue(work, draft.id, draft.version)

        self.do(self.writer, command, expected=may)
        if twice:
            self.do(self.writer, command, expected=False)

    @rule(choice=CHOICES, gross=st.sampled_from((None, 1, 50_00, 106_00)), approved=MOSTLY)
    def give_back(self, choice: int, gross: int | None, *, approved: bool) -> None:
        self._give_back(choice, gross, approved=approved)

    def _give_back(self, choice: int, gross: int | None, *, approved: bool = True) -> None:
        invoice = chosen(self.records.invoices.values(), choice)
        if invoice is not None:
            self.attempt(self.given_back(invoice.id, gross, approved=approved))

    @rule(amount=st.sampled_from((1, 106_00, 440_99)))
    def pay(self, amount: int) -> None:
        self._pay(amount)

    def _pay(self, amount: int) -> None:
        mine = [each for each in self.records.open_items.values() if each.client_id == self.finance.client.id]
        if sum(each.open > 0 for each in mine) == 1:
            self.attempt(self.finance.pays(amount), expected=True)

    @rule(days=st.sampled_from((1, 3, 10)))
    def days_go_by(self, days: int) -> None:
        self.days_pass(days)

    @rule(seldom=CHOICES)
    def remind(self, seldom: int) -> None:
        if seldom % 5:
            return
        self.scene.clock.advance(timedelta(days=40))
        self.do(self.finance.partner.system, lambda work: remind(work, "https://example.com"), expected=True)
        self.do(self.finance.partner.system, _no_reminder, expected=True)
        self.scene.clock.advance(timedelta(days=-40))
        self.scene.run(self._reminded_once())

    @rule(choice=CHOICES, move=FAPIAO_STEPS)
    def fapiao(self, choice: int, move: str) -> None:
        self._fapiao(choice, move)

    def _fapiao(self, choice: int, move: str) -> None:
        rows = self.scene.run(self._fapiaos())
        if move == "request":
            invoice = chosen(self.records.invoices.values(), choice)
            if invoice is None:
                return
            living = any(
                each.invoice_id == invoice.id and each.state not in ("withdrawn", "red_issued") for each in rows
            )
            left = invoice.gross > sum(
                each.gross for each in self.records.credit_notes.values() if each.invoice_id == invoice.id
            )
            self.do(self.writer, lambda work: Fapiaos(work).request(invoice.id), expected=left and not living)
            return
        if move == "lapse":
            self.do(self.finance.partner.system, lapse, expected=True)
            return
        row = chosen(rows, choice)
        if row is None:
            return
        self.fapiao_number += 1
        numbered = FapiaoNumbered(f"{self.fapiao_number:020d}", self.scene.clock.now().date(), row.version)
        asked = RedRequest(reason=RedReason.MISTAKE, used=bool(choice % 2), credit_note_id=None, version=row.version)
        red = row.state == "red_confirmed"
        commands: dict[str, tuple[Command, FapiaoMove]] = {
            "number": (
                lambda work: Fapiaos(work).number(row.id, numbered),
                FapiaoMove.ISSUE_RED if red else FapiaoMove.ISSUE,
            ),
            "withdraw": (lambda work: Fapiaos(work).withdraw(row.id, row.version), FapiaoMove.WITHDRAW),
            "request_red": (lambda work: Fapiaos(work).request_red(row.id, asked), FapiaoMove.REQUEST_RED),
            "confirm_red": (lambda work: Fapiaos(work).confirm_red(row.id, row.version), FapiaoMove.CONFIRM_RED),
        }
        command, step = commands[move]
        late = move == "confirm_red" and row.red_lapses_at is not None and row.red_lapses_at <= self.scene.clock.now()
        self.do(self.writer, command, expected=FAPIAO.allows(step, row.state) and not late)
        self.do(self.writer, command, expected=False)

    def _draft(self, choice: int, *lively: str) -> Any:
        states = lively or ("draft", "submitted", "approved")
        return chosen(self.records.drafts.values(), choice, lambda each: each.state in states)

    def _drafts(self, name: str, *arguments: object) -> Command:
        async def command(work: UnitOfWork) -> object:
            return await getattr(Drafts(work), name)(*arguments)

        return command

    async def _run(self) -> None:
        today = self.scene.clock.now().date()
        async with self.finance.units_of_work.begin(self.writer) as work:
            begun = await InvoiceRuns(work).start(InvoiceRunStart(today))
        await make_drafts(self.finance.units_of_work, self.finance.partner.id, begun.id, at_once=1)

    async def _fapiaos(self) -> list[Any]:
        async with self.finance.units_of_work.begin(self.writer) as work:
            columns = (Fapiao.id, Fapiao.invoice_id, Fapiao.state, Fapiao.version, Fapiao.red_lapses_at)
            return list(await work.session.execute(select(*columns).order_by(Fapiao.requested_at, Fapiao.id)))

    async def _reminded_once(self) -> None:
        async with self.finance.units_of_work.begin(self.writer) as work:
            twice = (
                select(InvoiceReminder.open_item_id)
                .group_by(InvoiceReminder.open_item_id, InvoiceReminder.step)
                .having(func.count() > 1)
            )
            assert (await work.session.scalars(twice)).all() == []


async def _no_reminder(work: UnitOfWork) -> None:
    assert await remind(work, "https://example.com") == 0, "each step once"


def _may(draft: Any, move: DraftMove) -> bool:
    return INVOICE_DRAFT.allows(move, draft.state)


@pytest.mark.slow(90, "thirty companies, each with up to thirty commands that are checked")
async def test_what_is_charged_is_invoiced_once_and_books_agree_after_every_command(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    await play(InvoiceMachine, Scene(runtime, network, clock, asyncio.get_running_loop()))
