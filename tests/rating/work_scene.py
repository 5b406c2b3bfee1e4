"""Contracts and finished work of one client as rows, and what comes of rating them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import select, update

from app.agreements.sla.models import ServiceCalendarVersion
from app.desk.tickets.models import Ticket, TicketEvent, Visit
from app.platform.kernel.ids import new_id
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from billing.contracts.models import Contract, ContractVersion, PrepaidBlockRow
from billing.coverage.models import TicketCoverage, TicketCoverageReason
from billing.periods import Period, months_after
from billing.pricebook.models import PriceBookLine, PriceBookVersion
from billing.rating.charging import Charged
from billing.rating.contract_periods import rate_contracts
from billing.rating.models import Charge, RatedRecord
from billing.rating.ticket_rating import rate_tickets
from billing.rating.work_facts import OVERRIDE
from billing.terms import CoverageState, PrepaidBlock, Terms, terms_digest
from tests.factories.network import ClientCompany, PartnerCompany

_numbers = count(1)


class WorkScene:
    """One client's contracts and tickets."""

    def __init__(self, units_of_work: UnitOfWorkFactory, partner: PartnerCompany, client: ClientCompany) -> None:
        self.units_of_work, self.partner, self.client = units_of_work, partner, client

    @property
    def ring(self) -> dict[str, Any]:
        return {"tenant_id": self.partner.id, "client_id": self.client.id}

    async def calendar(self) -> UUID:
        """The version of the partner's calendar: 9 to 12 and 13.30 to 18 on working days."""
        async with self.units_of_work.begin(self.partner.system) as work:
            found: UUID | None = await work.session.scalar(select(ServiceCalendarVersion.id))
            assert found
            return found

    async def agree(self, terms: Terms) -> UUID:
        """A running contract of these terms."""
        contract_id, version_id, number = new_id(), new_id(), next(_numbers)
        async with self.units_of_work.begin(self.partner.system) as work:
            work.session.add(
                Contract(
                    id=contract_id,
                    number=f"HT-2026-{number:06d}",
                    title="IT 运维",
                    state="active",
                    time_zone=terms.time_zone,
                    current_version_id=version_id,
                    from_day=terms.term.start,
                    until_day=terms.term.end,
                    created_at=work.now,
                    created_by="test",
                    **self.ring,
                )
            )
            await work.session.flush()
            work.session.add(self._version(version_id, contract_id, 1, terms, terms.term.start, work.now))
        return contract_id

    def _version(
        self, version_id: UUID, contract_id: UUID, number: int, terms: Terms, day: date, now: datetime
    ) -> ContractVersion:
        return ContractVersion(
            id=version_id,
            contract_id=contract_id,
            number=number,
            state="in_force",
            effective_from=day,
            terms=msgspec.to_builtins(terms),
            digest=terms_digest(terms),
            created_at=now,
            created_by="test",
            **self.ring,
        )

    async def amend(self, contract_id: UUID, terms: Terms, day: date) -> UUID:
        """Other terms from a day on; versions that would begin later hold on no day any more."""
        version_id = new_id()
        async with self.units_of_work.begin(self.partner.system) as work:
            rows = (
                await work.session.scalars(select(ContractVersion).where(ContractVersion.contract_id == contract_id))
            ).all()
            for row in rows:
                begun = row.effective_from < day
                before = row.until_day
                row.until_day = (min(day, before) if before else day) if begun else row.effective_from
                row.state = "replaced"
            work.session.add(self._version(version_id, contract_id, len(rows) + 1, terms, day, work.now))
        return version_id

    async def end(self, contract_id: UUID, day: date) -> None:
        """The contract is over before `day`."""
        async with self.units_of_work.begin(self.partner.system) as work:
            await work.session.execute(update(Contract).where(Contract.id == contract_id).values(until_day=day))

    async def block(self, contract_id: UUID, line: PrepaidBlock, day: date, quantity: int | None = None) -> UUID:
        block_id = new_id()
        async with self.units_of_work.begin(self.partner.system) as work:
            work.session.add(
                PrepaidBlockRow(
                    id=block_id,
                    contract_id=contract_id,
                    line_key=line.key,
                    line_name=line.name,
                    unit=line.unit,
                    quantity=quantity or line.quantity,
                    left=quantity or line.quantity,
                    bought_on=day,
                    expires_on=months_after(day, line.months_valid),
                    source=f"test:{uuid4()}",
                    created_at=work.now,
                    **self.ring,
                )
            )
        return block_id

    async def left(self, block_id: UUID) -> int:
        async with self.units_of_work.begin(self.partner.system) as work:
            found = await work.session.scalar(select(PrepaidBlockRow.left).where(PrepaidBlockRow.id == block_id))
            assert found is not None
            return found

    async def book(self, price: str = "180", category: str = "hardware", day: date = date(2026, 1, 1)) -> None:
        """A published price book with one hourly product."""
        version_id = new_id()
        async with self.units_of_work.begin(self.partner.system) as work:
            work.session.add(
                PriceBookVersion(
                    tenant_id=self.partner.id,
                    id=version_id,
                    number=next(_numbers),
                    state="published",
                    currency="CNY",
                    effective_from=day,
                    created_at=work.now,
                )
            )
            await work.session.flush()
            work.session.add(
                PriceBookLine(
                    tenant_id=self.partner.id,
                    id=new_id(),
                    version_id=version_id,
                    code="DT-HOUR",
                    name="工程师工时",
                    unit="小时",
                    service_category=category,
                    unit_price=Decimal(price),
                    price_mode="tax_included",
                    tax="vat_6",
                )
            )

    async def ticket(self, category: str = "hardware", product: str = "desktop") -> UUID:
        ticket_id, number = new_id(), next(_numbers)
        async with self.units_of_work.begin(self.partner.system) as work:
            work.session.add(
                Ticket(
                    id=ticket_id,
                    number=f"FW-20261116-{number:04d}",
                    state="triaged",
                    channel="portal",
                    subject="开不了机",
                    service_category=category,
                    product_category=product,
                    impact="medium",
                    urgency="medium",
                    priority="P3",
                    site_id=self.client.site_id,
                    department_id=self.client.department_id,
                    reported_at=work.now,
                    updated_at=work.now,
                    follow_token=uuid4().hex,
                    **self.ring,
                )
            )
        return ticket_id

    async def visit(
        self, ticket_id: UUID, arrived: datetime, minutes: int | None = 60, *, mode: str = "on_site"
    ) -> UUID:
        """A finished visit that began at `arrived`."""
        visit_id = new_id()
        async with self.units_of_work.begin(self.partner.system) as work:
            work.session.add(
                Visit(
                    id=visit_id,
                    ticket_id=ticket_id,
                    mode=mode,
                    state="finished",
                    scheduled_start=arrived,
                    scheduled_end=arrived + timedelta(hours=2),
                    arrived_at=arrived,
                    finished_at=arrived + timedelta(minutes=minutes or 0),
                    work_minutes=minutes,
                    outcome="resolved",
                    **self.ring,
                )
            )
        return visit_id

    async def correct(self, visit_id: UUID, minutes: int) -> None:
        async with self.units_of_work.begin(self.partner.system) as work:
            await work.session.execute(update(Visit).where(Visit.id == visit_id).values(work_minutes=minutes))

    async def happened(self, ticket_id: UUID, state: str, at: datetime) -> None:
        """The ticket was resolved, or opened again."""
        async with self.units_of_work.begin(self.partner.system) as work:
            work.session.add(
                TicketEvent(
                    id=work.new_id(),
                    ticket_id=ticket_id,
                    occurred_at=at,
                    kind="state",
                    state=state,
                    actor_kind="provider",
                    actor_name="林小燕",
                    details={},
                    **self.ring,
                )
            )

    async def say(self, ticket_id: UUID, said: CoverageState) -> None:
        """A member says otherwise than the contract."""
        async with self.units_of_work.begin(self.partner.system) as work:
            known = {"ticket_id": ticket_id, "answer": said, "revision": 1, "decided_at": work.now, **self.ring}
            work.session.add(TicketCoverage(id=new_id(), note="outside", **known))
            work.session.add(TicketCoverageReason(id=new_id(), reason=OVERRIDE, question={}, **known))

    async def done(self, arrived: datetime, minutes: int = 60, category: str = "hardware") -> tuple[UUID, UUID]:
        """A ticket with one visit that resolved it."""
        ticket_id = await self.ticket(category)
        visit_id = await self.visit(ticket_id, arrived, minutes)
        await self.happened(ticket_id, "resolved", arrived + timedelta(minutes=minutes))
        return ticket_id, visit_id

    async def rate(self, *ticket_ids: UUID) -> Charged:
        async with self.units_of_work.begin(self.partner.system) as work:
            return await rate_tickets(work, ticket_ids)

    async def rate_contract(self, contract_id: UUID, until: date) -> Charged:
        async with self.units_of_work.begin(self.partner.system) as work:
            return await rate_contracts(work, [contract_id], until)

    async def charges(self) -> Sequence[Charge]:
        async with self.units_of_work.begin(self.partner.system) as work:
            rows = await work.session.scalars(
                select(Charge).where(Charge.client_id == self.client.id).order_by(Charge.made_at, Charge.id)
            )
            return rows.all()

    async def standing(self) -> list[tuple[str, Decimal, int]]:
        """Rule, quantity and amount of what stands charged, by rule and day."""
        rows = await self.charges()
        taken_back = {row.reverses_id for row in rows}
        found = [row for row in rows if row.reverses_id is None and row.id not in taken_back]
        return [(row.rule, row.quantity, row.amount) for row in sorted(found, key=lambda row: (row.rule, row.day))]

    async def owed(self) -> int:
        return sum(row.amount for row in await self.charges())

    async def outcome(self, visit_id: UUID) -> tuple[str, str]:
        async with self.units_of_work.begin(self.partner.system) as work:
            row = await work.session.scalar(select(RatedRecord).where(RatedRecord.source_id == visit_id))
            assert row is not None
            return row.outcome, row.reason


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 in Xiamen; the 16th is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
