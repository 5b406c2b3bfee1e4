"""Closing the books month by month, in order and for good."""

from datetime import date
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.unit_of_work import UnitOfWork
from billing.ledger.errors import MonthClosed, MonthNotOver
from billing.ledger.models import LedgerBook, LedgerEntry, LedgerMonthClosing
from billing.ledger.permissions import LedgerPermission
from billing.ledger.schemas import LedgerMonthView
from billing.periods import months_after
from tenants.company_time import company_day

NEVER_CLOSED: Final = date(1900, 1, 1)


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


class LedgerMonths:
    """The months of the books of the actor's company. Days are days of its own zone."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def hold_open(self, day: date) -> None:
        """Keep the day's month from being closed until this transaction ends.

        Raises:
            MonthClosed.
        """
        if day < await self._open_from(alone=False):
            raise MonthClosed(month=f"{day:%Y-%m}")

    async def open_day(self, day: date) -> date:
        """The day itself, or the first day that is not closed; its month stays open until this transaction ends."""
        return max(day, await self._open_from(alone=False))

    async def closed(self) -> list[LedgerMonthView]:
        """The closed months, the newest first.

        Raises:
            Forbidden: without `ledger:read`.
        """
        self._work.actor.require(LedgerPermission.LEDGER_READ)
        rows = await self._work.session.scalars(
            select(LedgerMonthClosing)
            .where(LedgerMonthClosing.tenant_id == self._work.tenant_id)
            .order_by(LedgerMonthClosing.month.desc())
        )
        return [LedgerMonthView(row.month, row.closed_at, row.closed_by) for row in rows]

    async def next_to_close(self) -> date | None:
        """The first day of the oldest month that is over and open; None where there is none.

        Raises:
            Forbidden: without `ledger:read`.
        """
        self._work.actor.require(LedgerPermission.LEDGER_READ)
        month = await self._oldest_open(await self._open_from(alone=False))
        return month if month is not None and month < await self._present_month() else None

    async def close(self, month: date) -> None:
        """Close the month of this day. Closing it again changes nothing.

        Raises:
            Forbidden: without `ledger:write`.
            MonthNotOver: it still runs, or an earlier month with postings is open.
        """
        work = self._work
        work.actor.require(LedgerPermission.LEDGER_WRITE)
        month = month_of(month)
        open_from = await self._open_from(alone=True)
        if month < open_from:
            return
        oldest = await self._oldest_open(open_from)
        if month >= await self._present_month() or (oldest is not None and oldest < month):
            raise MonthNotOver(month=f"{month:%Y-%m}")
        await work.session.execute(
            update(LedgerBook).where(LedgerBook.tenant_id == work.tenant_id).values(open_from=months_after(month, 1))
        )
        work.session.add(
            LedgerMonthClosing(
                tenant_id=work.tenant_id, month=month, closed_at=work.now, closed_by=work.actor.display_name
            )
        )
        work.audit("ledger_month.closed", "ledger_month", None, month=f"{month:%Y-%m}")

    async def _open_from(self, *, alone: bool) -> date:
        lock = (
            select(LedgerBook.open_from)
            .where(LedgerBook.tenant_id == self._work.tenant_id)
            .with_for_update(read=not alone)
        )
        found = await self._work.session.scalar(lock)
        if found is None:
            await self._work.session.execute(
                insert(LedgerBook)
                .values(tenant_id=self._work.tenant_id, id=self._work.tenant_id, open_from=NEVER_CLOSED)
                .on_conflict_do_nothing()
            )
            found = (await self._work.session.execute(lock)).scalar_one()
        return found

    async def _oldest_open(self, open_from: date) -> date | None:
        """The first day of the oldest open month with entries."""
        day = await self._work.session.scalar(select(func.min(LedgerEntry.day)).where(LedgerEntry.day >= open_from))
        return None if day is None else month_of(day)

    async def _present_month(self) -> date:
        return month_of(await company_day(self._work))
