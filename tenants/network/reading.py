"""Headquarters reads the network's quality (N7): numbers of partners by month, never a client's content."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from app.kernel.errors import Invalid, NotFound
from app.kernel.texts import N_
from app.kernel.work import UnitOfWork
from rbac import Permission
from tenants.network.comparison import concerns_of, measures_of, outliers_first
from tenants.network.facts import Figures, month_of, months_until, total
from tenants.network.repository import NetworkRepository
from tenants.network.schemas import Month, NetworkQuality, PartnerMonth, PartnerQuality

HEADQUARTERS_ZONE = ZoneInfo("Asia/Shanghai")
TREND_MONTHS = 6
HISTORY_MONTHS = 12
_Sums = Sequence[tuple[UUID, date, Figures]]


class NetworkQualityService:
    """The figures, for who holds `network_quality:read`."""

    def __init__(self, work: UnitOfWork, engine: AsyncEngine) -> None:
        """`engine` is the network role's."""
        work.actor.require(Permission.NETWORK_QUALITY_READ)
        self._today = work.now.astimezone(HEADQUARTERS_ZONE).date()
        self._repository = NetworkRepository(engine)

    async def of_month(self, month: date | None = None) -> NetworkQuality:
        """The network in one month; without one in the present month."""
        chosen = month_of(month or self._today)
        months = months_until(chosen, TREND_MONTHS)
        sums = await self._repository.sums(months[0], chosen)
        trend = _by_month(sums, months)
        network = trend[-1].measures
        own = {partner_id: figures for partner_id, at, figures in sums if at == chosen}
        partners = []
        for partner in await self._repository.partners():
            measures = measures_of(own.get(partner.id, Figures()))
            concerns = concerns_of(measures, network)
            partners.append(PartnerMonth(partner=partner, measures=measures, concerns=concerns))
        return NetworkQuality(month=chosen, network=network, partners=outliers_first(partners), trend=trend)

    async def of_partner(self, partner_id: UUID) -> PartnerQuality:
        """One partner's last twelve months beside the network's.

        Raises:
            NotFound: no partner has this id.
        """
        partner = next((each for each in await self._repository.partners() if each.id == partner_id), None)
        if partner is None:
            raise NotFound
        months = months_until(month_of(self._today), HISTORY_MONTHS)
        sums = await self._repository.sums(months[0], months[-1])
        own = _by_month([row for row in sums if row[0] == partner_id], months)
        network = _by_month(sums, months)
        return PartnerQuality(
            partner=partner,
            months=own,
            network=network,
            concerns=concerns_of(own[-1].measures, network[-1].measures),
        )

    async def months(self) -> list[date]:
        """The months that may be chosen, the present one first."""
        last = month_of(self._today)
        first = await self._repository.first_month() or last
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        return list(reversed(months_until(last, max(1, count))))


def _by_month(sums: Iterable[tuple[UUID, date, Figures]], months: Sequence[date]) -> list[Month]:
    rows: _Sums = list(sums)
    return [Month(month, measures_of(total(figures for _, at, figures in rows if at == month))) for month in months]


def month_from(text: str | None) -> date | None:
    """`2026-11` as the first day of that month; None for nothing.

    Raises:
        Invalid: it is no month.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise Invalid(fields={"month": N_("请选择月份。")}) from error
