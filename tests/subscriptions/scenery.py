"""What nobody else may see of a partner's plan."""

from datetime import timedelta

import httpx

from tests.isolation.scenery import SECRET, SceneryMaker


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """The partner's plan with its usage, a step and a bill."""
    today, now = scenery.clock.now().date(), scenery.clock.now()
    version = await scenery.admin.fetchval(
        "INSERT INTO plan_version (id, code, effective_from, currency, price, included_engineers, included_devices, "
        "engineer_price, device_price, trial_days, past_due_days, grace_days, created_at, created_by) "
        "VALUES (gen_random_uuid(), 'standard', $1, 'CNY', 90000, 10, 100, 0, 0, 30, 7, 14, $2, '总部') RETURNING id",
        today,
        now,
    )
    own = await scenery.row(
        "plan_subscription",
        id=scenery.owner.id,
        plan_code="standard",
        version_id=version,
        state="active",
        anchor=today,
        period_start=today,
        period_end=today + timedelta(days=30),
        counted_from=today,
        currency="CNY",
    )
    await scenery.row("plan_usage", day=today, engineers=1, devices=1)
    await scenery.row(
        "plan_subscription_step",
        subscription_id=own,
        kind="start",
        state="trial",
        plan_code="standard",
        actor_name=SECRET,
    )
    await scenery.row("plan_bill", subscription_id=own, occasion=f"period:{today}", day=today, currency="CNY", lines=[])
