"""A client whose contract gives back for missed promises, and tickets that missed theirs."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select, update

from app.agreements.sla.models import ClockInterval, ClockRecord, ServiceCalendarVersion, SlaPolicyVersion
from app.platform.kernel.ids import new_id
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from billing.coverage.models import TicketCoverageReason
from billing.credits.models import ServiceCredit
from billing.credits.proposing import propose_for_breaches
from billing.periods import Period
from billing.terms import BilledWhen, Penalty, TermLine
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

    async def missed(
        self, *kinds: str, covered: bool = True, late: timedelta = timedelta(hours=1), at: datetime = MISSED
    ) -> UUID:
        """A ticket that missed these promises, and kept them so much later."""
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
                    counted_seconds=3600 + int(late.total_seconds()),
                    started_at=at,
                    stopped_at=at + late,
                    breached_at=at,
                    priority="P3",
                    policy_version_id=policy,
                    calendar_version_id=calendar,
                    **self.work.ring,
                )
                for kind in kinds
            )
        return ticket_id

    async def still_late(self, ticket_id: UUID) -> None:
        """What was promised is still to be done, or to be done again."""
        await self._change(ticket_id, state="counting", stopped_at=None)

    async def kept_at_last(self, ticket_id: UUID, late: timedelta) -> None:
        """It was done, so late."""
        seconds = 3600 + int(late.total_seconds())
        await self._change(ticket_id, state="stopped", stopped_at=MISSED + late, counted_seconds=seconds)

    async def _change(self, ticket_id: UUID, **values: object) -> None:
        async with self.units_of_work.begin(self.partner.system) as work:
            await work.session.execute(update(ClockRecord).where(ClockRecord.ticket_id == ticket_id).values(**values))

    async def ran(self, ticket_id: UUID, *stretches: tuple[timedelta, timedelta, str | None]) -> None:
        """The ledger of the ticket's clock after it was late: from, until, and what it waited for."""
        async with self.units_of_work.begin(self.partner.system) as work:
            clock_id = await work.session.scalar(select(ClockRecord.id).where(ClockRecord.ticket_id == ticket_id))
            work.session.add_all(
                ClockInterval(
                    id=new_id(),
                    clock_id=clock_id,
                    sequence=place,
                    started_at=MISSED + start,
                    ended_at=MISSED + end,
                    waiting_for=waiting_for,
                    seconds=0,
                    **self.work.ring,
                )
                for place, (start, end, waiting_for) in enumerate(stretches)
            )

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
    return await agreed(WorkScene(units_of_work, partner, client), Penalty(share=Decimal("0.05"), most=Decimal("0.12")))


async def agreed(work: WorkScene, penalty: Penalty, *lines: TermLine) -> Credits:
    """A contract of these lines (3,600 a month where none is named), billed in advance, with what it gives back."""
    terms = terms_of(*(lines or (retainer("3600"),)), term=YEAR)
    terms = msgspec.structs.replace(terms, penalty=penalty, billed=BilledWhen.IN_ADVANCE)
    return Credits(work, await work.agree(terms))
