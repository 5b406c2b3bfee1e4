"""Lines of bank statements: whose they are, and what for. Suggested by what is known, decided by a person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, exists, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from app.assets.clients.models import Client
from app.platform.kernel.columns import columns_of
from app.platform.kernel.errors import Conflict, NotFound, StaleVersion
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.models import BillingProfile, OpenItem
from billing.money import Money
from billing.payments.errors import BankLineMoveRefused, BankLineNoReceipt, BankLineNotReversed
from billing.payments.matching import Incoming, Matcher, MatchSuggestion, OpenDocument, plain_account, plain_name
from billing.payments.models import BankLine, PayerAccount, Payment
from billing.payments.payouts.models import Payout
from billing.payments.permissions import PaymentPermission
from billing.payments.schemas import (
    AllocationPart,
    BankLineView,
    LineBooking,
    LinePosition,
    LineSetAside,
    LineSuggestion,
    LineVersion,
    OpenDocumentView,
    PaymentReversal,
    PaymentView,
    SureLines,
)
from billing.payments.services.payments import Payments
from billing.payments.states import BANK_LINE, TAKEN_BACK, BankLineMove, BankLineState, PaymentState


class _Known(NamedTuple):
    """Who answers for lines, and how clients are called."""

    matcher: Matcher
    names: Mapping[UUID, str]


REVERSAL_WITHIN: Final = timedelta(days=60)
"""How long after a receipt the bank takes it back."""


class BankLines:
    """Lines of the company's bank statements.

    Raises:
        Forbidden: without `payment:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(PaymentPermission.PAYMENT_READ)
        self._work = work

    async def get(self, line_id: UUID) -> BankLineView:
        """
        Raises:
            NotFound: no such line in this company.
        """
        row = (
            await self._work.session.execute(select(*columns_of(BankLineView, BankLine)).where(BankLine.id == line_id))
        ).one_or_none()
        if row is None:
            raise NotFound
        return line_view(row)

    async def waiting(self, limit: int) -> list[BankLineView]:
        """Lines that nobody has said anything of, the oldest first."""
        rows = await self._work.session.execute(
            select(*columns_of(BankLineView, BankLine))
            .where(BankLine.state == BankLineState.OPEN)
            .order_by(BankLine.day, BankLine.id)
            .limit(limit)
        )
        return [line_view(row) for row in rows]

    async def suggestions(self, lines: Sequence[BankLineView]) -> dict[UUID, LineSuggestion]:
        """Whose these lines seem to be, by line; what nothing tells of is left out."""
        known = await self._known()
        return {
            line.id: _suggestion(line, suggested, known)
            for line in lines
            if line.amount > 0 and (suggested := known.matcher.suggestion(_incoming(line))) is not None
        }

    async def suggestion_for(self, line: BankLineView, client_id: UUID) -> LineSuggestion:
        """What a line is for, where somebody knows whose it is.

        Raises:
            NotFound: no such client in this company.
        """
        known = await self._known()
        if client_id not in known.names:
            raise NotFound
        return _suggestion(line, known.matcher.for_client(_incoming(line), client_id), known)

    async def accept_sure(self, limit: int, after: LinePosition | None = None) -> SureLines:
        """Of the oldest waiting lines, those behind `after`, book those of which who pays and how much both fit. Lines
        that somebody else has in hand, and what somebody else changes meanwhile, are left.

        Raises:
            Forbidden: without `payment:write`.
        """
        self._work.actor.require(PaymentPermission.PAYMENT_WRITE)
        held, known, payments = await self._held(limit, after), await self._known(), Payments(self._work)
        booked, views = 0, [_view_of(line) for line in held]
        for view in views:
            incoming = _incoming(view)
            suggested = known.matcher.suggestion(incoming) if view.amount > 0 else None
            if suggested is None or not suggested.sure:
                continue
            try:
                async with self._work.part():
                    line = await self._work.session.get_one(BankLine, (self._work.tenant_id, view.id))
                    await self._book(payments, line, _booking(view.version, suggested))
            except Conflict:
                known, payments = await self._known(), Payments(self._work)
                continue
            known.matcher.booked(incoming, suggested)
            booked += 1
        return SureLines(booked, LinePosition(views[-1].day, views[-1].id) if len(views) == limit else None)

    async def book(self, line_id: UUID, wanted: LineBooking) -> PaymentView:
        """Make a payment of the line.

        Raises:
            Forbidden: without `payment:write`.
            NotFound, StaleVersion, BankLineMoveRefused
            BankLineNoReceipt: the money went out.
            PaymentExceeded, AmountBeyondOpen, CurrencyMismatch
        """
        line = await self._locked(line_id, wanted.version, BankLineMove.BOOK)
        if line.amount <= 0:
            raise BankLineNoReceipt
        payments = Payments(self._work)
        payment = await self._book(payments, line, wanted)
        return await payments.get(payment.id)

    async def accept(self, line_id: UUID, version: int) -> PaymentView:
        """Make a payment of the line as it is suggested now.

        Raises:
            as `book`; NotFound: nothing is suggested.
        """
        line = await self.get(line_id)
        suggested = (await self._known()).matcher.suggestion(_incoming(line)) if line.amount > 0 else None
        if suggested is None:
            raise NotFound
        return await self.book(line_id, _booking(version, suggested))

    async def set_aside(self, line_id: UUID, wanted: LineSetAside) -> BankLineView:
        """The line is no client's payment.

        Raises:
            Forbidden: without `payment:write`.
            NotFound, StaleVersion, BankLineMoveRefused
        """
        line = await self._locked(line_id, wanted.version, BankLineMove.SET_ASIDE)
        line.reason = wanted.reason
        self._move(line, BankLineMove.SET_ASIDE)
        self._work.audit("bank_line.dismissed", "bank_line", line.id)
        return await self._read(line_id)

    async def take_up(self, line_id: UUID, wanted: LineVersion) -> BankLineView:
        """The line is somebody's payment after all.

        Raises:
            Forbidden: without `payment:write`.
            NotFound, StaleVersion, BankLineMoveRefused
        """
        line = await self._locked(line_id, wanted.version, BankLineMove.TAKE_UP)
        line.reason = ""
        self._move(line, BankLineMove.TAKE_UP)
        self._work.audit("bank_line.restored", "bank_line", line.id)
        return await self._read(line_id)

    async def undo(self, payment_id: UUID, wanted: PaymentReversal) -> PaymentView:
        """The payment was booked by mistake: it is taken back, and its line waits again.

        Raises:
            Forbidden: without `payment:write`.
            NotFound, StaleVersion, PaymentMoveRefused
        """
        payments = Payments(self._work)
        present = await payments.get(payment_id)
        if present.line_id is not None:
            line = await self._locked(present.line_id, None, None)
            payment = await payments.reverse(payment_id, wanted.reason, wanted.version)
            self._move(line, BankLineMove.UNDO)
        else:
            payment = await payments.reverse(payment_id, wanted.reason, wanted.version)
        await self._work.session.flush()
        return await payments.get(payment.id)

    async def original_of(self, line: BankLineView) -> BankLineView | None:
        """The receipt that a line of the bank's takes back: the latest one before it with the same amount, of the same
        payer where the bank names one, that no other line took back."""
        if line.amount >= 0:
            return None
        taken_back = aliased(BankLine)
        alike: list[ColumnElement[bool]] = [
            BankLine.amount == -line.amount,
            BankLine.currency == line.currency,
            BankLine.own_account == line.own_account,
            BankLine.day <= line.day,
            BankLine.day >= line.day - REVERSAL_WITHIN,
            BankLine.state.in_((BankLineState.OPEN, BankLineState.BOOKED)),
            ~exists().where(and_(taken_back.tenant_id == BankLine.tenant_id, taken_back.reverses_id == BankLine.id)),
            # That a payout came back the payment provider tells; until then its line is no receipt of a client's.
            ~exists().where(and_(Payout.tenant_id == BankLine.tenant_id, Payout.bank_line_id == BankLine.id)),
        ]
        if line.payer_account:
            alike.append(BankLine.payer_account == line.payer_account)
        elif line.payer_name:
            alike.append(BankLine.payer_name == line.payer_name)
        row = (
            await self._work.session.execute(
                select(*columns_of(BankLineView, BankLine))
                .where(*alike)
                .order_by(BankLine.day.desc(), BankLine.id.desc())
                .limit(1)
            )
        ).one_or_none()
        return None if row is None else line_view(row)

    async def take_back(self, line_id: UUID, wanted: LineVersion) -> BankLineView:
        """The line takes a receipt back: what was booked of it is reversed, and both lines are done.

        Raises:
            Forbidden: without `payment:write`.
            NotFound, StaleVersion, BankLineMoveRefused
            BankLineNotReversed: there is no such receipt.
        """
        original = await self.original_of(await self.get(line_id))
        if original is None:
            raise BankLineNotReversed
        first, second = sorted((line_id, original.id))
        locked = {each: await self._locked(each, None, None) for each in (first, second)}
        line, receipt = locked[line_id], locked[original.id]
        if line.version != wanted.version:
            raise StaleVersion
        if receipt.version != original.version:
            raise BankLineMoveRefused
        payment_id = await self._work.session.scalar(
            select(Payment.id).where(Payment.line_id == receipt.id, Payment.state == PaymentState.RECEIVED)
        )
        if payment_id is not None:
            await Payments(self._work).reverse(payment_id, line.text[:200] or TAKEN_BACK)
        for each in (line, receipt):
            self._move(each, BankLineMove.REVERSE)
        line.reverses_id = receipt.id
        self._work.audit("bank_line.reversed", "bank_line", receipt.id)
        return await self._read(line_id)

    async def _book(self, payments: Payments, line: BankLine, wanted: LineBooking) -> Payment:
        payment = await payments.receive(line, wanted.client_id, wanted.parts)
        self._move(line, BankLineMove.BOOK)
        if wanted.remember and line.payer_account:
            await self._remember(line, wanted.client_id)
        await self._work.session.flush()
        return payment

    async def _held(self, limit: int, after: LinePosition | None) -> Sequence[BankLine]:
        """The oldest waiting lines that nobody else has in hand, nobody else's until the transaction ends."""
        behind = [] if after is None else [tuple_(BankLine.day, BankLine.id) > tuple_(after.day, after.id)]
        rows = await self._work.session.scalars(
            select(BankLine)
            .where(BankLine.state == BankLineState.OPEN, *behind)
            .order_by(BankLine.day, BankLine.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        return rows.all()

    async def _known(self) -> _Known:
        """What is known of clients, their documents and their accounts, once for many lines."""
        session = self._work.session
        documents = [
            OpenDocument(row.id, row.client_id, row.number, row.due_on, Money(row.open, row.currency))
            for row in await session.execute(
                select(
                    OpenItem.id, OpenItem.client_id, OpenItem.number, OpenItem.due_on, OpenItem.open, OpenItem.currency
                )
                .where(OpenItem.open > 0)
                .order_by(OpenItem.due_on, OpenItem.number, OpenItem.id)
            )
        ]
        clients = (await session.execute(select(Client.id, Client.name, Client.short_name))).all()
        titles = (
            await session.execute(select(BillingProfile.client_id, BillingProfile.title, BillingProfile.bank_account))
        ).all()
        accounts = {
            account: client_id
            for client_id, account in await session.execute(select(PayerAccount.client_id, PayerAccount.account))
        }
        for client_id, _, account in titles:
            if account:
                accounts.setdefault(plain_account(account), client_id)
        called: dict[str, set[UUID]] = defaultdict(set)
        words = [(client.id, word) for client in clients for word in (client.name, client.short_name)]
        for client_id, word in (*words, *((client_id, title) for client_id, title, _ in titles)):
            if name := plain_name(word):
                called[name].add(client_id)
        return _Known(Matcher(documents, accounts, called), {client.id: client.name for client in clients})

    async def _remember(self, line: BankLine, client_id: UUID) -> None:
        work = self._work
        seen = {"client_id": client_id, "payer_name": line.payer_name, "seen_at": work.now}
        await work.session.execute(
            insert(PayerAccount)
            .values(tenant_id=work.tenant_id, id=work.new_id(), account=line.payer_account, **seen)
            .on_conflict_do_update(index_elements=["tenant_id", "account"], set_=seen)
        )

    async def _locked(self, line_id: UUID, version: int | None, move: BankLineMove | None) -> BankLine:
        """The line, which `move` may be made of, and nobody else's until the transaction ends."""
        self._work.actor.require(PaymentPermission.PAYMENT_WRITE)
        line = await self._work.session.scalar(
            select(BankLine).where(BankLine.id == line_id).with_for_update().execution_options(populate_existing=True)
        )
        if line is None:
            raise NotFound
        if move is not None:
            BANK_LINE.require(move, line.state)
        if version is not None and line.version != version:
            raise StaleVersion
        return line

    def _move(self, line: BankLine, move: BankLineMove) -> None:
        line.state = BANK_LINE.after(move, line.state)
        line.version += 1

    async def _read(self, line_id: UUID) -> BankLineView:
        await self._work.session.flush()
        return await self.get(line_id)


def line_view(row: Iterable[Any]) -> BankLineView:
    """A row of `BankLineView`'s columns."""
    return msgspec.convert(dict(zip(BankLineView.__struct_fields__, row, strict=True)), BankLineView)


def _view_of(line: BankLine) -> BankLineView:
    return line_view(getattr(line, name) for name in BankLineView.__struct_fields__)


def _incoming(line: BankLineView) -> Incoming:
    return Incoming(Money(line.amount, line.currency), line.payer_name, line.payer_account, line.text)


def _booking(version: int, suggested: MatchSuggestion) -> LineBooking:
    parts = tuple(AllocationPart(each.item_id, each.amount.minor) for each in suggested.parts)
    return LineBooking(version, suggested.client_id, parts)


def _suggestion(line: BankLineView, suggested: MatchSuggestion, known: _Known) -> LineSuggestion:
    parts = {part.item_id: part.amount.minor for part in suggested.parts}
    documents = [
        OpenDocumentView(each.id, each.number, each.due_on, each.open.minor, parts.get(each.id, 0))
        for each in known.matcher.documents_of(suggested.client_id, line.currency)
    ]
    return LineSuggestion(
        client_id=suggested.client_id,
        client_name=known.names[suggested.client_id],
        documents=documents,
        reasons=list(suggested.reasons),
        sure=suggested.sure,
        rest=line.amount - sum(parts.values()),
    )
