"""Before a disk is touched somebody at the client agrees; a bad disk is wiped on the spot or stays (C5)."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.platform.background.daily_retention import delete_what_expired
from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.factories.pictures import photo

DONE = {"work_done": "换了硬盘", "cause": "坏道", "work_minutes": 30, "disks": True}


class Visit:
    """An engineer on site, and who may read what they write."""

    path: str
    engineer: Actor
    worker: httpx.AsyncClient
    stranger: httpx.AsyncClient
    contact: httpx.AsyncClient
    tenant: Any

    async def say(self, kind: str, **wanted: Any) -> httpx.Response:
        body = {"kind": kind, "person_name": "王工", **wanted}
        return await self.worker.post(f"/api/v1{self.path}/data-handling", json=body)


@pytest.fixture
async def visit(network: Network, http: ClientFor, clock: SettableClock) -> Visit:
    made = Visit()
    made.tenant = partner = await network.partner()
    await network.service_level(partner)
    client, other = await network.client(partner), await network.client(partner, "厦门第九中学")
    device_id, reporter = await network.device(client)
    made.engineer = engineer = await network.engineer(partner)
    manager = await http(partner.owner)
    fault = {"subject": "硬盘响", "device_id": str(device_id)}
    ticket = (await (await http(reporter)).post("/api/v1/tickets", json=fault)).json()["id"]
    plan = {
        "engineer_id": str(engineer.membership_id),
        "scheduled_start": clock.now().isoformat(),
        "scheduled_end": (clock.now() + timedelta(hours=1)).isoformat(),
    }
    planned = await manager.post(f"/api/v1/tickets/{ticket}/assignments", json=plan)
    made.path = f"/visits/{planned.json()['visit_id']}"
    made.worker, made.contact, made.stranger = (
        await http(engineer),
        await http(client.contact),
        await http(other.contact),
    )
    for step in ("accept", "depart", "arrive"):
        assert (await made.worker.post(f"/api/v1{made.path}/{step}")).is_success
    return made


async def test_work_on_a_disk_ends_only_with_consent(visit: Visit, clock: SettableClock) -> None:
    refused = await visit.worker.post(f"/api/v1{visit.path}/resolve", json=DONE)
    assert (refused.status_code, refused.json()["code"]) == (422, "visit.data_consent_missing")
    assert (await visit.say("consent")).status_code == 201
    clock.advance(timedelta(minutes=1))
    assert (await visit.say("refusal")).status_code == 201
    assert (await visit.worker.post(f"/api/v1{visit.path}/resolve", json=DONE)).status_code == 422, (
        "the last word counts"
    )
    clock.advance(timedelta(minutes=1))
    await visit.say("consent")
    assert (await visit.worker.post(f"/api/v1{visit.path}/resolve", json=DONE)).is_success


async def test_work_that_touches_no_disk_asks_nobody(visit: Visit) -> None:
    assert (await visit.worker.post(f"/api/v1{visit.path}/resolve", json={**DONE, "disks": False})).is_success


async def test_a_bad_disk_is_named_and_the_client_reads_what_became_of_it(visit: Visit) -> None:
    assert (await visit.say("retained")).status_code == 422
    assert (await visit.say("wiped", disk_serial="WD-1", person_name=" ")).status_code == 422
    assert (await visit.say("wiped", disk_serial="WD-1")).status_code == 201
    (record,) = (await visit.contact.get(f"/api/v1{visit.path}/data-handling")).json()
    assert (record["kind"], record["disk_serial"], record["person_name"]) == ("wiped", "WD-1", "王工")
    assert (await visit.stranger.get(f"/api/v1{visit.path}/data-handling")).status_code == 404
    body = {"kind": "consent", "person_name": "客户"}
    assert (await visit.contact.post(f"/api/v1{visit.path}/data-handling", json=body)).status_code in (403, 404)
    with_id = await visit.contact.post(
        f"/api/v1{visit.path}/data-handling", json=body, headers={"idempotency-key": "an-action-of-mine"}
    )
    assert with_id.status_code in (403, 404), "who is none of the staff has no actions"


async def test_what_was_said_and_photographed_once_is_answered_the_same_weeks_later(
    visit: Visit, clock: SettableClock, runtime: Runtime, http: ClientFor
) -> None:
    said, taken = {"idempotency-key": "said-on-this-phone"}, {"idempotency-key": "taken-on-this-phone"}
    body = {"kind": "consent", "person_name": "王工"}

    async def say(**wanted: Any) -> httpx.Response:
        return await visit.worker.post(f"/api/v1{visit.path}/data-handling", json={**body, **wanted}, headers=said)

    async def photograph() -> httpx.Response:
        files = [("photos", ("现场.jpg", photo(), "image/jpeg"))]
        return await visit.worker.post(
            f"/api/v1{visit.path}/photos", data={"kind": "before"}, files=files, headers=taken
        )

    first = [await say(), await photograph()]
    assert [answer.status_code for answer in first] == [201, 201], [answer.text for answer in first]
    assert "idempotent-replay" not in first[0].headers
    await visit.say("refusal")
    clock.advance(timedelta(days=30))
    await delete_what_expired(runtime, visit.tenant.id, new_id(), {})
    visit.worker = await http(visit.engineer)
    again = [await say(), await photograph()]
    assert [answer.json() for answer in again] == [answer.json() for answer in first]
    assert all(answer.headers["idempotent-replay"] == "true" for answer in again)
    assert len((await visit.worker.get(f"/api/v1{visit.path}/data-handling")).json()) == 2
    other = await say(person_name="李工")
    assert (other.status_code, other.json()["code"]) == (409, "visit.action_key_reused")


async def test_what_was_said_is_never_changed(visit: Visit, runtime: Runtime) -> None:
    await visit.say("consent")
    for change in ("UPDATE data_handling_record SET kind = 'refusal'", "DELETE FROM data_handling_record"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with runtime.units_of_work.begin(visit.tenant.system) as work:
                await work.session.execute(text(change))


async def test_the_same_on_the_engineer_s_page(visit: Visit) -> None:
    page = f"/field{visit.path}"
    form = {"kind": "consent", "person_name": "前台小李", "disk_serial": "", "remark": ""}
    assert (await visit.worker.post(f"{page}/data-handling", data={**form, "person_name": ""})).status_code == 422
    refused = await visit.worker.post(f"{page}/work", data={"work_done": "换硬盘", "disks": "yes", "work_minutes": "5"})
    assert refused.status_code == 422
    assert "记下用户的同意" in refused.text
    assert (await visit.worker.post(f"{page}/data-handling", data=form)).status_code == 303
    assert "前台小李" in (await visit.worker.get(page)).text
    done = await visit.worker.post(f"{page}/work", data={"work_done": "换硬盘", "disks": "yes", "work_minutes": "5"})
    assert done.status_code == 303
