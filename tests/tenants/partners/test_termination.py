"""Suspended, terminated, taken back: what each means for the partner's people, its clients, and what falls due."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.platform.background.due import due_tenants
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.outbox import DueEntry, DueKind, OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.notifications.models import Delivery
from tenants.models import Tenant
from tenants.partners.events import PartnerStateChanged
from tenants.partners.models import Partner
from tenants.partners.tasks import notify_owners
from tests.conftest import ClientFor
from tests.factories.network import Network, PartnerCompany


class Listed:
    """A partner that headquarters lists, and headquarters' hands on it."""

    def __init__(self, partner: PartnerCompany, headquarters: Any) -> None:
        self.partner = partner
        self.headquarters = headquarters
        self.address = f"/api/v1/partners/{partner.id}"
        self.version = 1

    async def take(self, step: str, **more: Any) -> Any:
        body = {"version": self.version, "reason": "拖欠加盟费"} | more
        answer = await self.headquarters.post(f"{self.address}/{step}", json=body)
        if answer.is_success:
            self.version = answer.json()["version"]
        return answer


@pytest.fixture
async def listed(http: ClientFor, network: Network, runtime: Runtime) -> Listed:
    partner = await network.partner()
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        work.session.add(
            Partner(
                tenant_id=HQ_TENANT_ID,
                id=partner.id,
                slug=partner.slug,
                name=partner.name,
                credit_code=f"91350200{partner.id.hex[-10:]}".upper(),
                state="active",
                star_level=3,
                city_code="350200",
                authorised_at=work.now,
            )
        )
    return Listed(partner, await http(network.administrator))


async def test_every_step_has_an_actor_a_reason_and_a_time(listed: Listed, clock: SettableClock) -> None:
    for step in ("suspend", "terminate", "reinstate", "reactivate", "terminate"):
        assert (await listed.take(step)).status_code == 200
    history = (await listed.headquarters.get(listed.address)).json()["history"]
    assert [line["after"] for line in history] == ["suspended", "terminated", "suspended", "active", "terminated"]
    assert {(line["actor_name"], line["reason"]) for line in history} == {("总部管理员", "拖欠加盟费")}
    assert all(datetime.fromisoformat(line["occurred_at"]) == clock.now() for line in history)


async def test_a_termination_without_reason_or_with_an_odd_retention_changes_nothing(listed: Listed) -> None:
    refused = [await listed.take("terminate", reason=" ")]
    refused += [await listed.take("terminate", retention_days=days) for days in (0, 29, 3651)]
    named = [answer.json()["errors"][0]["field"] for answer in refused]
    assert named == ["reason", "retention_days", "retention_days", "retention_days"]
    assert (await listed.headquarters.get(listed.address)).json()["state"] == "active"


async def test_nobody_works_after_the_termination_and_the_owner_only_takes_the_records_along(
    listed: Listed, http: ClientFor, network: Network, clock: SettableClock
) -> None:
    partner = listed.partner
    client = await network.client(partner)
    _, reporter = await network.device(client)
    owner = await http(partner.owner)
    others = [await http(who) for who in (partner.dispatcher, client.contact, reporter)]
    assert (await owner.get("/api/v1/tickets")).status_code == 200

    ended = (await listed.take("terminate", retention_days=90)).json()

    assert datetime.fromisoformat(ended["erase_after"]) == clock.now() + timedelta(days=90)
    assert [(await other.get("/api/v1/tickets")).status_code for other in others] == [401, 401, 401]
    assert (await owner.get("/api/v1/tickets")).status_code == 403
    assert (await owner.post("/api/v1/clients", json={"code": "x-y", "name": "新客户"})).status_code == 403
    memberships = (await owner.get("/api/v1/memberships")).json()
    assert [each["home"] for each in memberships] == ["/workspace/records"]

    await listed.take("reinstate")
    assert (await owner.get("/api/v1/tickets")).status_code == 200
    assert (await owner.post("/api/v1/clients", json={"code": "x-y", "name": "新客户"})).status_code == 403


async def test_a_label_of_a_terminated_partner_says_where_to_turn(listed: Listed, http: ClientFor) -> None:
    visitor = await http(None)
    door = f"/r/q/{listed.partner.slug}/some-label"
    assert (await visitor.get(door)).status_code == 200
    await listed.take("terminate")
    closed = await visitor.get(door)
    assert closed.status_code == 410
    assert "/partners" in closed.text
    assert (await visitor.get(f"/r/{listed.partner.slug}/some-client")).status_code == 410


async def test_only_headquarters_administrators_terminate(listed: Listed, http: ClientFor, network: Network) -> None:
    officer = await network.member(HQ_TENANT_ID, "总部质量专员", ["hq_quality_officer"])
    for who in (officer, listed.partner.owner):
        answer = await (await http(who)).post(f"{listed.address}/terminate", json={"version": 1, "reason": "试试"})
        assert answer.status_code == 403


async def test_what_falls_due_waits_while_suspended_and_letters_still_go(
    listed: Listed, runtime: Runtime, clock: SettableClock
) -> None:
    tenant_id = listed.partner.id
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        for kind in (DueKind.SLA_THRESHOLD, DueKind.CONFIRMATION_REMINDER, DueKind.DELIVERY_RETRY, DueKind.OUTBOX):
            work.schedule(kind, work.new_id(), work.now)

    async def due() -> set[DueKind]:
        return {kind for tenant, kind in await due_tenants(runtime, list(DueKind)) if tenant == tenant_id}

    assert await due() == {
        DueKind.SLA_THRESHOLD,
        DueKind.CONFIRMATION_REMINDER,
        DueKind.DELIVERY_RETRY,
        DueKind.OUTBOX,
    }
    await listed.take("suspend")
    assert await due() == {DueKind.DELIVERY_RETRY, DueKind.OUTBOX}
    await listed.take("terminate")
    assert await due() == {DueKind.DELIVERY_RETRY, DueKind.OUTBOX}
    await listed.take("reinstate")
    await listed.take("reactivate")
    assert len(await due()) == 4
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        assert await work.session.scalar(select(Tenant.reopened_at).where(Tenant.id == tenant_id)) == clock.now()


async def test_the_end_of_the_retention_falls_due_at_headquarters_until_the_termination_is_withdrawn(
    listed: Listed, runtime: Runtime, clock: SettableClock
) -> None:
    await listed.take("terminate")

    async def erasures() -> list[datetime]:
        async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
            found = await work.session.scalars(
                select(DueEntry.due_at).where(
                    DueEntry.kind == DueKind.TENANT_ERASURE, DueEntry.subject_id == listed.partner.id
                )
            )
            return list(found)

    assert await erasures() == [clock.now() + timedelta(days=184)]
    await listed.take("reinstate")
    assert await erasures() == []


async def test_owners_are_told_once_what_was_decided_why_and_until_when(
    listed: Listed, runtime: Runtime, clock: SettableClock
) -> None:
    await listed.take("terminate", retention_days=31)
    last_day = (clock.now() + timedelta(days=31)).date().isoformat()
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        event = await work.session.scalar(
            select(OutboxEvent).where(
                OutboxEvent.topic == PartnerStateChanged.topic,
                OutboxEvent.payload["partner_id"].astext == str(listed.partner.id),
            )
        )
    assert event
    for _ in range(2):
        await notify_owners(runtime, HQ_TENANT_ID, event.id, event.payload)
    async with runtime.units_of_work.begin(listed.partner.system) as work:
        letters = (await work.session.scalars(select(Delivery))).all()
    assert len(letters) == 1
    for words in ("拖欠加盟费", last_day, "/workspace/records"):
        assert words in letters[0].text
