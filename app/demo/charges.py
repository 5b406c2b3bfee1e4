"""Charges in the demo: what was finished and agreed is rated, one charge waived, another disputed."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from app.demo.onboarding import Partner
from app.demo.simulation import Simulation
from billing.rating import MarkKind, MarkReason, mark, run_rating, unbilled_charges

_SAID: Final = ((MarkKind.GOODWILL, "老客户，这次免收"), (MarkKind.DISPUTED, "客户对工时有疑问"))


async def rate(simulation: Simulation, partners: Sequence[Partner]) -> None:
    """The day's run of each partner; then what its owner said of two of the charges, where there are so many."""
    for partner in partners:
        await run_rating(simulation.runtime, partner.id)
        for client in partner.clients:
            async with simulation.runtime.units_of_work.begin(partner.owner) as work:
                charges = await unbilled_charges(work, client.id, date.max)
                for charge, kind, reason in zip(
                    charges,
                    (MarkKind.GOODWILL, MarkKind.DISPUTED),
                    ("老客户，这次免收", "客户对工时有疑问"),
                    strict=False,
                ):
                    await mark(work, charge.id, kind, MarkReason(reason))
            if charges:
                break
