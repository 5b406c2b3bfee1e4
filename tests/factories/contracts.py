"""Makes contracts as a partner does: drafted, offered, accepted on paper, activated."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.platform.kernel.actor import Actor
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from billing.contracts import (
    ContractAcceptance,
    ContractAgreement,
    ContractAmend,
    ContractCreate,
    ContractDrafts,
    ContractTermsWrite,
    ContractView,
    RunningContracts,
)
from billing.money import PriceMode
from billing.periods import Cycle, Period, months_after
from billing.terms import BilledWhen, Retainer, Scope, TermLine, Terms

FIRST = date(2026, 11, 1)


def care(key: str = "care", **scope: Any) -> Retainer:
    """A retainer of 3,000 a month for whatever lies in the scope."""
    return Retainer(key=key, name="桌面运维服务", tax="vat_6", amount=Decimal(3000), scope=Scope(**scope))


def year_of(*lines: TermLine, first: date = FIRST, **more: Any) -> Terms:
    """A year's terms from `first` on, monthly in advance, tax included."""
    return Terms(
        **{
            "currency": "CNY",
            "time_zone": "Asia/Shanghai",
            "term": Period(first, months_after(first, 12)),
            "anchor": first,
            "cycle": Cycle.MONTH,
            "billed": BilledWhen.IN_ADVANCE,
            "price_mode": PriceMode.TAX_INCLUDED,
            "payment_days": 30,
            "lines": lines,
            **more,
        }
    )


class ContractMaker:
    """Each step in a transaction of its own, as the partner's owner."""

    def __init__(self, units_of_work: UnitOfWorkFactory, owner: Actor) -> None:
        self.units_of_work, self.owner = units_of_work, owner

    async def draft(self, client_id: UUID, terms: Terms, title: str = "桌面运维合同") -> ContractView:
        async with self.units_of_work.begin(self.owner) as work:
            return await ContractDrafts(work).create(ContractCreate(client_id=client_id, title=title, terms=terms))

    async def offer(self, contract: ContractView, days: int = 30) -> ContractView:
        async with self.units_of_work.begin(self.owner) as work:
            return await ContractAgreement(work).offer(contract.id, contract.version, days)

    async def accept(self, contract: ContractView, accepted_by: str = "王总") -> ContractView:
        async with self.units_of_work.begin(self.owner) as work:
            return await ContractAgreement(work).accept(contract.id, ContractAcceptance(accepted_by, contract.version))

    async def activate(self, contract: ContractView) -> ContractView:
        async with self.units_of_work.begin(self.owner) as work:
            return await RunningContracts(work).activate(contract.id, contract.version)

    async def running(self, client_id: UUID, terms: Terms, title: str = "桌面运维合同") -> ContractView:
        """A contract that holds."""
        offered = await self.offer(await self.draft(client_id, terms, title))
        return await self.activate(await self.accept(offered))

    async def amend(self, contract: ContractView, day: date, reason: str, terms: Terms) -> ContractView:
        """A draft of what is to hold from `day` on."""
        async with self.units_of_work.begin(self.owner) as work:
            drafts = ContractDrafts(work)
            begun = await drafts.amend(contract.id, ContractAmend(day, reason, contract.version))
            return await drafts.save_terms(contract.id, ContractTermsWrite(contract.title, terms, begun.version))

    async def present(self, contract: ContractView) -> ContractView:
        """The contract as it stands now."""
        async with self.units_of_work.begin(self.owner) as work:
            return await ContractDrafts(work).get(contract.id)
