"""Partners with figures, and the deliveries between the two sides."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.outbox import ConsumedEvent, OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.worker import all_consumers
from tenants.corrective_actions import evaluate
from tenants.partner_metrics.facts import FIGURE_NAMES
from tenants.partner_metrics.models import QualityRollup
from tests.conftest import START
from tests.factories.network import Network, PartnerCompany

HEADQUARTERS = Actor.system(HQ_TENANT_ID)
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
(MIRROR,) = [each.on_event for each in all_consumers() if each.name == "corrective_actions.mirror" and each.on_event]
WITH_FIGURES: list[PartnerCompany] = []
"""Partners whose figures an earlier test has left."""


class TwoSides:
    """Headquarters and one partner of a test."""

    def __init__(self, runtime: Runtime, network: Network, partner: PartnerCompany) -> None:
        self.runtime, self.network, self.partner = runtime, network, partner

    async def resolved(self, month: date, met: int, breached: int, partner: PartnerCompany | None = None) -> None:
        """A month's roll-up: so many promises of resolution kept and missed."""
        chosen = partner or self.partner
        WITH_FIGURES.append(chosen)
        values = dict.fromkeys(FIGURE_NAMES, 0) | {
            "tickets": met + breached,
            "resolution_met": met,
            "resolution_breached": breached,
        }
        async with self.runtime.units_of_work.begin(chosen.system) as work:
            work.session.add(
                QualityRollup(tenant_id=chosen.id, id=work.new_id(), month=month, updated_at=work.now, **values)
            )

    async def evaluate(self) -> int:
        async with self.runtime.units_of_work.begin(HEADQUARTERS) as work:
            return await evaluate(work, self.runtime.engine("network"))

    async def deliver(self, tenant_id: UUID | None = None, *, again: bool = False) -> int:
        """Hand over the events of one side, or of both until nothing waits; `again` also what was handled before."""
        handed = 0
        for each in [tenant_id] if tenant_id else [HQ_TENANT_ID, self.partner.id] * 3:
            async with self.runtime.units_of_work.begin(Actor.system(each)) as work:
                events = (
                    await work.session.scalars(
                        select(OutboxEvent)
                        .where(OutboxEvent.topic == "corrective_action.changed")
                        .order_by(OutboxEvent.id.desc())
                    )
                ).all()
                done = set(await work.session.scalars(select(ConsumedEvent.event_id)))
            for event in events:
                if again or event.id not in done:
                    await MIRROR(self.runtime, each, event.id, event.payload)
                    handed += 1
        return handed


@pytest.fixture
async def two_sides(runtime: Runtime, network: Network, clock: SettableClock) -> TwoSides:
    clock.set(START)
    for company in WITH_FIGURES:
        async with runtime.units_of_work.begin(company.system) as work:
            await work.session.execute(delete(QualityRollup))
    WITH_FIGURES.clear()
    return TwoSides(runtime, network, await network.partner())
