"""What nobody else may see of credits."""

from datetime import date
from decimal import Decimal
from typing import Any

import httpx

from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, SECRET, SceneryMaker

HIDDEN_FROM = {"service_credit_id": (*OUTSIDE, *INSIDE, *HELD)}


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """A credit that was declined, and what the client reads of it."""
    told: dict[str, Any] = {
        "client_id": scenery.ids["client_id"],
        "ticket_id": scenery.ids["ticket_id"],
        "ticket_number": "FW-20261116-0001",
        "kind": "response",
        "contract_number": "HT-2026-000001",
        "period_start": date(2026, 11, 1),
        "period_end": date(2026, 12, 1),
        "fee": 3_600_00,
        "basis": "share",
        "share": Decimal("0.05"),
        "units": 1,
        "most": Decimal("0.2"),
        "period_limit": 720_00,
        "amount": 180_00,
        "currency": "CNY",
        "state": "declined",
        "reason": SECRET,
    }
    scenery.ids["service_credit_id"] = await scenery.row(
        "service_credit", **told, price_mode="tax_included", parts={"vat_6": 180_00}
    )
    await scenery.row("service_credit_notice", **told)
