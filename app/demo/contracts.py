"""Contracts in the demo: each client's first one, accepted by its approver in the portal, and one that waits."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.demo.onboarding import Client, Partner
from app.demo.simulation import Simulation
from app.platform.kernel.invariants import present
from app.platform.kernel.time_source import PLATFORM_ZONE, platform_day
from billing.contracts import (
    ClientContracts,
    ContractAgreement,
    ContractCreate,
    ContractDrafts,
    ContractView,
    MilestoneAcceptance,
    MilestoneReport,
    Milestones,
    OfferAnswer,
    RunningContracts,
    answer_offer,
)
from billing.money import PriceMode
from billing.periods import Cycle, Period, months_after
from billing.terms import (
    BilledWhen,
    DeviceTier,
    HourlyRate,
    Milestone,
    Penalty,
    PenaltyBasis,
    PenaltyRule,
    PerDevice,
    PrepaidBlock,
    PrepaidUnit,
    Retainer,
    Scope,
    TermLine,
    Terms,
    TimePrices,
)

_TAX: Final = "vat_6"
_CARE: Final = Retainer(
    key="care",
    name="桌面与网络运维服务",
    tax=_TAX,
    amount=Decimal(3600),
    prices=TimePrices(overtime_hour=Decimal(270)),
    scope=Scope(
        service_categories=frozenset({"hardware", "software", "network"}),
        excluded_product_categories=frozenset({"platform"}),
    ),
)
_SERVERS: Final = HourlyRate(
    key="servers",
    name="服务器和平台（按工时）",
    tax=_TAX,
    prices=TimePrices(hour=Decimal(240), overtime_hour=Decimal(360), travel=Decimal(50), step_minutes=30),
    scope=Scope(product_categories=frozenset({"platform"})),
)
_HOURS: Final = PrepaidBlock(
    key="hours",
    name="预付工时",
    tax=_TAX,
    unit=PrepaidUnit.MINUTE,
    quantity=1_200,
    price=Decimal(3200),
    months_valid=12,
    overage=Decimal(180),
)
_DEVICES: Final = PerDevice(
    key="devices",
    name="按台服务",
    tax=_TAX,
    tiers=(
        DeviceTier(first=1, last=20, price=Decimal(65)),
        DeviceTier(first=21, last=50, price=Decimal(55)),
        DeviceTier(first=51, last=None, price=Decimal(45)),
    ),
    prices=TimePrices(overtime_hour=Decimal(270)),
    scope=Scope(
        service_categories=frozenset({"hardware", "software", "network"}),
        excluded_product_categories=frozenset({"platform"}),
    ),
)
_PROJECT: Final = (
    Milestone(key="design", name="机房改造：方案确认", tax=_TAX, amount=Decimal(6000)),
    Milestone(key="handover", name="机房改造：验收", tax=_TAX, amount=Decimal(14000)),
)
_CARED_FOR: Final = ("年度 IT 运维服务", (_CARE, _SERVERS))
_BY_DEVICE: Final = ("按台 IT 运维服务", (_DEVICES, _SERVERS))
_AHEAD: Final = ("预付工时服务", (_HOURS,))
_LINES: Final[Sequence[tuple[str, tuple[TermLine, ...]]]] = (_CARED_FOR, _AHEAD, _BY_DEVICE, _AHEAD)
"""Of the first partner's clients, then of the second one's."""


async def sign_contracts(simulation: Simulation, partners: Sequence[Partner], day: date) -> None:
    """Every client accepts a contract, which holds from `day` on; each partner's first client a project too."""
    clients = [(partner, client) for partner in partners for client in partner.clients]
    for place, (partner, client) in enumerate(clients):
        title, lines = _LINES[place % len(_LINES)]
        await _sign(simulation, partner, client, title, _terms(day, lines))
    for partner in partners:
        client = partner.clients[0]
        contract_id = await _sign(simulation, partner, client, "机房改造", _terms(day, _PROJECT))
        await _reach_milestones(simulation, partner, client, contract_id, day)


async def _sign(simulation: Simulation, partner: Partner, client: Client, title: str, terms: Terms) -> UUID:
    offered = await _offer(simulation, partner, client, title, terms)
    await _accept(simulation, client, offered)
    async with simulation.runtime.units_of_work.begin(partner.owner) as work:
        accepted = await ContractDrafts(work).get(offered.id)
        await RunningContracts(work).activate(offered.id, accepted.version)
    await simulation.run_due_work()
    return offered.id


async def _reach_milestones(
    simulation: Simulation, partner: Partner, client: Client, contract_id: UUID, day: date
) -> None:
    """The design is accepted; that all is done is reported, and the client has not accepted it."""
    async with simulation.runtime.units_of_work.begin(partner.owner) as work:
        milestones = Milestones(work)
        design, handover = await milestones.of(contract_id)
        design = await milestones.report(design.id, MilestoneReport("方案已交付。", design.version))
        accepted = MilestoneAcceptance(client.approver.display_name, day, design.version)
        await milestones.accept(design.id, accepted)
        await milestones.report(handover.id, MilestoneReport("设备已就位，等待验收。", handover.version))
    await simulation.run_due_work()


async def offer_more(simulation: Simulation, partners: Sequence[Partner], until: datetime) -> None:
    """The first client of each partner has one more contract before it, and has not answered."""
    first = platform_day(until)
    inspection = Retainer(
        key="inspection",
        name="季度巡检",
        tax=_TAX,
        amount=Decimal(1500),
        scope=Scope(service_categories=frozenset({"training"})),
    )
    for partner in partners:
        await _offer(simulation, partner, partner.clients[0], "季度巡检和培训", _terms(first, (inspection,)))
    await simulation.run_due_work()


def _terms(first: date, lines: tuple[TermLine, ...]) -> Terms:
    return Terms(
        currency="CNY",
        time_zone=PLATFORM_ZONE.key,
        term=Period(first, months_after(first, 12)),
        anchor=first,
        cycle=Cycle.MONTH,
        billed=BilledWhen.IN_ADVANCE,
        price_mode=PriceMode.TAX_INCLUDED,
        payment_days=30,
        lines=lines,
        renewal_months=12,
        penalty=Penalty(
            share=Decimal("0.05"),
            most=Decimal("0.2"),
            rules=(PenaltyRule(kind="resolution", basis=PenaltyBasis.HOUR, value=Decimal(30)),),
        ),
    )


async def _offer(simulation: Simulation, partner: Partner, client: Client, title: str, terms: Terms) -> ContractView:
    async with simulation.runtime.units_of_work.begin(partner.owner) as work:
        draft = await ContractDrafts(work).create(ContractCreate(client.id, title, terms=terms))
        return await ContractAgreement(work).offer(draft.id, draft.version)


async def _accept(simulation: Simulation, client: Client, offered: ContractView) -> None:
    async with simulation.runtime.units_of_work.begin(client.approver) as work:
        waiting = present((await ClientContracts(work).get(offered.id)).offer, "it has just been offered")
        await answer_offer(work, offered.id, OfferAnswer(waiting.content_hash, accept=True))
