"""Contracts for tests: a partner's, each call in a transaction of its own."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from billing.contracts import (
    ContractAcceptance,
    ContractAgreement,
    ContractCreate,
    ContractDrafts,
    ContractTemplate,
    ContractView,
    RunningContracts,
    VersionInForce,
    starting_terms,
    version_on,
    versions_in_force,
)
from billing.terms import Retainer, Scope, TermLine, Terms
from tests.factories.network import ClientCompany, PartnerCompany

FIRST_DAY = date(2026, 11, 1)


def care(amount: str = "3100", *devices: UUID, key: str = "care") -> Retainer:
    """A retainer, of everything or of some devices."""
    scope = Scope(device_ids=frozenset(devices))
    return Retainer(key=key, name="桌面运维服务", tax="vat_6", amount=Decimal(amount), scope=scope)


def terms_of(*lines: TermLine, first_day: date = FIRST_DAY, **changes: Any) -> Terms:
    """A year's monthly contract of these lines."""
    terms = starting_terms(ContractTemplate.RETAINER, first_day, "Asia/Shanghai", "CNY")
    return msgspec.structs.replace(terms, lines=lines or (care(),), **changes)


class Contracts:
    """The contracts of a partner's client."""

    def __init__(self, units_of_work: UnitOfWorkFactory, partner: PartnerCompany, client: ClientCompany) -> None:
        self.units_of_work, self.partner, self.client = units_of_work, partner, client

    async def draft(self, terms: Terms | None = None, title: str = "年度运维") -> Any:
        return await self._call(
            ContractDrafts, "create", ContractCreate(self.client.id, title, terms=terms or terms_of())
        )

    async def offered(self, terms: Terms | None = None) -> Any:
        draft = await self.draft(terms)
        return await self._call(ContractAgreement, "offer", draft.id, draft.version)

    async def accepted(self, terms: Terms | None = None) -> Any:
        return await self.accept(await self.offered(terms))

    async def active(self, terms: Terms | None = None) -> Any:
        return await self.activate(await self.accepted(terms))

    async def agree(self, contract: ContractView) -> Any:
        """Offer, accept and activate what is a draft."""
        offered = await self._call(ContractAgreement, "offer", contract.id, contract.version)
        return await self.activate(await self.accept(offered))

    async def accept(self, contract: ContractView) -> Any:
        return await self._call(ContractAgreement, "accept", contract.id, ContractAcceptance("林总", contract.version))

    async def activate(self, contract: ContractView) -> Any:
        return await self._call(RunningContracts, "activate", contract.id, contract.version)

    async def call(self, name: str, *arguments: object) -> Any:
        """A use case of contracts by its name."""
        for service in (ContractDrafts, ContractAgreement, RunningContracts):
            if hasattr(service, name):
                return await self._call(service, name, *arguments)
        raise AttributeError(name)

    async def in_force(self, day: date) -> list[VersionInForce]:
        async with self.units_of_work.begin(self.partner.system) as work:
            return await versions_in_force(work, self.client.id, day)

    async def on(self, contract_id: UUID, day: date) -> VersionInForce | None:
        async with self.units_of_work.begin(self.partner.system) as work:
            return await version_on(work, contract_id, day)

    async def amounts(self, contract_id: UUID, *days: date) -> Mapping[date, str]:
        """What the first line costs by the version of each day; empty where none holds."""
        found = {}
        for day in days:
            version = await self.on(contract_id, day)
            line = version.terms.lines[0] if version else None
            found[day] = str(line.amount) if isinstance(line, Retainer) else ""
        return found

    async def _call(self, service: Any, name: str, *arguments: object) -> Any:
        async with self.units_of_work.begin(self.partner.owner) as work:
            return await getattr(service(work), name)(*arguments)
