"""Headquarters with rates and a rule, a partner that invoices, and the deliveries between the two."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.outbox import ConsumedEvent, OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.worker import all_consumers
from billing.royalties import Basis, RateCreate, RoyaltyRates, RoyaltyRuns, RoyaltyStatements, RuleCreate, RunStart
from billing.royalties.models import RoyaltyStatement
from billing.royalties.schemas import StatementView
from billing.royalties.services.runs import make_statements
from tenants.partners.models import Partner
from tests.conftest import START
from tests.factories.background import deliver_event
from tests.factories.network import Network
from tests.invoicing.conftest import Finance, company_that_invoices

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
HEADQUARTERS = Actor.system(HQ_TENANT_ID)
TABLES = (
    "royalty_payment, royalty_invoice, royalty_charge, royalty_statement_step, royalty_statement, royalty_run, "
    "royalty_rule, royalty_rate, royalty_fact, royalty_month"
)


class Royalties:
    """Headquarters' finance and one partner."""

    def __init__(self, runtime: Runtime, network: Network, finance: Finance, clock: SettableClock, by: Actor) -> None:
        self.runtime, self.network, self.finance, self.clock, self.by = runtime, network, finance, clock, by
        self.units_of_work = runtime.units_of_work
        self.engine = runtime.engine("network")

    async def rule(self, basis: Basis = Basis.POSTED, minimum: str = "0", since: date = NOVEMBER) -> None:
        async with self.units_of_work.begin(self.by) as work:
            await RoyaltyRates(work).add_rule(
                RuleCreate(
                    effective_from=since,
                    basis=basis,
                    minimum_fee=Decimal(minimum),
                    tax="vat_6",
                    seller_title="萤火总部",
                    bank_name="中国银行",
                    bank_account="6228 0001",
                )
            )

    async def rate(self, percent: str, since: date = OCTOBER, category: str = "", level: int = 0) -> None:
        async with self.units_of_work.begin(self.by) as work:
            await RoyaltyRates(work).add(
                RateCreate(percent=Decimal(percent), effective_from=since, category=category, star_level=level)
            )

    async def follow(self, *, backwards: bool = False) -> None:
        """Deliver everything that was published to revenue, twice."""
        async with self.units_of_work.begin(self.finance.partner.system) as work:
            events: Sequence[OutboxEvent] = (
                await work.session.scalars(select(OutboxEvent).order_by(OutboxEvent.id))
            ).all()
        for event in [*(reversed(events) if backwards else events), *events]:
            for listener in all_consumers():
                if listener.topic == event.topic and listener.name.startswith("royalties.record_"):
                    await deliver_event(self.runtime, self.finance.partner.id, event.id, listener.name)

    async def state(self, month: date = NOVEMBER, at_once: int = 100) -> None:
        """State a month once it is over, and show the partner its statement."""
        async with self.units_of_work.begin(self.by) as work:
            run = await RoyaltyRuns(work).start(RunStart(month))
        await make_statements(self.units_of_work, self.engine, run.id, at_once=at_once)
        await self.mirror()

    async def mirror(self) -> None:
        """Hand over both sides' events until nothing waits."""
        mirrors = {each.topic: each for each in all_consumers() if each.name.startswith("royalties.mirror")}
        for tenant_id in [HQ_TENANT_ID, self.finance.partner.id] * 3:
            async with self.units_of_work.begin(Actor.system(tenant_id)) as work:
                events = (
                    await work.session.scalars(
                        select(OutboxEvent).where(OutboxEvent.topic.in_(mirrors)).order_by(OutboxEvent.id.desc())
                    )
                ).all()
                done = set(await work.session.scalars(select(ConsumedEvent.event_id)))
            for event in events:
                handle = mirrors[event.topic].on_event
                if event.id not in done and handle is not None:
                    await handle(self.runtime, tenant_id, event.id, event.payload)

    async def statement(self, *, own: bool = False, month: date = NOVEMBER) -> StatementView:
        """The partner's statement as headquarters, or (`own`) the partner reads it."""
        async with self.units_of_work.begin(self.finance.writer if own else self.by) as work:
            found = await work.session.scalar(
                select(RoyaltyStatement.id).where(
                    RoyaltyStatement.partner_id == self.finance.partner.id, RoyaltyStatement.month == month
                )
            )
            assert found is not None
            return await RoyaltyStatements(work).get(found)

    async def statement_id(self) -> UUID:
        return (await self.statement()).id


def at(month: int, day: int, year: int = 2026) -> datetime:
    """Nine in the morning there."""
    return datetime(year, month, day, 1, 30, tzinfo=UTC)


async def listed(runtime: Runtime, finance: Finance) -> None:
    """Headquarters lists the partner at three stars, so that it is stated."""
    async with runtime.units_of_work.begin(HEADQUARTERS) as work:
        if await work.session.get(Partner, (HQ_TENANT_ID, finance.partner.id)) is None:
            work.session.add(
                Partner(
                    tenant_id=HQ_TENANT_ID,
                    id=finance.partner.id,
                    slug=finance.partner.slug,
                    name=finance.partner.name,
                    credit_code=f"R{finance.partner.id.hex[-17:]}".upper(),
                    state="active",
                    star_level=3,
                    city_code="350200",
                    authorised_at=datetime(2026, 1, 5, 2, tzinfo=UTC),
                )
            )


@pytest.fixture
async def royalties(runtime: Runtime, network: Network, clock: SettableClock, superuser: object) -> Royalties:
    """Headquarters without any rates yet; what earlier tests stated is gone."""
    await superuser.execute(f"TRUNCATE {TABLES}")  # type: ignore[attr-defined]
    clock.set(START)
    finance = await company_that_invoices(runtime, network)
    await listed(runtime, finance)
    by = await network.member(HQ_TENANT_ID, "总部财务", ["hq_finance"])
    return Royalties(runtime, network, finance, clock, by)
