"""What nobody else may see of charges."""

from datetime import date
from decimal import Decimal

import httpx

from billing.rating.outcomes import Outcome
from billing.rating.vocabulary import ChargeCategory, SourceKind
from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, SECRET, SceneryMaker

HIDDEN_FROM = {"charge_id": (*OUTSIDE, *INSIDE, *HELD), "rated_id": (*OUTSIDE, *INSIDE, *HELD)}
DAY = date(2026, 11, 16)


async def make(scenery: SceneryMaker, manager: httpx.AsyncClient) -> None:
    """A charge that is disputed, what became of the visit, and a run."""
    scenery.ids["charge_id"] = await scenery.row(
        "charge",
        client_id=scenery.ids["client_id"],
        ticket_id=scenery.ids["ticket_id"],
        visit_id=scenery.ids["visit_id"],
        source_kind=SourceKind.PREPAID_BLOCK,
        rule=f"{SECRET}/block",
        day=DAY,
        name=SECRET,
        quantity=Decimal(1),
        unit="block",
        unit_price=Decimal("180.5"),
        amount=18050,
        currency="CNY",
        tax="vat_6",
        price_mode="tax_included",
        category=ChargeCategory.PREPAID,
    )
    await scenery.done(manager.post(f"/api/v1/charges/{scenery.ids['charge_id']}/dispute", json={"reason": SECRET}))
    scenery.ids["rated_id"] = await scenery.row(
        "rated_record",
        client_id=scenery.ids["client_id"],
        ticket_id=scenery.ids["ticket_id"],
        source_kind=SourceKind.VISIT,
        source_id=scenery.ids["visit_id"],
        day=DAY,
        outcome=Outcome.REWORK,
    )
    await scenery.row("rating_run", until=DAY, state="done")
