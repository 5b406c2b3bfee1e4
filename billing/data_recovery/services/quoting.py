"""The quote of a case: one line with the most that it may cost, and the rule in words, before the client's approver."""

from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.platform.kernel.texts import N_, SOURCE_LANGUAGE, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import PromiseService
from billing.data_recovery.charging import FEE_POSITION, fee_line
from billing.data_recovery.fees import BASIS_NAMES, LEAST_NAMES, FeeTerms, LeastFee
from billing.data_recovery.models import RecoveryCase
from billing.data_recovery.permissions import RecoveryPermission
from billing.data_recovery.promises import RESULT, subject_of, terms_of
from billing.data_recovery.schemas import RecoveryQuote
from billing.data_recovery.services.records import CATEGORY, locked_case, move_case, require_authorised
from billing.data_recovery.states import PLATFORM, RECOVERY_CASE, STAFF, RecoveryMove, RecoveryState
from billing.money import Money, PriceMode, price_text
from billing.quotes import (
    FreeLineWrite,
    LineKind,
    QuoteCreate,
    QuoteDrafts,
    QuoteOffers,
    Quotes,
    QuoteState,
    QuoteUpdate,
    withdraw_offer,
)

CURRENCY: Final = "CNY"
TITLE: Final = N_("数据恢复 %(number)s")
LINE: Final = N_("数据恢复（按结果收费，最多收这么多）")
RULE: Final = N_(
    "恢复的可能性约 %(probability)s%%，同意后 %(days)s 天内出结果。%(basis)s；什么也没恢复出来：%(without_result)s；"
    "中途要回介质：%(when_stopped)s。检测费 %(diagnosis_fee)s 元（含税），已含在恢复费里。"
)


class RecoveryQuoting:
    """Quoting cases.

    Raises:
        Forbidden: without `recovery_case:write`, and while the company is suspended.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(RecoveryPermission.RECOVERY_CASE_WRITE)
        work.require_writable()
        self._work = work

    async def quote(self, case_id: UUID, wanted: RecoveryQuote) -> None:
        """Put the fee and its rule before the client's approver.

        Raises:
            Forbidden: without `quote:write`.
            NotFound, StaleVersion, RecoveryMoveRefused, RecoveryNotAuthorised
            and what quotes refuse: a tax rate that does not hold, a validity that is over.
        """
        work = self._work
        case = await locked_case(work, case_id, wanted.version)
        RECOVERY_CASE.require(RecoveryMove.QUOTE, case.state, STAFF)
        await require_authorised(work)
        _ = translator(SOURCE_LANGUAGE)
        words = _(RULE, **self._rule(case, wanted))
        title = _(TITLE, number=case.number)
        line = FreeLineWrite(
            kind=LineKind.WORK,
            name=_(LINE),
            unit="项",
            quantity=Decimal(1),
            unit_price=wanted.recovery_fee,
            tax=wanted.tax,
            service_category=CATEGORY,
            price_mode=PriceMode.TAX_INCLUDED,
        )
        quote_id = await self._written(case, title, words, wanted.valid_until, line)
        # The case names the quote before it can be approved: its line is then charged by the case's rule alone.
        case.quote_id = quote_id
        case.fee_terms = msgspec.to_builtins(
            FeeTerms(
                basis=wanted.basis,
                diagnosis_fee=Money.of(wanted.diagnosis_fee, CURRENCY).minor,
                without_result=wanted.without_result,
                when_stopped=wanted.when_stopped,
            )
        )
        case.work_days = wanted.work_days
        move_case(case, RecoveryMove.QUOTE, STAFF)
        await work.session.flush()
        await QuoteOffers(work).offer(quote_id, (await Quotes(work).get(quote_id)).version)
        work.audit("recovery_case.quoted", "recovery_case", case.id, number=case.number)
        await work.session.flush()

    async def _written(
        self, case: RecoveryCase, title: str, words: str, valid_until: date | None, line: FreeLineWrite
    ) -> UUID:
        """The draft with its one line; a case has one quote for its whole life, in versions."""
        work, drafts = self._work, QuoteDrafts(self._work)
        if case.quote_id is None:
            made = await drafts.create(QuoteCreate(title, None, case.client_id, valid_until, words))
            await drafts.write_free_line(made, line)
            return made
        before = await Quotes(work).get(case.quote_id)
        if before.state is not QuoteState.DRAFT:
            await QuoteOffers(work).revise(before.id, before.version)
            before = await Quotes(work).get(before.id)
        await drafts.update(before.id, QuoteUpdate(title, before.version, valid_until, words))
        first = next((each.id for each in before.lines if each.position == FEE_POSITION), None)
        await drafts.write_free_line(before.id, line, first)
        return before.id

    def _rule(self, case: RecoveryCase, wanted: RecoveryQuote) -> dict[str, object]:
        _ = translator(SOURCE_LANGUAGE)

        def least(rule: LeastFee) -> str:
            return _(LEAST_NAMES[rule])

        return {
            "probability": case.probability,
            "days": wanted.work_days,
            "basis": _(BASIS_NAMES[wanted.basis]),
            "without_result": least(wanted.without_result),
            "when_stopped": least(wanted.when_stopped),
            "diagnosis_fee": price_text(wanted.diagnosis_fee),
        }


async def follow_approval(work: UnitOfWork, quote_id: UUID) -> None:
    """The client approved a quote: if it is a case's, the work may start, and its result is promised."""
    case = await _case_of(work, quote_id)
    if case is None:
        return
    if await fee_line(work, quote_id) is None:
        await _decline(work, case)
        return
    await _approve(work, case)


async def _approve(work: UnitOfWork, case: RecoveryCase) -> None:
    if not RECOVERY_CASE.allows(RecoveryMove.APPROVE, case.state, PLATFORM):
        return
    move_case(case, RecoveryMove.APPROVE, PLATFORM)
    case.approved_at = work.now
    await PromiseService(work).start(subject_of(case), {RESULT: terms_of(case.work_days or 1)})
    work.audit("recovery_case.approved", "recovery_case", case.id, number=case.number)
    await work.session.flush()


async def follow_refusal(work: UnitOfWork, quote_id: UUID) -> None:
    """The client declined, the quote ran out or was taken back: if it is a case's, another can be written."""
    case = await _case_of(work, quote_id)
    if case is not None:
        await _decline(work, case)


async def _decline(work: UnitOfWork, case: RecoveryCase) -> None:
    if not RECOVERY_CASE.allows(RecoveryMove.DECLINE, case.state, PLATFORM):
        return
    move_case(case, RecoveryMove.DECLINE, PLATFORM)
    work.audit("recovery_case.declined", "recovery_case", case.id, number=case.number)
    await work.session.flush()


async def settle_quote(work: UnitOfWork, case: RecoveryCase) -> None:
    """Before the locked case stops: a quote that nobody has answered is not answered any more; one that the client
    approved a moment ago counts as approved."""
    if case.state != RecoveryState.QUOTED or case.quote_id is None:
        return
    await withdraw_offer(work, case.quote_id)
    if await fee_line(work, case.quote_id) is not None:
        await _approve(work, case)


async def _case_of(work: UnitOfWork, quote_id: UUID) -> RecoveryCase | None:
    case_id = await work.session.scalar(select(RecoveryCase.id).where(RecoveryCase.quote_id == quote_id))
    if case_id is None:
        return None
    case = await locked_case(work, case_id)
    return case if case.quote_id == quote_id else None
