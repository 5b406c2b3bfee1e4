"""Headquarters' page of quality over a large network: server time of the page and of its API answer."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import repeat
from random import Random
from typing import Any

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.performance import insert_rows
from app.platform.kernel.runtime import Runtime
from tenants.models import Tenant
from tenants.partner_metrics.facts import FIGURE_NAMES
from tenants.partner_metrics.models import QualityRollup
from tenants.partner_metrics.period import Grain, Period, preceding
from tests.benchmarks import load

PARTNERS, MONTHS = 1_000, 24
ADDRESSES = ("/hq", "/hq/quality", "/hq/quality?from={first}&sort=resolution", "/api/v1/network/quality?from={first}")
"""The present month; all months as one period, ranked; the same as JSON."""


async def fill(runtime: Runtime) -> str:
    """`PARTNERS` partners with a roll-up for each of `MONTHS` months; the first month as an address writes it."""
    this_month = datetime.now(UTC).date().replace(day=1)
    first = this_month
    for _ in range(MONTHS - 1):
        first = preceding(Grain.MONTH, first)
    chance = Random(1)
    partners = [new_id() for _ in range(PARTNERS)]
    now = datetime.now(UTC)
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        for number, partner_id in enumerate(partners):
            work.session.add(
                Tenant(
                    id=partner_id,
                    kind="partner",
                    slug=f"network-{number}",
                    name=f"第{number:04d}家信息服务有限公司",
                    state="active",
                    created_at=now,
                )
            )
    months = Period(Grain.MONTH, first, this_month).steps
    for partner_id in partners:
        async with runtime.units_of_work.begin(Actor.system(partner_id)) as work:
            await insert_rows(work.session, QualityRollup, [_row(chance, month, now) for month in months])
    return f"{first:%Y-%m}"


def _row(chance: Random, month: date, now: datetime) -> dict[str, Any]:
    tickets = chance.randint(20, 400)
    values = {name: chance.randint(0, tickets) for name in FIGURE_NAMES} | {
        "tickets": tickets,
        "score_sum": tickets * 4,
    }
    return {"id": new_id(), "month": month, "updated_at": now, **values}


async def measure(port: int, token: str, first: str) -> Sequence[tuple[str, float, float]]:
    """(address, median, 95th percentile) in milliseconds, one request after another."""
    found = []
    for address in ADDRESSES:
        path = address.format(first=first)
        make = repeat(load.request_bytes("GET", path, token)).__next__
        await load.run(port, make, concurrency=1, seconds=1)
        shown = await load.run(port, make, concurrency=1, seconds=4)
        found.append((path, shown.median_milliseconds, shown.p95_milliseconds))
    return found
