"""The desk calls a visit off before work begins, and the ticket waits for dispatch again (T6)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.desk.tickets import TicketState
from app.platform.kernel.time_source import SettableClock
from tests.conftest import ClientFor
from tests.factories.network import Network


class Dispatched:
    """A ticket with one planned visit, and the desk and the engineer of it."""

    ticket: str
    visit_id: str
    desk: httpx.AsyncClient
    worker: httpx.AsyncClient
    engineer_id: str

    async def unassign(self, **wanted: Any) -> httpx.Response:
        return await self.desk.post(f"/api/v1/tickets/{self.ticket}/unassign", json=wanted)

    async def assign(self, clock: SettableClock, **more: Any) -> str:
        start = clock.now() + timedelta(hours=1)
        plan = {
            "engineer_id": self.engineer_id,
            "scheduled_start": start.isoformat(),
            "scheduled_end": (start + timedelta(hours=1)).isoformat(),
            **more,
        }
        planned = await self.desk.post(f"/api/v1/tickets/{self.ticket}/assignments", json=plan)
        return str(planned.json()["visit_id"])

    async def view(self) -> dict[str, Any]:
        return dict((await self.desk.get(f"/api/v1/tickets/{self.ticket}")).json())


@pytest.fixture
async def dispatched(network: Network, http: ClientFor, clock: SettableClock) -> Dispatched:
    made, partner = Dispatched(), await network.partner()
    await network.service_level(partner)
    device_id, reporter = await network.device(await network.client(partner))
    engineer = await network.engineer(partner)
    fault = {"subject": "打印机卡纸", "device_id": str(device_id)}
    made.ticket = (await (await http(reporter)).post("/api/v1/tickets", json=fault)).json()["id"]
    made.desk, made.worker = await http(partner.dispatcher), await http(engineer)
    made.engineer_id = str(engineer.membership_id)
    made.visit_id = await made.assign(clock)
    return made


async def test_the_ticket_waits_for_dispatch_again(dispatched: Dispatched) -> None:
    view = (await dispatched.unassign(reason="派错了人")).json()
    assert (view["state"], view["engineer_id"]) == (TicketState.TRIAGED, None)
    assert [visit["state"] for visit in view["visits"]] == ["cancelled"]
    assert [line["text"] for line in view["timeline"] if line["kind"] == "unassigned"] == ["派错了人"]
    assert "unassign" not in view["moves"]


async def test_calling_off_twice_is_calling_off_once(dispatched: Dispatched) -> None:
    version = (await dispatched.view())["version"]
    first = (await dispatched.unassign(version=version)).json()
    second = (await dispatched.unassign(version=version)).json()
    assert second["version"] == first["version"]


async def test_the_ticket_follows_the_visit_that_is_left(dispatched: Dispatched, clock: SettableClock) -> None:
    second = await dispatched.assign(clock, beside=True)
    assert (await dispatched.worker.post(f"/api/v1/visits/{second}/accept")).is_success
    view = (await dispatched.unassign(visit_id=second)).json()
    assert view["state"] == TicketState.ASSIGNED
    assert {visit["id"]: visit["state"] for visit in view["visits"]} == {
        second: "cancelled",
        dispatched.visit_id: "planned",
    }


async def test_work_that_has_begun_is_finished_and_not_called_off(dispatched: Dispatched) -> None:
    for step in ("accept", "depart", "arrive"):
        assert (await dispatched.worker.post(f"/api/v1/visits/{dispatched.visit_id}/{step}")).is_success
    refused = await dispatched.unassign()
    assert (refused.status_code, refused.json()["code"]) == (409, "ticket.move_refused")


async def test_whoever_looked_at_an_older_version_is_told_so(dispatched: Dispatched) -> None:
    version = (await dispatched.view())["version"]
    assert (await dispatched.worker.post(f"/api/v1/visits/{dispatched.visit_id}/accept")).is_success
    refused = await dispatched.unassign(version=version)
    assert (refused.status_code, refused.json()["code"]) == (409, "request.stale_version")


async def test_what_is_not_there_is_not_called_off(dispatched: Dispatched, http: ClientFor, network: Network) -> None:
    assert (await dispatched.unassign(visit_id=str(UUID(int=7)))).status_code == 409
    assert (await dispatched.worker.post(f"/api/v1/tickets/{dispatched.ticket}/unassign", json={})).status_code == 403
    stranger = await http((await network.partner()).dispatcher)
    assert (await stranger.post(f"/api/v1/tickets/{dispatched.ticket}/unassign", json={})).status_code == 404
