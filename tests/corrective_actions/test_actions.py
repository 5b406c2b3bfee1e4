"""A threshold is missed, the partner answers, headquarters looks again: both sides see the same action."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import delete, func, select

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.outbox import DueEntry, DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.notifications.models import Notification
from tenants.corrective_actions.models import (
    CorrectiveAction,
    CorrectiveActionLine,
    QualityThreshold,
    ThresholdBreach,
)
from tenants.corrective_actions.tasks import send_reminders
from tests.conftest import START, ClientFor
from tests.corrective_actions.conftest import HEADQUARTERS, NOVEMBER, OCTOBER, TwoSides
from tests.factories.network import Network

ACTIONS, THRESHOLDS = "/api/v1/corrective-actions", "/api/v1/quality-thresholds"
RESOLUTION = {"measure": "resolution", "comparison": "below", "limit": 90, "fewest_cases": 10}
PLAN = {"cause": "夜班没有人", "planned_measures": "夜班增加一名工程师"}
SEPTEMBER = datetime(2026, 9, 1, tzinfo=UTC).date()


@pytest.fixture(autouse=True)
async def _no_thresholds(runtime: Runtime, network: Network) -> None:
    async with runtime.units_of_work.begin(HEADQUARTERS) as work:
        for model in (ThresholdBreach, QualityThreshold):
            await work.session.execute(delete(model))


async def opened(two_sides: TwoSides, http: ClientFor, **threshold: Any) -> UUID:
    """An action that a bad October has opened, known on both sides."""
    by_hq = await http(two_sides.network.administrator)
    made = await by_hq.post(THRESHOLDS, json=RESOLUTION | threshold)
    assert made.status_code == 201, made.text
    await two_sides.resolved(OCTOBER, 60, 40)
    assert await two_sides.evaluate() == 1
    await two_sides.deliver()
    return UUID((await (await http(two_sides.partner.owner)).get(ACTIONS)).json()["items"][0]["id"])


async def action_of(client: httpx.AsyncClient, action_id: UUID) -> dict[str, Any]:
    answer = await client.get(f"{ACTIONS}/{action_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def shared(action: dict[str, Any]) -> dict[str, Any]:
    """What both sides must show alike: everything but what each may do."""
    return {name: value for name, value in action.items() if name != "moves"}


async def bell(runtime: Runtime, actor: Actor) -> list[str]:
    async with runtime.units_of_work.begin(Actor.system(actor.tenant_id)) as work:
        return list(
            await work.session.scalars(
                select(Notification.text)
                .where(Notification.membership_id == actor.membership_id)
                .order_by(Notification.created_at, Notification.id)
            )
        )


async def test_a_missed_threshold_opens_one_action_that_both_sides_see(
    two_sides: TwoSides, http: ClientFor, runtime: Runtime
) -> None:
    action_id = await opened(two_sides, http)
    for _ in range(2):
        assert await two_sides.evaluate() == 0
    by_hq, by_owner = await http(two_sides.network.administrator), await http(two_sides.partner.owner)
    theirs, ours = await action_of(by_hq, action_id), await action_of(by_owner, action_id)
    assert shared(theirs) == shared(ours)
    assert (ours["value"], ours["limit"], ours["cases"], ours["month"]) == (60.0, 90.0, 100, "2026-10-01")
    assert (ours["state"], ours["owner_name"], ours["due_on"]) == ("open", "陈总", "2026-11-30")
    assert (ours["moves"], theirs["moves"]) == (["plan"], ["cancel"])
    assert any(ours["number"] in line for line in await bell(runtime, two_sides.partner.owner))
    assert (await by_owner.get(f"/workspace/corrective-actions/{action_id}")).status_code == 200
    assert "60.0%" in (await by_hq.get("/hq/corrective-actions")).text


async def test_from_plan_to_effective_to_closed(
    two_sides: TwoSides, http: ClientFor, runtime: Runtime, clock: SettableClock
) -> None:
    action_id = await opened(two_sides, http)
    by_hq, by_owner = await http(two_sides.network.administrator), await http(two_sides.partner.owner)
    for step, body in (
        ("plan", PLAN),
        ("start", None),
        ("progress", {"text": "已招到人"}),
        ("finish", {"text": "到岗"}),
    ):
        answer = await by_owner.post(f"{ACTIONS}/{action_id}/{step}", json=body)
        assert answer.status_code == 200, answer.text
    await two_sides.deliver()
    seen = await action_of(by_hq, action_id)
    assert (seen["state"], seen["cause"], seen["planned_measures"]) == ("done", *PLAN.values())
    assert any("等待复查" in line for line in await bell(runtime, two_sides.network.administrator))

    too_early = await by_hq.post(f"{ACTIONS}/{action_id}/recheck")
    assert too_early.json()["code"] == "corrective_action.too_early"
    clock.set(START + timedelta(days=20))
    by_hq, by_owner = await http(two_sides.network.administrator), await http(two_sides.partner.owner)
    too_few = await by_hq.post(f"{ACTIONS}/{action_id}/recheck")
    assert too_few.json()["code"] == "corrective_action.too_few"
    await two_sides.resolved(NOVEMBER, 95, 5)
    checked = (await by_hq.post(f"{ACTIONS}/{action_id}/recheck")).json()
    assert (checked["state"], checked["recheck_value"], checked["recheck_cases"]) == ("effective", 95.0, 100)
    assert (await by_hq.post(f"{ACTIONS}/{action_id}/close")).json()["state"] == "closed"
    await two_sides.deliver()
    assert shared(await action_of(by_owner, action_id)) == shared(await action_of(by_hq, action_id))
    assert [line["kind"] for line in (await action_of(by_owner, action_id))["lines"]] == [
        "opened", "owner", "plan", "start", "progress", "finish", "confirm", "close",
    ]  # fmt: skip


async def test_what_did_not_help_is_opened_again(two_sides: TwoSides, http: ClientFor, clock: SettableClock) -> None:
    action_id = await opened(two_sides, http)
    by_hq, by_owner = await http(two_sides.network.administrator), await http(two_sides.partner.owner)
    for step, body in (("plan", PLAN), ("start", None), ("finish", {"text": "到岗"})):
        await by_owner.post(f"{ACTIONS}/{action_id}/{step}", json=body)
    await two_sides.deliver()
    clock.set(START + timedelta(days=20))
    by_hq, by_owner = await http(two_sides.network.administrator), await http(two_sides.partner.owner)
    await two_sides.resolved(NOVEMBER, 70, 30)
    assert (await by_hq.post(f"{ACTIONS}/{action_id}/recheck")).json()["state"] == "ineffective"
    dates = {"due_on": "2026-12-31", "recheck_on": "2027-02-05"}
    again = (await by_hq.post(f"{ACTIONS}/{action_id}/open-again", json=dates)).json()
    assert (again["state"], again["round"], again["due_on"]) == ("open", 2, "2026-12-31")
    await two_sides.deliver()
    ours = await action_of(by_owner, action_id)
    assert (ours["state"], ours["round"], ours["moves"]) == ("open", 2, ["plan"])
    # November missed the threshold too: it is answered for by the action that is going on.
    assert await two_sides.evaluate() == 0
    await two_sides.deliver()
    assert (await action_of(by_owner, action_id))["lines"][-1]["kind"] == "breached_again"


async def test_several_months_in_a_row_with_enough_cases_each(
    two_sides: TwoSides, http: ClientFor, network: Network
) -> None:
    by_hq = await http(network.administrator)
    await by_hq.post(THRESHOLDS, json=RESOLUTION | {"months": 2})
    once, twice, few = two_sides.partner, await network.partner("连续两月"), await network.partner("件数太少")
    await two_sides.resolved(SEPTEMBER, 95, 5, once)
    await two_sides.resolved(OCTOBER, 50, 50, once)
    for month in (SEPTEMBER, OCTOBER):
        await two_sides.resolved(month, 50, 50, twice)
        await two_sides.resolved(month, 1, 4, few)
    assert await two_sides.evaluate() == 1
    names = {each["partner_name"] for each in (await by_hq.get(ACTIONS, params={"state": "open"})).json()["items"]}
    assert "连续两月" in names
    assert "件数太少" not in names


async def test_two_moves_at_once_end_alike_on_both_sides(two_sides: TwoSides, http: ClientFor) -> None:
    action_id = await opened(two_sides, http)
    by_hq, by_owner = await http(two_sides.network.administrator), await http(two_sides.partner.owner)
    assert (await by_owner.post(f"{ACTIONS}/{action_id}/plan", json=PLAN)).status_code == 200
    assert (await by_hq.post(f"{ACTIONS}/{action_id}/cancel", json={"reason": "数据有误"})).status_code == 200
    await two_sides.deliver(two_sides.partner.id)
    await two_sides.deliver(HQ_TENANT_ID)
    await two_sides.deliver(two_sides.partner.id, again=True)
    await two_sides.deliver(HQ_TENANT_ID, again=True)
    theirs, ours = await action_of(by_hq, action_id), await action_of(by_owner, action_id)
    assert shared(theirs) == shared(ours)
    assert (ours["state"], ours["cause"]) == ("cancelled", PLAN["cause"])
    assert {"plan", "cancel"} <= {line["kind"] for line in ours["lines"]}


async def test_deliveries_twice_late_and_backwards_change_nothing(
    two_sides: TwoSides, http: ClientFor, runtime: Runtime
) -> None:
    action_id = await opened(two_sides, http)
    by_hq, by_owner = await http(two_sides.network.administrator), await http(two_sides.partner.owner)
    await by_owner.post(f"{ACTIONS}/{action_id}/plan", json=PLAN)
    await by_owner.post(f"{ACTIONS}/{action_id}/start")
    await two_sides.deliver()
    before = await action_of(by_hq, action_id), await action_of(by_owner, action_id)
    notices = await bell(runtime, two_sides.partner.owner), await bell(runtime, two_sides.network.administrator)
    await two_sides.deliver(again=True)
    assert (await action_of(by_hq, action_id), await action_of(by_owner, action_id)) == before
    assert (
        await bell(runtime, two_sides.partner.owner),
        await bell(runtime, two_sides.network.administrator),
    ) == notices


async def test_the_owner_may_be_changed_to_one_of_the_own_people_only(
    two_sides: TwoSides, http: ClientFor, network: Network
) -> None:
    action_id = await opened(two_sides, http)
    by_owner = await http(two_sides.partner.owner)
    stranger = await network.partner("别家")
    own, other = two_sides.partner.dispatcher.membership_id, stranger.owner.membership_id
    refused = await by_owner.post(f"{ACTIONS}/{action_id}/owner", json={"membership_id": str(other)})
    assert refused.status_code == 422
    changed = await by_owner.post(f"{ACTIONS}/{action_id}/owner", json={"membership_id": str(own)})
    assert changed.json()["owner_name"] == "林小燕"
    await two_sides.deliver()
    assert (await action_of(await http(network.administrator), action_id))["owner_name"] == "林小燕"


async def test_dates_that_come_are_told_once(
    two_sides: TwoSides, http: ClientFor, runtime: Runtime, clock: SettableClock
) -> None:
    action_id = await opened(two_sides, http)
    owner, officer = two_sides.partner.owner, two_sides.network.administrator
    for days, expected in ((12, "快到期"), (16, "已过期")):
        clock.set(START + timedelta(days=days))
        for tenant_id in (HQ_TENANT_ID, two_sides.partner.id):
            await send_reminders(runtime, tenant_id, [action_id])
            await send_reminders(runtime, tenant_id, [action_id])
        assert sum(expected in line for line in await bell(runtime, owner)) == 1
    assert sum("已过期" in line for line in await bell(runtime, officer)) == 1
    assert not any("快到期" in line for line in await bell(runtime, officer))


async def test_the_next_date_is_watched_on_both_sides(two_sides: TwoSides, http: ClientFor, runtime: Runtime) -> None:
    action_id = await opened(two_sides, http)
    for tenant_id in (HQ_TENANT_ID, two_sides.partner.id):
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            due_at = await work.session.scalar(
                select(DueEntry.due_at).where(
                    DueEntry.kind == DueKind.CORRECTIVE_ACTION, DueEntry.subject_id == action_id
                )
            )
        assert due_at == datetime(2026, 11, 27, 1, tzinfo=UTC)


async def test_each_side_has_its_own_moves_and_nobody_else_any(
    two_sides: TwoSides, http: ClientFor, network: Network, runtime: Runtime
) -> None:
    action_id = await opened(two_sides, http)
    by_hq, by_owner = await http(network.administrator), await http(two_sides.partner.owner)
    assert (await by_hq.post(f"{ACTIONS}/{action_id}/plan", json=PLAN)).status_code == 403
    assert (await by_owner.post(f"{ACTIONS}/{action_id}/close")).status_code == 403
    assert (await by_owner.post(f"{ACTIONS}/{action_id}/start")).status_code == 409
    stranger = await network.partner("看客")
    by_stranger = await http(stranger.owner)
    assert (await by_stranger.get(f"{ACTIONS}/{action_id}")).status_code == 404
    assert (await by_stranger.get(ACTIONS)).json()["items"] == []
    assert (await by_stranger.get(THRESHOLDS)).status_code == 403
    async with runtime.units_of_work.begin(stranger.system) as work:
        for model in (CorrectiveAction, CorrectiveActionLine):
            assert await work.session.scalar(select(func.count()).select_from(model)) == 0


async def test_forms_are_drawn_again_with_what_was_typed(two_sides: TwoSides, http: ClientFor) -> None:
    action_id = await opened(two_sides, http)
    by_owner = await http(two_sides.partner.owner)
    place = f"/workspace/corrective-actions/{action_id}"
    refused = await by_owner.post(f"{place}/plan", data={"cause": "夜班没有人", "planned_measures": " "})
    assert refused.status_code == 422
    assert "夜班没有人" in refused.text
    assert (await by_owner.post(f"{place}/plan", data=PLAN)).status_code == 303
    assert (await by_owner.post(f"{place}/dance", data={})).status_code == 422
    by_hq = await http(two_sides.network.administrator)
    assert (await by_hq.post(f"/hq/corrective-actions/{action_id}/dates", data={"due_on": "x"})).status_code == 422
    assert (await by_hq.post(f"/hq/corrective-actions/{action_id}/cancel", data={"reason": ""})).status_code == 422


async def test_thresholds_are_set_once_and_retired(two_sides: TwoSides, http: ClientFor) -> None:
    by_hq = await http(two_sides.network.administrator)
    form = {
        "measure": "satisfaction", "comparison": "below", "limit": "4.2", "fewest_cases": "10", "months": "1",
        "due_days": "14", "recheck_days": "35",
    }  # fmt: skip
    assert (await by_hq.post("/hq/quality-thresholds", data=form | {"limit": "好"})).status_code == 422
    assert (await by_hq.post("/hq/quality-thresholds", data=form | {"months": "99"})).status_code == 422
    assert (await by_hq.post("/hq/quality-thresholds", data=form)).status_code == 303
    assert (await by_hq.post("/hq/quality-thresholds", data=form)).status_code == 409
    (threshold,) = (await by_hq.get(THRESHOLDS)).json()
    assert threshold["limit"] == 4.2
    assert (await by_hq.post(f"/hq/quality-thresholds/{threshold['id']}/retire", data={})).status_code == 303
    assert (await by_hq.post(f"{THRESHOLDS}/{threshold['id']}/retire")).json()["active"] is False
    assert (await by_hq.post(f"{THRESHOLDS}/{new_id()}/retire")).status_code == 404
