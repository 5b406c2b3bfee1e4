"""An event between the two sides of a grant is lost: the next day makes up for it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import delete, select

from app.people.approvals import Verdict, decide
from app.people.approvals.errors import OwnRequest
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.outbox import DueEntry, DueKind, OutboxEvent
from app.platform.kernel.runtime import Runtime
from tenants.access_grants.consent import ACCESS_CONSENT
from tenants.access_grants.models import AccessGrant
from tenants.access_grants.tasks import daily_jobs
from tests.conftest import ClientFor
from tests.factories.background import run_due_work
from tests.factories.network import Network, PartnerCompany

WANTED = {"reason": "核实投诉", "record_kinds": ["ticket"], "hours": 24}


class TwoSides:
    """Headquarters and a partner, whose events may be lost."""

    def __init__(self, runtime: Runtime, partner: PartnerCompany, callers: dict[UUID, httpx.AsyncClient]) -> None:
        self.runtime = runtime
        self.partner = partner
        self.callers = callers

    async def ask(self) -> str:
        wanted = WANTED | {"partner_id": str(self.partner.id)}
        answer = await self.callers[HQ_TENANT_ID].post("/api/v1/access-grants", json=wanted)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def lose_events(self, tenant_id: UUID) -> None:
        async with self.runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            lost = select(OutboxEvent.id).where(OutboxEvent.topic == "access_grant.changed")
            await work.session.execute(
                delete(DueEntry).where(
                    DueEntry.kind == DueKind.OUTBOX_FOLLOW_UP,
                    DueEntry.subject_id.in_(lost),
                )
            )

    async def next_day(self, tenant_id: UUID) -> None:
        (job,) = daily_jobs(self.runtime)
        async with self.runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            await job.run(work)
        await run_due_work(self.runtime)

    async def seen(self, grant_id: str) -> list[dict[str, Any]]:
        answers = [await caller.get(f"/api/v1/access-grants/{grant_id}") for caller in self.callers.values()]
        return [answer.json() for answer in answers if answer.status_code == 200]

    async def post(self, tenant_id: UUID, path: str, **body: Any) -> None:
        answer = await self.callers[tenant_id].post(f"/api/v1/access-grants/{path}", json=body)
        assert answer.status_code == 200, answer.text


@pytest.fixture
async def sides(
    runtime: Runtime, partner: PartnerCompany, http: ClientFor, headquarters: httpx.AsyncClient
) -> TwoSides:
    return TwoSides(runtime, partner, {HQ_TENANT_ID: headquarters, partner.id: await http(partner.owner)})


async def test_a_request_that_never_arrived_arrives_the_next_day_and_can_be_decided(sides: TwoSides) -> None:
    grant_id = await sides.ask()
    await sides.lose_events(HQ_TENANT_ID)
    await run_due_work(sides.runtime)
    assert len(await sides.seen(grant_id)) == 1
    await sides.next_day(HQ_TENANT_ID)
    ours, theirs = await sides.seen(grant_id)
    assert ours == theirs
    await sides.post(sides.partner.id, f"{grant_id}/consent", version=1, hours=24)


async def test_an_end_that_never_arrived_is_asked_for_by_the_side_that_missed_it(sides: TwoSides) -> None:
    grant_id = await sides.ask()
    await run_due_work(sides.runtime)
    await sides.post(HQ_TENANT_ID, f"{grant_id}/end", version=1, reason="不用了")
    await sides.lose_events(HQ_TENANT_ID)
    await run_due_work(sides.runtime)
    assert [each["state"] for each in await sides.seen(grant_id)] == ["withdrawn", "requested"]
    # Headquarters' row has ended, and is not offered any more: the partner's is, and headquarters answers.
    await sides.next_day(sides.partner.id)
    ours, theirs = await sides.seen(grant_id)
    assert ours["state"] == theirs["state"] == "withdrawn"
    waiting = await sides.callers[sides.partner.id].get("/api/v1/approvals")
    assert waiting.json()["items"] == [], "what was withdrawn waits for nobody"


async def test_only_the_owner_s_row_makes_one_that_is_not_there(sides: TwoSides) -> None:
    grant_id = await sides.ask()
    await run_due_work(sides.runtime)
    async with sides.runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        await work.session.execute(delete(AccessGrant).where(AccessGrant.id == UUID(grant_id)))
    await sides.post(sides.partner.id, f"{grant_id}/decline", version=1)
    await run_due_work(sides.runtime)
    assert len(await sides.seen(grant_id)) == 1


async def test_whoever_asks_at_headquarters_does_not_consent_as_the_partner_s_owner(
    sides: TwoSides, network: Network
) -> None:
    grant_id = await sides.ask()
    await run_due_work(sides.runtime)
    both = replace(sides.partner.owner, account_id=network.administrator.account_id)
    async with sides.runtime.units_of_work.begin(both) as work:
        with pytest.raises(OwnRequest):
            await decide(work, ACCESS_CONSENT, UUID(grant_id), Verdict.APPROVE)
