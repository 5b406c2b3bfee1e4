"""Headquarters reads the network's quality (N7): numbers of partners over time, never a client's content."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from app.platform.kernel.errors import Invalid, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.partner_metrics.comparison import concern_weight, concerns_of, measures_of, ranks, too_few
from tenants.partner_metrics.facts import Figures, total
from tenants.partner_metrics.period import Period, period_from
from tenants.partner_metrics.repository import NetworkRepository
from tenants.partner_metrics.schemas import (
    Concern,
    Measure,
    NetworkQuality,
    PartnerComparison,
    PartnerFigures,
    PartnerQuality,
    PartnerView,
    PeriodFigures,
    PeriodView,
)

OUTLIERS, TICKETS, NAME = "outliers", "tickets", "name"
MEASURES = frozenset(map(str, Measure))
ORDERS = MEASURES | {OUTLIERS, TICKETS, NAME}
"""What a list may be sorted by: outliers first, number of tickets, name, or one measure."""


class Direction(StrEnum):
    """Which end of a ranking comes first. Who has too few cases comes last either way."""

    BEST = "best"
    WORST = "worst"


DIRECTIONS = frozenset(map(str, Direction))


class Listing(msgspec.Struct, frozen=True):
    """Which part of the partners is wanted, in which order."""

    sort: str = OUTLIERS
    direction: Direction = Direction.BEST
    offset: int = 0
    limit: int = 50

    @classmethod
    def of(cls, sort: str, direction: str, offset: int, limit: int) -> "Listing":
        """
        Raises:
            Invalid: no such order.
        """
        if sort not in ORDERS or direction not in DIRECTIONS:
            raise Invalid(fields={"sort": N_("不能按这一项排序。")})
        return cls(sort, Direction(direction), offset, limit)


class _PeriodSums(msgspec.Struct, frozen=True):
    """Everybody's sums over one period."""

    partners: list[PartnerView]
    figures: dict[UUID, Figures]
    network: Figures
    concerns: dict[UUID, list[Concern]]


class NetworkQualityService:
    """The figures, for who holds `network_quality:read`."""

    def __init__(self, work: UnitOfWork, engine: AsyncEngine) -> None:
        """`engine` is the network role's."""
        work.actor.require(Permission.NETWORK_QUALITY_READ)
        self._today = platform_day(work.now)
        self._engine = engine

    def period(self, grain: str = "", first: str = "", last: str = "") -> Period:
        """What an address asks for; without anything the present month.

        Raises:
            Invalid: as `period_from` tells.
        """
        return period_from(grain, first, last, self._today)

    async def of_network(self, period: Period, listing: Listing | None = None) -> NetworkQuality:
        """The network in one period, and a page of its partners."""
        chosen = listing or Listing()
        async with NetworkRepository.open(self._engine) as repository:
            whole = await _period_sums(repository, period)
            trend, before = await _trend_and_before(repository, period)
        ordered = _ordered(whole, chosen)
        places = ranks(whole.figures, Measure(chosen.sort)) if chosen.sort in MEASURES else {}
        return NetworkQuality(
            period=_to_view(period),
            network=measures_of(whole.network),
            before=measures_of(before),
            partners=[
                PartnerFigures(
                    partner=partner,
                    measures=measures_of(whole.figures.get(partner.id, Figures())),
                    concerns=whole.concerns.get(partner.id, []),
                    too_few=too_few(whole.figures.get(partner.id, Figures())),
                    rank=places.get(partner.id),
                )
                for partner in ordered[chosen.offset : chosen.offset + chosen.limit]
            ],
            count=len(ordered),
            outliers=len(whole.concerns),
            trend=_steps(trend),
        )

    async def partners(self) -> list[PartnerView]:
        """Who may be chosen, by name."""
        async with NetworkRepository.open(self._engine) as repository:
            return await repository.partners()

    async def of_partner(self, partner_id: UUID, period: Period) -> PartnerQuality:
        """One partner's period beside the network's.

        Raises:
            NotFound: no partner has this id.
        """
        async with NetworkRepository.open(self._engine) as repository:
            whole = await _period_sums(repository, period)
            network, _ = await _trend_and_before(repository, period)
            return await _partner_quality(repository, period, whole, network, partner_id)

    async def compared(self, one: UUID, other: UUID, period: Period) -> PartnerComparison:
        """Two partners side by side.

        Raises:
            NotFound: no partner has one of the ids.
        """
        async with NetworkRepository.open(self._engine) as repository:
            whole = await _period_sums(repository, period)
            network, _ = await _trend_and_before(repository, period)
            return PartnerComparison(
                await _partner_quality(repository, period, whole, network, one),
                await _partner_quality(repository, period, whole, network, other),
            )


async def _period_sums(repository: NetworkRepository, period: Period) -> _PeriodSums:
    partners, found = await repository.partners(), await repository.by_partner(period)
    known = {partner.id for partner in partners}
    figures = {partner_id: sums for partner_id, sums in found.items() if partner_id in known}
    network = total(figures.values())
    return _PeriodSums(partners, figures, network, concerns_of(figures, network))


async def _trend_and_before(
    repository: NetworkRepository, period: Period, partner_id: UUID | None = None
) -> tuple[dict[date, Figures], Figures]:
    """The sums of each step, and of the period before, in one query because they are adjacent."""
    trend, before = period.trend(), period.before()
    found = await repository.by_step(Period(period.grain, min(trend.first, before.first), period.last), partner_id)
    return {step: found[step] for step in trend.steps}, total(found[step] for step in before.steps)


async def _partner_quality(
    repository: NetworkRepository, period: Period, whole: _PeriodSums, network: Mapping[date, Figures], partner_id: UUID
) -> PartnerQuality:
    partner = next((each for each in whole.partners if each.id == partner_id), None)
    if partner is None:
        raise NotFound
    figures = whole.figures.get(partner_id, Figures())
    trend, before = await _trend_and_before(repository, period, partner_id)
    return PartnerQuality(
        period=_to_view(period),
        partner=partner,
        measures=measures_of(figures),
        before=measures_of(before),
        whole_network=measures_of(whole.network),
        concerns=whole.concerns.get(partner_id, []),
        too_few=too_few(figures),
        steps=_steps(trend),
        network=_steps(network),
    )


def _ordered(whole: _PeriodSums, listing: Listing) -> list[PartnerView]:
    """The partners in the order that was asked for; their own order, by name, decides between equals."""
    tickets = {partner_id: figures.tickets for partner_id, figures in whole.figures.items()}
    worst_first = listing.direction is Direction.WORST
    if listing.sort == NAME:
        return whole.partners[::-1] if worst_first else whole.partners
    if listing.sort == TICKETS:
        return sorted(whole.partners, key=lambda each: tickets.get(each.id, 0) * (1 if worst_first else -1))
    if listing.sort == OUTLIERS:
        weights = {partner_id: sum(map(concern_weight, concerns)) for partner_id, concerns in whole.concerns.items()}
        return sorted(whole.partners, key=lambda each: (-weights.get(each.id, 0.0), -tickets.get(each.id, 0)))
    places = ranks(whole.figures, Measure(listing.sort))
    unranked = len(places) + 1

    def place(partner: PartnerView) -> tuple[bool, int]:
        own = places.get(partner.id, unranked)
        return own == unranked, -own if worst_first else own

    return sorted(whole.partners, key=place)


def _steps(sums: Mapping[date, Figures]) -> list[PeriodFigures]:
    return [PeriodFigures(first, measures_of(figures)) for first, figures in sums.items()]


def _to_view(period: Period) -> PeriodView:
    return PeriodView(period.grain, period.first, period.last)
