"""Headquarters reads the network's money: sums of partners, never a client's name.

The `network` role reads the facts and who the partners are; the database makes the sums.
"""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Date, Select, bindparam, case, cast, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.models import Tenant
from tenants.partner_finance.models import FinanceFact
from tenants.partner_finance.permissions import NetworkFinancePermission
from tenants.partner_finance.schemas import FinanceFigures, FinanceGrouping, FinanceRow, NetworkFinance
from tenants.partner_metrics import Grain, Period, period_from

_KEYS: Final[dict[FinanceGrouping, Any]] = {
    FinanceGrouping.PARTNER: FinanceFact.tenant_id,
    FinanceGrouping.CATEGORY: FinanceFact.category,
    FinanceGrouping.MONTH: FinanceFact.month,
}
_PARTNERS: Final = (
    select(Tenant.id, Tenant.name).where(Tenant.kind == literal_column("'partner'")).order_by(Tenant.name, Tenant.id)
)


class NetworkFinanceService:
    """The figures, for who holds `network_finance:read`.

    Raises:
        Forbidden: without it.
    """

    def __init__(self, work: UnitOfWork, engine: AsyncEngine) -> None:
        """`engine` is the network role's."""
        work.actor.require(NetworkFinancePermission.NETWORK_FINANCE_READ)
        self._today = platform_day(work.now)
        self._engine = engine

    def period(self, first: str = "", last: str = "") -> Period:
        """The months that an address asks for; without anything the present one.

        Raises:
            Invalid: as `period_from` tells.
        """
        return period_from(Grain.MONTH, first, last, self._today)

    async def of_network(self, period: Period, by: FinanceGrouping) -> NetworkFinance:
        """The network in these months, and its sums by partner (in the order of names), category or month."""
        asked = {"first": period.first, "end": period.end, "today": self._today}
        async with self._engine.connect() as connection:
            totals = (await connection.execute(_sums(()), asked)).all()
            found = (await connection.execute(_sums((by,)), asked)).all()
            names = await _names(connection) if by is FinanceGrouping.PARTNER else {}
        rows = [_row((by,), row, names) for row in found]
        return NetworkFinance(
            first=period.first,
            last=period.last,
            by=by,
            totals=[_figures(row) for row in totals],
            rows=sorted(rows, key=lambda row: (row.partner_name, row.category, str(row.month), row.figures.currency)),
        )

    async def every_row(self, period: Period) -> list[FinanceRow]:
        """By partner, category and month at once, for a sheet."""
        groupings = (FinanceGrouping.PARTNER, FinanceGrouping.MONTH, FinanceGrouping.CATEGORY)
        async with self._engine.connect() as connection:
            asked = {"first": period.first, "end": period.end, "today": self._today}
            found = (await connection.execute(_sums(groupings), asked)).all()
            names = await _names(connection)
        rows = [_row(groupings, row, names) for row in found]
        return sorted(rows, key=lambda row: (row.partner_name, str(row.month), row.category, row.figures.currency))


async def _names(connection: AsyncConnection) -> dict[UUID, str]:
    return {row[0]: row[1] for row in await connection.execute(_PARTNERS)}


def _sums(groupings: tuple[FinanceGrouping, ...]) -> Select[Any]:
    keys = [_KEYS[each] for each in groupings]
    left = FinanceFact.billed - FinanceFact.credited - FinanceFact.paid
    overdue = case((FinanceFact.due_on < cast(bindparam("today"), Date), left), else_=literal_column("0"))
    sums = (FinanceFact.billed, FinanceFact.credited, FinanceFact.paid, left, overdue, FinanceFact.granted)
    return (
        select(*keys, FinanceFact.currency, *(cast(func.sum(each), BigInteger) for each in sums))
        .where(FinanceFact.month >= bindparam("first"), FinanceFact.month <= bindparam("end"))
        .group_by(*keys, FinanceFact.currency)
        .order_by(FinanceFact.currency)
    )


def _row(groupings: tuple[FinanceGrouping, ...], row: Any, names: dict[UUID, str]) -> FinanceRow:
    keys = dict(zip(groupings, row, strict=False))
    partner_id = keys.get(FinanceGrouping.PARTNER)
    return FinanceRow(
        partner_id=partner_id,
        partner_name=names.get(partner_id, "") if partner_id else "",
        category=keys.get(FinanceGrouping.CATEGORY, ""),
        month=keys.get(FinanceGrouping.MONTH),
        figures=_figures(row[len(groupings) :]),
    )


def _figures(row: Any) -> FinanceFigures:
    return FinanceFigures(
        currency=row[0], billed=row[1], credited=row[2], paid=row[3], open=row[4], overdue=row[5], granted=row[6]
    )
