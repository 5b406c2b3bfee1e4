"""A client whose contract gives back for missed promises, and tickets that missed theirs."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from app.agreements.sla.models import ClockRecord, ServiceCalendarVersion, SlaPolicyVersion
from app.platform.kernel.ids import new_id
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from billing.coverage.models import TicketCoverageReason
from billing.credits.models import ServiceCredit
from billing.credits.proposing import propose_for_breaches
from billing.periods import Period
from billing.terms import Penalty
from tests.billing.agreed import retainer, terms_of
from tests.factories.network import ClientCompany, PartnerCompany
from tests.rating.work_scene import WorkScene

MISSED = datetime(2026, 11, 16, 3, tzinfo=UTC)
YEAR = Period(date(2026, 11, 1), date(2027, 11, 1))


@dataclass
class Credits:
    """The credits of one client; each call is a transaction of its own."""

    work: WorkScene
    contract_id: UUID

    @property
    def units_of_work(self) -> UnitOfWorkFactory:
        return self.work.units_of_work

    @property
    def partner(self) -> PartnerCompany:
        return self.work.partner

    async def missed(self, *kinds: str, covered: bool = True) -> UUID:
        """A ticket that missed these promises."""
        ticket_id = await self.work.ticket()
        async with self.units_of_work.begin(self.partner.system) as work:
            policy = await work.session.scalar(select(SlaPolicyVersion.id).limit(1))
            calendar = await work.session.scalar(select(ServiceCalendarVersion.id).limit(1))
            work.session.add(
                TicketCoverageReason(
                    id=new_id(),
                    ticket_id=ticket_id,
                    revision=1,
                    answer="covered" if covered else "not_covered",
                    reason="covered",
                    contract_id=self.contract_id,
                    question={},
                    decided_at=work.now,
                    **self.work.ring,
                )
            )
            work.session.add_all(
                ClockRecord(
                    id=new_id(),
                    ticket_id=ticket_id,
                    kind=kind,
                    state="stopped",
                    target_seconds=3600,
                    counted_seconds=7200,
                    started_at=MISSED,
                    stopped_at=MISSED,
                    breached_at=MISSED,
                    priority="P3",
                    policy_version_id=policy,
                    calendar_version_id=calendar,
                    **self.work.ring,
                )
                for kind in kinds
            )
        return ticket_id

    async def propose(self, *tickets: UUID) -> int:
        async with self.units_of_work.begin(self.partner.system) as work:
            return await propose_for_breaches(work, tickets=tickets)

    async def all(self) -> list[ServiceCredit]:
        async with self.units_of_work.begin(self.partner.system) as work:
            rows = await work.session.scalars(select(ServiceCredit).order_by(ServiceCredit.id))
            return list(rows.all())

    async def charged(self) -> int:
        """What stands charged for scene, in minor units."""
        return sum(each.amount for each in await self.work.charges() if each.category == "credit")


@pytest.fixture
async def scene(units_of_work: UnitOfWorkFactory, partner: PartnerCompany, client: ClientCompany) -> Credits:
    """5 % of 3,600 a month for each missed promise, 12 % at most."""
    work = WorkScene(units_of_work, partner, client)
    penalty = Penalty(share=Decimal("0.05"), most=Decimal("0.12"))
    terms = msgspec.structs.replace(terms_of(retainer("3600"), term=YEAR), penalty=penalty)
    return Credits(work, await work.agree(terms))
