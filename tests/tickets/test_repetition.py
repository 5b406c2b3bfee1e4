"""The same step by the same person again answers as the first time; the same key at the same moment waits for it."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from app.desk.tickets.models import Ticket, TicketEvent, TicketNote
from app.platform.kernel.runtime import Runtime
from tests.conftest import START, ClientFor
from tests.factories.network import Network, PartnerCompany

WORK = {"work_done": "更换内存条", "cause": "接触不良", "work_minutes": 20}


@dataclass
class Scene:
    runtime: Runtime
    partner: PartnerCompany
    ticket_id: str
    visit_id: str
    engineer: Any
    other_engineer_id: UUID
    dispatcher: Any
    reporter: Any
    contact: Any

    async def step(self, step: str, **body: Any) -> int:
        """The engineer's step; its status."""
        answer = await self.engineer.post(f"/api/v1/visits/{self.visit_id}/{step}", **({"json": body} if body else {}))
        return int(answer.status_code)

    async def lines(self) -> tuple[int, int]:
        """How many lines the ticket has, public and internal."""
        async with self.runtime.units_of_work.begin(self.partner.system) as work:
            counts = [
                await work.session.scalar(select(func.count(kind.id)).where(kind.ticket_id == UUID(self.ticket_id)))
                for kind in (TicketEvent, TicketNote)
            ]
        return counts[0] or 0, counts[1] or 0

    async def repeated(self, by: Any, path: str, **body: Any) -> list[int]:
        """Send it three times; the second and third leave no line."""
        sent = {"json": body} if body else {}
        first = (await by.post(path, **sent)).status_code
        before = await self.lines()
        again = [(await by.post(path, **sent)).status_code for _ in range(2)]
        assert await self.lines() == before, path
        return [first, *again]


@pytest.fixture
async def scene(runtime: Runtime, network: Network, http: ClientFor) -> Scene:
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    device_id, reporter = await network.device(client)
    engineer, other = await network.engineer(partner), await network.engineer(partner, "王师傅")
    by_reporter, by_dispatcher = await http(reporter), await http(partner.dispatcher)
    fault = {"subject": "开不了机", "device_id": str(device_id)}
    ticket_id = (await by_reporter.post("/api/v1/tickets", json=fault)).json()["id"]
    start = START + timedelta(hours=1)
    plan = {
        "engineer_id": str(engineer.membership_id),
        "scheduled_start": start.isoformat(),
        "scheduled_end": (start + timedelta(hours=1)).isoformat(),
    }
    visit = await by_dispatcher.post(f"/api/v1/tickets/{ticket_id}/assignments", json=plan)
    assert other.membership_id
    return Scene(
        runtime,
        partner,
        ticket_id,
        visit.json()["visit_id"],
        await http(engineer),
        other.membership_id,
        by_dispatcher,
        by_reporter,
        await http(client.contact),
    )


async def test_every_step_of_a_visit_and_the_confirmation_may_be_repeated(scene: Scene) -> None:
    visit, ticket = f"/api/v1/visits/{scene.visit_id}", f"/api/v1/tickets/{scene.ticket_id}"
    for step in ("accept", "depart"):
        assert await scene.repeated(scene.engineer, f"{visit}/{step}") == [204] * 3
    waiting = {"reason": "part", "note": "等内存条"}
    assert await scene.repeated(scene.dispatcher, f"{ticket}/wait", **waiting) == [200] * 3
    assert await scene.repeated(scene.dispatcher, f"{ticket}/resume") == [200] * 3
    assert await scene.step("depart") == 204, "setting out again after a wait is a new step"
    assert await scene.repeated(scene.engineer, f"{visit}/arrive") == [204] * 3
    assert await scene.repeated(scene.engineer, f"{visit}/resolve", **WORK) == [204] * 3
    assert await scene.repeated(scene.engineer, f"{visit}/arrive") == [204] * 3, "also after the work has gone on"
    assert await scene.repeated(scene.reporter, f"{ticket}/confirm") == [200] * 3
    assert await scene.repeated(scene.reporter, f"{ticket}/reopen", reason="又黑屏了") == [200] * 3


async def test_declining_and_cancelling_may_be_repeated(scene: Scene) -> None:
    visit, ticket = f"/api/v1/visits/{scene.visit_id}", f"/api/v1/tickets/{scene.ticket_id}"
    assert await scene.repeated(scene.engineer, f"{visit}/decline", reason="车坏在路上") == [204] * 3
    assert await scene.repeated(scene.dispatcher, f"{ticket}/cancel", reason="客户不修了") == [200] * 3


async def test_another_person_other_words_and_another_visit_are_no_repetition(scene: Scene) -> None:
    ticket = f"/api/v1/tickets/{scene.ticket_id}"
    assert await scene.step("arrive") == 409, "what was never done is not repeated"
    for step in ("accept", "arrive"):
        assert await scene.step(step) == 204
    by_dispatcher = await scene.dispatcher.post(f"/api/v1/visits/{scene.visit_id}/arrive")
    assert by_dispatcher.status_code == 409, "the dispatcher has not taken this step"
    assert await scene.step("resolve", **WORK) == 204
    assert await scene.step("resolve", **{**WORK, "cause": "主板"}) == 409, "other words would be lost"
    assert (await scene.reporter.post(f"{ticket}/confirm")).status_code == 200
    assert (await scene.contact.post(f"{ticket}/confirm")).status_code == 409
    assert (await scene.dispatcher.post(f"{ticket}/confirm")).status_code == 409


async def test_a_visit_given_to_somebody_else_meanwhile_is_not_worked_on(scene: Scene) -> None:
    assert await scene.step("accept") == 204
    start = START + timedelta(hours=1)
    plan = {
        "engineer_id": str(scene.other_engineer_id),
        "scheduled_start": start.isoformat(),
        "scheduled_end": (start + timedelta(hours=1)).isoformat(),
    }
    await scene.dispatcher.post(f"/api/v1/tickets/{scene.ticket_id}/assignments", json=plan)
    assert await scene.step("accept") == 204, "a lost answer is answered as the first time"
    assert await scene.step("arrive") == 409


@pytest.mark.parametrize("who", ["reporter", "dispatcher"])
async def test_the_same_key_at_the_same_moment_waits_for_the_first_answer(scene: Scene, who: str) -> None:
    """From an inner ring and from the partner's own: one ticket, five equal answers, no conflict."""
    by = getattr(scene, who)
    device = (await scene.dispatcher.get(f"/api/v1/tickets/{scene.ticket_id}")).json()["device_id"]
    subject = f"蓝屏 {uuid4()}"
    key = {"idempotency-key": uuid4().hex}
    body = {"subject": subject, "device_id": device}
    answers = await asyncio.gather(*(by.post("/api/v1/tickets", json=body, headers=key) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sorted("idempotent-replay" in answer.headers for answer in answers) == [False, True, True, True, True]
    async with scene.runtime.units_of_work.begin(scene.partner.system) as work:
        assert await work.session.scalar(select(func.count(Ticket.id)).where(Ticket.subject == subject)) == 1


async def test_a_refused_first_request_leaves_its_key_to_the_next(scene: Scene) -> None:
    key = {"idempotency-key": uuid4().hex}
    body = {"subject": "蓝屏", "device_id": str(uuid4())}
    answers = [await scene.dispatcher.post("/api/v1/tickets", json=body, headers=key) for _ in range(2)]
    assert len({answer.status_code for answer in answers} - {201, 409}) == 1, "refused alike, not as a used key"
