"""Credits in the demo: missed promises proposed them; of each partner one is approved, one declined, others wait."""

from collections.abc import Sequence

from sqlalchemy import select

from app.demo.onboarding import Partner
from app.demo.simulation import Simulation
from billing.credits import CreditApproval, CreditRefusal, CreditState, ServiceCredits
from billing.credits.models import ServiceCredit


async def decide_credits(simulation: Simulation, partners: Sequence[Partner]) -> None:
    """What the owner said of the first two."""
    for partner in partners:
        async with simulation.runtime.units_of_work.begin(partner.owner) as work:
            proposed = await work.session.scalars(
                select(ServiceCredit.id)
                .where(ServiceCredit.state == CreditState.PROPOSED)
                .order_by(ServiceCredit.created_at, ServiceCredit.id)
                .limit(2)
            )
            service, found = ServiceCredits(work), proposed.all()
            for place, credit_id in enumerate(found):
                if place == 0:
                    await service.approve(credit_id, CreditApproval(version=1))
                else:
                    refusal = CreditRefusal(version=1, reason="当天大楼停电，双方商定不计。")
                    await service.decline(credit_id, refusal)
    await simulation.run_due_work()
