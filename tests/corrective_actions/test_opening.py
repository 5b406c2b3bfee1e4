"""A figure that is out of line leads somewhere: headquarters asks for a correction by hand, or writes to the owners."""

from typing import Any

import httpx
from sqlalchemy import select

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.notifications.models import Delivery, Notification
from tenants.corrective_actions.tasks import deliver_partner_letter
from tests.conftest import ClientFor
from tests.corrective_actions.conftest import OCTOBER, TwoSides
from tests.corrective_actions.test_actions import ACTIONS, RESOLUTION, THRESHOLDS, action_of, shared

WORDS = "请告诉我们原因和打算。"


def asked(two_sides: TwoSides, **more: Any) -> dict[str, Any]:
    return {
        "partner_id": str(two_sides.partner.id), "measure": "resolution", "month": "2026-10-31", "limit": 80,
        "due_on": "2026-11-30", "recheck_on": "2027-01-05", "reason": WORDS,
    } | more  # fmt: skip


async def by_hq_with_a_bad_october(two_sides: TwoSides, http: ClientFor) -> httpx.AsyncClient:
    await two_sides.resolved(OCTOBER, 60, 40)
    return await http(two_sides.network.administrator)


async def test_an_action_opened_by_hand_reaches_the_partner_with_the_measured_value(
    two_sides: TwoSides, http: ClientFor
) -> None:
    by_hq = await by_hq_with_a_bad_october(two_sides, http)
    made = await by_hq.post(ACTIONS, json=asked(two_sides))
    assert made.status_code == 201, made.text
    action_id = made.json()["id"]
    await two_sides.deliver()
    ours = await action_of(await http(two_sides.partner.owner), action_id)
    assert shared(ours) == shared(await action_of(by_hq, action_id))
    assert (ours["value"], ours["limit"], ours["month"], ours["state"]) == (60.0, 80.0, "2026-10-01", "open")
    assert (ours["lines"][0]["kind"], ours["lines"][0]["text"]) == ("opened", WORDS)

    again = await by_hq.post(ACTIONS, json=asked(two_sides))
    assert again.json()["code"] == "corrective_action.already_open"
    # A threshold that is missed too finds it answered for.
    assert (await by_hq.post(THRESHOLDS, json=RESOLUTION)).status_code == 201
    assert await two_sides.evaluate() == 0


async def test_what_is_asked_must_be_measured_and_bad(two_sides: TwoSides, http: ClientFor) -> None:
    by_hq = await by_hq_with_a_bad_october(two_sides, http)
    for wrong, status in (
        ({"limit": 60}, 422),
        ({"due_on": "2026-11-01"}, 422),
        ({"recheck_on": "2026-11-20"}, 422),
        ({"month": "2026-05-01"}, 409),
        ({"measure": "satisfaction"}, 409),
    ):
        refused = await by_hq.post(ACTIONS, json=asked(two_sides, **wrong))
        assert refused.status_code == status, wrong
    assert (await (await http(two_sides.partner.owner)).post(ACTIONS, json=asked(two_sides))).status_code == 403


async def test_from_the_outlier_to_the_form_to_the_action(two_sides: TwoSides, http: ClientFor) -> None:
    by_hq = await by_hq_with_a_bad_october(two_sides, http)
    good = await two_sides.network.partner("守时")
    await two_sides.resolved(OCTOBER, 290, 10, good)
    network = (await by_hq.get("/hq/quality", params={"to": "2026-10"})).text
    place = f"/hq/corrective-actions/new?partner={two_sides.partner.id}&amp;measure=resolution&amp;month=2026-10"
    assert place in network
    form = await by_hq.get(place.replace("&amp;", "&"))
    assert "60%" in form.text
    given = {**asked(two_sides), "month": "2026-10", "limit": "80", "reason": ""}
    refused = await by_hq.post("/hq/corrective-actions", data={**given, "limit": "很高"})
    assert refused.status_code == 422
    assert "很高" in refused.text
    opened = await by_hq.post("/hq/corrective-actions", data=given)
    assert opened.status_code == 303, opened.text
    own = (await by_hq.get(f"/hq/quality/{two_sides.partner.id}", params={"to": "2026-10"})).text
    assert opened.headers["location"] in own
    assert place not in own


async def test_a_letter_reaches_the_owners_once_and_not_too_often(
    two_sides: TwoSides, http: ClientFor, runtime: Runtime
) -> None:
    by_hq = await by_hq_with_a_bad_october(two_sides, http)
    page = f"/hq/quality/{two_sides.partner.id}/letter"
    assert "60%" in (await by_hq.get(page, params={"measure": "resolution", "month": "2026-10"})).text
    letter = {"measure": "resolution", "month": "2026-10", "text": WORDS}
    assert (await by_hq.post(page, data={**letter, "text": " "})).status_code == 422
    assert (await by_hq.post(page, data=letter)).status_code == 303
    for status in (201, 201, 429):
        address = f"/api/v1/network/partners/{two_sides.partner.id}/letters"
        answer = await by_hq.post(address, json={**letter, "month": "2026-10-01"})
        assert answer.status_code == status, answer.text

    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        event = await work.session.scalar(
            select(OutboxEvent).where(OutboxEvent.topic == "partner_letter.written").order_by(OutboxEvent.id.desc())
        )
    assert event is not None
    for _ in range(2):
        await deliver_partner_letter(runtime, HQ_TENANT_ID, event.id, event.payload)
    async with runtime.units_of_work.begin(two_sides.partner.system) as work:
        letters = (
            await work.session.scalars(select(Delivery.text).where(Delivery.reference.like("partner_letter:%")))
        ).all()
        lines = (
            await work.session.execute(
                select(Notification.membership_id, Notification.text).where(
                    Notification.reference.like("partner_letter:%")
                )
            )
        ).all()
    ((reader, line),) = lines
    assert reader == two_sides.partner.owner.membership_id
    assert "2026-10 按时解决 60%" in line
    (written,) = letters
    assert WORDS in written
