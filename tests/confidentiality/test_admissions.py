"""A client that asks for admission gets only engineers whom it lets in, today."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.platform.kernel.actor import Actor
from app.platform.kernel.time_source import SettableClock
from tests.conftest import ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany


@dataclass
class Scene:
    """A partner's manager with a client, an engineer and a ticket."""

    partner: PartnerCompany
    client: ClientCompany
    engineer: Actor
    ticket_id: str
    manager: httpx.AsyncClient

    @property
    def path(self) -> str:
        return f"/api/v1/clients/{self.client.id}"

    async def assign(self, clock: SettableClock) -> httpx.Response:
        plan = {
            "engineer_id": str(self.engineer.membership_id),
            "scheduled_start": clock.now().isoformat(),
            "scheduled_end": (clock.now() + timedelta(hours=1)).isoformat(),
        }
        return await self.manager.post(f"/api/v1/tickets/{self.ticket_id}/assignments", json=plan)

    async def admit(self, **wanted: Any) -> httpx.Response:
        body = {"admitted_on": "2026-11-01", "version": 0, **wanted}
        return await self.manager.put(f"{self.path}/admissions/{self.engineer.membership_id}", json=body)

    async def agree(self, **wanted: Any) -> dict[str, Any]:
        body = {"title": "保密协议", "signed_on": "2026-01-01", "admission_required": True, **wanted}
        answer = await self.manager.post(f"{self.path}/confidentiality-agreements", json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


@pytest.fixture
async def scene(network: Network, http: ClientFor) -> Scene:
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    device_id, reporter = await network.device(client)
    made = await (await http(reporter)).post("/api/v1/tickets", json={"subject": "打不开", "device_id": str(device_id)})
    engineer = await network.engineer(partner)
    return Scene(partner, client, engineer, made.json()["id"], await http(partner.owner))


async def test_without_an_agreement_anybody_is_sent(scene: Scene, clock: SettableClock) -> None:
    assert (await scene.assign(clock)).is_success


async def test_only_who_is_admitted_is_sent(scene: Scene, clock: SettableClock) -> None:
    await scene.agree()
    refused = await scene.assign(clock)
    assert (refused.status_code, refused.json()["code"]) == (422, "engineer.not_admitted")
    (suggested,) = (
        await scene.manager.get(f"/api/v1/tickets/{scene.ticket_id}/suggestions", params=window(clock))
    ).json()
    assert suggested["admitted"] is False
    assert (await scene.admit(badge_number="A-17", badge_expires_on="2027-01-31")).status_code == 200
    assert (await scene.assign(clock)).is_success


async def test_a_pass_opens_through_its_last_day(scene: Scene, clock: SettableClock) -> None:
    await scene.agree()
    today = clock.now().date()
    await scene.admit(badge_expires_on=(today - timedelta(days=1)).isoformat())
    assert (await scene.assign(clock)).status_code == 422
    admitted = await scene.admit(badge_expires_on=today.isoformat(), version=1)
    assert (admitted.json()["valid"], admitted.json()["expires_soon"]) == (True, True)
    assert (await scene.assign(clock)).is_success
    ending = (await scene.manager.get("/api/v1/admissions/expiring")).json()["items"]
    assert [each["engineer_id"] for each in ending] == [str(scene.engineer.membership_id)]


async def test_an_admission_taken_back_and_an_agreement_that_ended_count_at_once(
    scene: Scene, clock: SettableClock
) -> None:
    agreement = await scene.agree()
    await scene.admit()
    today = clock.now().date().isoformat()
    await scene.admit(ended_on=today, version=1)
    assert (await scene.assign(clock)).status_code == 422
    path = f"{scene.path}/confidentiality-agreements/{agreement['id']}"
    body = {"title": "保密协议", "signed_on": "2026-01-01", "admission_required": True}
    assert (await scene.manager.put(path, json={**body, "ended_on": today, "version": 1})).json()["in_force"] is False
    assert (await scene.manager.put(path, json={**body, "version": 1})).status_code == 409
    assert (await scene.assign(clock)).is_success


async def test_the_client_reads_its_own_and_changes_nothing(scene: Scene, http: ClientFor, network: Network) -> None:
    await scene.agree()
    await scene.admit()
    contact = await http(scene.client.contact)
    assert len((await contact.get(f"{scene.path}/confidentiality-agreements")).json()["items"]) == 1
    assert len((await contact.get(f"{scene.path}/admissions")).json()["items"]) == 1
    other = await network.client(scene.partner, "厦门第九中学")
    assert (await (await http(other.contact)).get(f"{scene.path}/admissions")).status_code == 404
    body = {"admitted_on": "2026-11-01", "version": 1}
    path = f"{scene.path}/admissions/{scene.engineer.membership_id}"
    assert (await contact.put(path, json=body)).status_code == 403


async def test_nonsense_is_refused_by_its_field(scene: Scene) -> None:
    right = {"title": "年度保密协议", "signed_on": "2026-02-01"}
    for wrong in ({"title": " "}, {"valid_until": "2026-01-01"}):
        answer = await scene.manager.post(f"{scene.path}/confidentiality-agreements", json={**right, **wrong})
        assert answer.status_code == 422
        assert {each["field"] for each in answer.json()["errors"]} == set(wrong)
    assert (await scene.admit(badge_expires_on="2020-01-01")).status_code == 422
    assert (await scene.admit(version=7)).status_code == 409
    path = f"{scene.path}/admissions/{UUID(int=7)}"
    assert (await scene.manager.put(path, json={"admitted_on": "2026-11-01", "version": 0})).status_code == 404


async def test_the_same_on_pages(scene: Scene) -> None:
    page = f"/workspace/clients/{scene.client.id}/confidentiality"
    assert (await scene.manager.post(f"{page}/agreements", data={"title": "", "signed_on": ""})).status_code == 422
    form = {"title": "年度保密协议", "signed_on": "2026-01-01", "admission_required": "yes"}
    assert (await scene.manager.post(f"{page}/agreements", data=form)).status_code == 303
    who = {"engineer_id": str(scene.engineer.membership_id), "admitted_on": "2026-11-01", "badge_number": "A-17"}
    assert (await scene.manager.post(f"{page}/admissions", data=who)).status_code == 303
    shown = (await scene.manager.get(page)).text
    assert "年度保密协议" in shown
    assert "A-17" in shown
    end = f"{page}/admissions/{scene.engineer.membership_id}/end"
    assert (await scene.manager.post(end, data={})).status_code == 303
    (agreement,) = (await scene.manager.get(f"{scene.path}/confidentiality-agreements")).json()["items"]
    assert (await scene.manager.post(f"{page}/agreements/{agreement['id']}", data={"version": "1"})).status_code == 303
    assert "已结束" in (await scene.manager.get(page)).text


async def test_the_client_reads_on_a_page_what_it_was_promised_and_whom_it_lets_in(
    scene: Scene, http: ClientFor, network: Network, clock: SettableClock
) -> None:
    portal = "/portal/confidentiality"
    contact = await http(scene.client.contact)
    assert "还没有保密协议" in (await contact.get(portal)).text
    later = (clock.now().date() + timedelta(days=30)).isoformat()
    await scene.agree(title="机房保密协议")
    await scene.agree(title="明年的协议", signed_on=later)
    await scene.admit(badge_number="A-17", badge_expires_on=clock.now().date().isoformat())
    shown = (await contact.get(portal)).text
    for told in ("机房保密协议", "生效中", "尚未生效", "需要准入", "A-17", "快到期"):
        assert told in shown
    other = await network.client(scene.partner, "厦门第九中学")
    foreign = (await (await http(other.contact)).get(portal)).text
    assert "机房保密协议" not in foreign
    assert "A-17" not in foreign
    assert (await scene.manager.get(portal)).status_code == 403


def window(clock: SettableClock) -> dict[str, str]:
    return {"start": clock.now().isoformat(), "end": (clock.now() + timedelta(hours=1)).isoformat()}
