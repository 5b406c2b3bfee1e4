"""Runs: the statements of a month, partner by partner; they go on where they were interrupted."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.platform.background.mirrors import MirrorSide
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.columns import view_of
from app.platform.kernel.counters import take_turns
from app.platform.kernel.errors import Forbidden
from app.platform.kernel.live_updates import Change
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory
from billing.periods import months_after
from billing.royalties.composing import charges_of
from billing.royalties.counting import month_of
from billing.royalties.errors import AlreadyRun, MonthNotOver, NoRule
from billing.royalties.events import RoyaltyRunStarted, RoyaltyStatementChanged
from billing.royalties.models import RoyaltyCharge, RoyaltyRun, RoyaltyStatement, RoyaltyStatementStep
from billing.royalties.permissions import RoyaltyPermission
from billing.royalties.schemas import ChargeKind, RunStart, RunView
from billing.royalties.services.rates import MONTHS_TURN
from billing.royalties.services.reckoning_partners import LONG_AGO, Reckoned, Reckoning, begin, reckon
from billing.royalties.services.records import MADE
from billing.royalties.standing import STATED_STATES, rules_in_force
from billing.royalties.states import ROYALTY_RUN, RoyaltyRunMove, RoyaltyRunState, Side, StatementState
from tenants.partners.models import Partner

PARTNERS_AT_ONCE: Final = 100
"""Of one transaction: what a killed worker does again."""
RUNS_SHOWN: Final = 24
STATED_FROM: Final = 3
"""The day of the next month on which a month is stated by itself: what was paid on its last day is known by then."""


class RoyaltyRuns:
    """The runs, in headquarters' tenant.

    Raises:
        Forbidden: elsewhere, or without `royalty:write`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        if work.tenant_id != HQ_TENANT_ID:
            raise Forbidden
        work.actor.require(RoyaltyPermission.ROYALTY_WRITE)
        self._work = work

    async def recent(self) -> list[RunView]:
        """The newest month first."""
        rows = await self._work.session.scalars(select(RoyaltyRun).order_by(RoyaltyRun.month.desc()).limit(RUNS_SHOWN))
        return [view_of(RunView, row) for row in rows]

    async def next_month(self) -> date | None:
        """The month that is to be stated next, over or not; None without a rule."""
        last = await self._work.session.scalar(select(func.max(RoyaltyRun.month)))
        if last is not None:
            return months_after(last, 1)
        return (await rules_in_force(self._work)).first_month

    async def start(self, wanted: RunStart) -> RunView:
        """Have the statements of a month made, or see how far they are. Months are stated in order.

        Raises:
            NoRule, MonthNotOver, AlreadyRun
        """
        work, month = self._work, month_of(wanted.month)
        work.require_writable()
        await take_turns(work.session, work.tenant_id, [MONTHS_TURN])
        known = await work.session.scalar(select(RoyaltyRun).where(RoyaltyRun.month == month))
        if known is not None:
            return view_of(RunView, known)
        following = await self.next_month()
        if following is None or (month < following and not await self._any()):
            raise NoRule
        if month < following:
            raise AlreadyRun(month=f"{month:%Y-%m}")
        if month > following or month >= month_of(platform_day(work.now)) or await self._running():
            raise MonthNotOver(month=f"{min(month, following):%Y-%m}")
        run = RoyaltyRun(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            month=month,
            state=RoyaltyRunState.RUNNING,
            partners=0,
            statements=0,
            started_at=work.now,
            started_by=work.actor.display_name,
        )
        work.session.add(run)
        work.publish(RoyaltyRunStarted(run_id=run.id))
        work.audit("royalty_run.started", "royalty_run", run.id, month=f"{month:%Y-%m}")
        await work.session.flush()
        return view_of(RunView, run)

    async def start_due(self) -> None:
        """What happens every day: the next month is stated once it is over and some days have passed; a run that was
        forgotten is taken up again."""
        if (running := await self._running()) is not None:
            self._work.publish(RoyaltyRunStarted(run_id=running))
            return
        month = await self.next_month()
        today = platform_day(self._work.now)
        if month is not None and today >= months_after(month, 1) + timedelta(days=STATED_FROM - 1):
            await self.start(RunStart(month))

    async def _any(self) -> bool:
        return bool(await self._work.session.scalar(select(func.count(RoyaltyRun.id))))

    async def _running(self) -> UUID | None:
        return await self._work.session.scalar(select(RoyaltyRun.id).where(RoyaltyRun.state == RoyaltyRunState.RUNNING))


async def make_statements(
    units_of_work: UnitOfWorkFactory, engine: AsyncEngine, run_id: UUID, *, at_once: int = PARTNERS_AT_ONCE
) -> None:
    """Carry a run to its end. Each step is a transaction with its place in it: whoever calls after a kill goes on
    there, and two at once share the work. `engine` is the network role's."""
    going_on = True
    while going_on:
        async with units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
            going_on = await _step(work, engine, run_id, at_once)


async def _step(work: UnitOfWork, engine: AsyncEngine, run_id: UUID, at_once: int) -> bool:
    """The next partners of the run; whether there may be more."""
    run = await work.session.get(RoyaltyRun, (work.tenant_id, run_id), with_for_update=True, populate_existing=True)
    if run is None or run.state != RoyaltyRunState.RUNNING:
        return False
    partners = await _partners_after(work, run.cursor, at_once)
    if partners:
        reckoning = await begin(work, engine, run.month)
        found = await reckon(reckoning, partners, await _before(work, run))
        await _write(work, run, reckoning, found)
        run.cursor, run.partners = partners[-1].id, run.partners + len(partners)
        run.statements += len(found)
    else:
        run.state = ROYALTY_RUN.after(RoyaltyRunMove.FINISH, run.state)
        run.finished_at = work.now
        work.audit("royalty_run.finished", "royalty_run", run.id, count=run.statements)
    work.announce(Change(kind="royalty_run", id=run.id))
    await work.session.flush()
    return bool(partners)


async def _partners_after(work: UnitOfWork, cursor: UUID | None, at_once: int) -> Sequence[Partner]:
    statement = select(Partner).where(Partner.state.in_(STATED_STATES)).order_by(Partner.id).limit(at_once)
    if cursor is not None:
        statement = statement.where(Partner.id > cursor)
    return (await work.session.scalars(statement)).all()


async def _before(work: UnitOfWork, run: RoyaltyRun) -> datetime:
    """When the month before was begun to be stated."""
    before = select(func.max(RoyaltyRun.started_at)).where(RoyaltyRun.month < run.month)
    return await work.session.scalar(before) or LONG_AGO


async def _write(work: UnitOfWork, run: RoyaltyRun, reckoning: Reckoning, found: Sequence[Reckoned]) -> None:
    if not found:
        return
    rule = reckoning.rules.of(run.month)
    answer_by = platform_day(work.now) + timedelta(days=rule.answer_days)
    statements: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    charges: list[dict[str, Any]] = []
    told: list[Any] = []
    for partner, currency, minimum, lines in found:
        amount = sum(each.amount for each in lines)
        statement_id = work.new_id()
        statements.append(
            {
                "tenant_id": work.tenant_id,
                "id": statement_id,
                "number": statement_number(run.month, partner.slug, currency, rule.currency),
                "partner_id": partner.id,
                "partner_name": partner.name,
                "month": run.month,
                "currency": currency,
                "made_at": work.now,
                "bases": msgspec.to_builtins(reckoning.rules.bases),
                "minimum_fee": minimum,
                "edition": 1,
                "revenue": sum(each.revenue for each in lines),
                "amount": amount,
                "lines": msgspec.to_builtins(lines),
                "answer_by": answer_by,
                "dispute_reason": "",
                "state": StatementState.PROPOSED,
                "state_revision": 1,
                "settled_by": MirrorSide.OWNER,
                "owner_revision": 1,
                "other_revision": 0,
            }
        )
        steps.append(
            {
                "tenant_id": work.tenant_id,
                "id": work.new_id(),
                "statement_id": statement_id,
                "occurred_at": work.now,
                "kind": MADE,
                "side": Side.HEADQUARTERS,
                "actor_name": work.actor.display_name,
                "amount": amount,
                "text": "",
            }
        )
        charges += charge_rows(work, statement_id, partner.id, currency, charges_of(lines))
        told += work.event_rows(RoyaltyStatementChanged(record_id=statement_id, kind=MADE))
        told += work.audit_rows("royalty_statement.created", "royalty_statement", statement_id)
    await work.session.execute(insert(RoyaltyStatement), statements)
    await work.session.execute(insert(RoyaltyStatementStep), steps)
    if charges:
        await work.session.execute(insert(RoyaltyCharge), charges)
    work.session.add_all(told)


def charge_rows(
    work: UnitOfWork,
    statement_id: UUID,
    partner_id: UUID,
    currency: str,
    amounts: dict[tuple[ChargeKind, date], int],
) -> list[dict[str, Any]]:
    """What a statement asks for, as rows."""
    return [
        {
            "tenant_id": work.tenant_id,
            "id": work.new_id(),
            "statement_id": statement_id,
            "partner_id": partner_id,
            "month": when,
            "currency": currency,
            "kind": kind,
            "amount": amount,
            "made_at": work.now,
        }
        for (kind, when), amount in amounts.items()
    ]


def statement_number(month: date, slug: str, currency: str, usual: str) -> str:
    """By month and partner: `JS-202611-xiamen`; of another currency than the minimum's it is named."""
    return f"JS-{month:%Y%m}-{slug}" + (f"-{currency}" if currency != usual else "")
