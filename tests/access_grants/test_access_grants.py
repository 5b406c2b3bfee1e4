"""Headquarters at a partner's door: nothing without consent, looking only, every look in both logs (N8)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.audit import AuditEntry
from app.platform.kernel.errors import Forbidden, NotFound
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import Origin, UnitOfWorkFactory
from app.platform.notifications.models import Notification
from tenants.access_grants import RecordKind, read_under_grant
from tests.conftest import ClientFor
from tests.factories.background import deliver_event, run_due_work
from tests.factories.network import ClientCompany, Network, PartnerCompany


@dataclass
class GrantScene:
    """A partner with two clients, a device and a ticket in each."""

    partner: PartnerCompany
    jianfa: ClientCompany
    school: ClientCompany
    tickets: dict[UUID, str]
    devices: dict[UUID, str]


@pytest.fixture(scope="module")
async def scene(network: Network, http: ClientFor) -> GrantScene:
    partner = await network.partner()
    await network.service_level(partner)
    jianfa, school = await network.client(partner), await network.client(partner, "厦门第九中学")
    made = GrantScene(partner, jianfa, school, {}, {})
    for client in (jianfa, school):
        device_id, reporter = await network.device(client)
        reported = await (await http(reporter)).post(
            "/api/v1/tickets", json={"subject": "开不了机", "device_id": str(device_id)}
        )
        assert reported.status_code == 201, reported.text
        made.tickets[client.id], made.devices[client.id] = reported.json()["id"], str(device_id)
    return made


@pytest.fixture(scope="module")
async def owner(scene: GrantScene, http: ClientFor) -> httpx.AsyncClient:
    return await http(scene.partner.owner)


Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def ask(runtime: Runtime, scene: GrantScene, headquarters: httpx.AsyncClient) -> Ask:
    """Headquarters asks, and the request arrives."""

    async def made(**fields: Any) -> dict[str, Any]:
        wanted = {
            "partner_id": str(scene.partner.id),
            "reason": "核实投诉",
            "record_kinds": ["ticket", "device"],
            "hours": 24,
        }
        answer = await headquarters.post("/api/v1/access-grants", json=wanted | fields)
        assert answer.status_code == 201, answer.text
        await run_due_work(runtime)
        found: dict[str, Any] = answer.json()
        return found

    return made


async def opened(runtime: Runtime, owner: httpx.AsyncClient, grant: dict[str, Any], **fields: Any) -> None:
    answer = await owner.post(
        f"/api/v1/access-grants/{grant['id']}/consent", json={"version": 1, "hours": grant["hours"]} | fields
    )
    assert answer.status_code == 200, answer.text
    await run_due_work(runtime)


async def looks(caller: httpx.AsyncClient, grant: dict[str, Any], scene: GrantScene) -> set[int]:
    """What headquarters is answered at every address that a grant opens."""
    base = f"/api/v1/access-grants/{grant['id']}"
    addresses = [
        f"{base}/tickets",
        f"{base}/devices",
        *(f"{base}/tickets/{each}" for each in scene.tickets.values()),
        *(f"{base}/devices/{each}" for each in scene.devices.values()),
    ]
    pages = [address.replace("/api/v1/access-grants", "/hq/access") for address in addresses]
    return {(await caller.get(address)).status_code for address in (*addresses, *pages)}


async def test_nothing_can_be_read_before_the_partner_consents(
    ask: Ask, scene: GrantScene, headquarters: httpx.AsyncClient
) -> None:
    grant = await ask()
    assert await looks(headquarters, grant, scene) == {404}
    assert await looks(headquarters, {"id": uuid4()}, scene) == {404}


async def test_the_owner_is_told_consents_and_headquarters_looks(
    runtime: Runtime,
    units_of_work: UnitOfWorkFactory,
    ask: Ask,
    scene: GrantScene,
    headquarters: httpx.AsyncClient,
    owner: httpx.AsyncClient,
) -> None:
    grant = await ask(reason="客户投诉到场太慢")
    async with units_of_work.begin(scene.partner.system) as work:
        told = await work.session.scalars(select(Notification.text).where(Notification.link == "/workspace/access"))
        assert any("客户投诉到场太慢" in line for line in told)
    await opened(runtime, owner, grant)
    assert await looks(headquarters, grant, scene) == {200}
    seen = (await headquarters.get(f"/api/v1/access-grants/{grant['id']}")).json()
    assert (seen["state"], seen["decided_by_name"]) == ("open", "陈总")


async def test_every_look_is_in_both_logs_under_the_same_name(
    runtime: Runtime,
    units_of_work: UnitOfWorkFactory,
    network: Network,
    ask: Ask,
    scene: GrantScene,
    headquarters: httpx.AsyncClient,
    owner: httpx.AsyncClient,
) -> None:
    grant = await ask()
    await opened(runtime, owner, grant)
    ticket = scene.tickets[scene.jianfa.id]
    assert (await headquarters.get(f"/api/v1/access-grants/{grant['id']}/tickets/{ticket}")).status_code == 200
    await run_due_work(runtime)
    await run_due_work(runtime)
    for tenant_id in (scene.partner.id, HQ_TENANT_ID):
        async with units_of_work.begin(Actor.system(tenant_id)) as work:
            rows = await work.session.scalars(select(AuditEntry).where(AuditEntry.action == "access_grant.used"))
            (line,) = [row for row in rows if row.details["grant"] == grant["id"]]
        assert (line.actor_kind, line.membership_id) == ("hq", network.administrator.membership_id)
        assert (line.record_kind, str(line.record_id)) == ("ticket", ticket)


async def test_a_grant_for_one_client_shows_nothing_of_another(
    runtime: Runtime, ask: Ask, scene: GrantScene, headquarters: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    grant = await ask()
    await opened(runtime, owner, grant, client_id=str(scene.jianfa.id))
    base = f"/api/v1/access-grants/{grant['id']}"
    listed = (await headquarters.get(f"{base}/tickets")).json()["items"]
    assert {line["client_id"] for line in listed} == {str(scene.jianfa.id)}
    listed = (await headquarters.get(f"{base}/devices")).json()["items"]
    assert {line["client_id"] for line in listed} == {str(scene.jianfa.id)}
    for kind, records in (("tickets", scene.tickets), ("devices", scene.devices)):
        assert (await headquarters.get(f"{base}/{kind}/{records[scene.jianfa.id]}")).status_code == 200
        assert (await headquarters.get(f"{base}/{kind}/{records[scene.school.id]}")).status_code == 404


async def test_the_database_itself_keeps_the_client_s_ring_and_refuses_to_write(
    runtime: Runtime, network: Network, ask: Ask, scene: GrantScene, owner: httpx.AsyncClient
) -> None:
    grant = await ask()
    await opened(runtime, owner, grant, client_id=str(scene.jianfa.id))

    async def inside(statement: str) -> list[Any]:
        async with read_under_grant(
            runtime, network.administrator, Origin(), UUID(grant["id"]), kind=RecordKind.TICKET
        ) as work:
            found = await work.session.execute(text(statement))
            return list(found.scalars())

    assert set(await inside("SELECT client_id FROM ticket")) == {scene.jianfa.id}
    assert await inside("SELECT id FROM membership") == []
    for statement in ("UPDATE ticket SET subject = 'x'", "DELETE FROM device", "DELETE FROM audit_pending"):
        with pytest.raises(DBAPIError, match="read-only transaction"):
            await inside(statement)


async def test_an_actor_inside_holds_only_what_the_grant_opens(
    runtime: Runtime, network: Network, ask: Ask, owner: httpx.AsyncClient
) -> None:
    grant = await ask(record_kinds=["device"])
    await opened(runtime, owner, grant)
    async with read_under_grant(
        runtime, network.administrator, Origin(), UUID(grant["id"]), kind=RecordKind.DEVICE
    ) as work:
        assert work.actor.permissions == {"device:read", "client:read"}
        assert work.actor.read_only
    with pytest.raises(NotFound):
        async with read_under_grant(
            runtime, network.administrator, Origin(), UUID(grant["id"]), kind=RecordKind.TICKET
        ):
            pass


@pytest.mark.parametrize("ending", ["revoke", "close", "expire"])
async def test_an_ended_grant_shows_nothing_from_that_moment_on(
    runtime: Runtime,
    clock: SettableClock,
    ask: Ask,
    scene: GrantScene,
    headquarters: httpx.AsyncClient,
    owner: httpx.AsyncClient,
    ending: str,
) -> None:
    grant = await ask()
    await opened(runtime, owner, grant)
    path = f"/api/v1/access-grants/{grant['id']}"
    if ending == "expire":
        clock.advance(timedelta(hours=24))
    else:
        caller = owner if ending == "revoke" else headquarters
        version = (await caller.get(path)).json()["version"]
        answer = await caller.post(f"{path}/end", json={"version": version, "reason": "够了"})
        assert answer.status_code == 200, answer.text
    assert await looks(headquarters, grant, scene) == {404}, "at once, before any event has arrived"
    await run_due_work(runtime)
    expected = {"revoke": "revoked", "close": "closed", "expire": "expired"}[ending]
    assert {(await caller.get(path)).json()["state"] for caller in (owner, headquarters)} == {expected}


async def test_a_declined_or_withdrawn_request_opens_nothing(
    runtime: Runtime, ask: Ask, scene: GrantScene, headquarters: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    declined, withdrawn = await ask(), await ask()
    no = {"version": 1, "reason": "不方便"}
    assert (await owner.post(f"/api/v1/access-grants/{declined['id']}/decline", json=no)).status_code == 200
    assert (await headquarters.post(f"/api/v1/access-grants/{withdrawn['id']}/end", json=no)).status_code == 200
    await run_due_work(runtime)
    for grant, state in ((declined, "declined"), (withdrawn, "withdrawn")):
        path = f"/api/v1/access-grants/{grant['id']}"
        assert {(await caller.get(path)).json()["state"] for caller in (owner, headquarters)} == {state}
        assert await looks(headquarters, grant, scene) == {404}
        late = await owner.post(f"{path}/consent", json={"version": 2, "hours": 1})
        assert (late.status_code, late.json()["code"]) == (409, "access_grant.move_refused")


async def test_an_emergency_opens_only_once_it_stands_in_the_partner_s_log(
    runtime: Runtime, units_of_work: UnitOfWorkFactory, scene: GrantScene, headquarters: httpx.AsyncClient
) -> None:
    wanted = {
        "partner_id": str(scene.partner.id),
        "reason": "客户数据安全事件",
        "record_kinds": ["ticket", "device"],
        "hours": 4,
        "emergency": True,
    }
    grant = (await headquarters.post("/api/v1/access-grants", json=wanted)).json()
    assert await looks(headquarters, grant, scene) == {404}
    await run_due_work(runtime)
    assert await looks(headquarters, grant, scene) == {200}
    async with units_of_work.begin(scene.partner.system) as work:
        notice = await work.session.scalar(
            select(Notification.severity).where(Notification.reference == f"access_grant:{grant['id']}")
        )
        logged = await work.session.scalar(
            select(AuditEntry.id).where(
                AuditEntry.action == "access_grant.overridden", AuditEntry.record_id == UUID(grant["id"])
            )
        )
    assert notice == "urgent"
    assert logged is not None


async def test_only_who_asked_may_look(
    runtime: Runtime, network: Network, http: ClientFor, ask: Ask, scene: GrantScene, owner: httpx.AsyncClient
) -> None:
    grant = await ask()
    await opened(runtime, owner, grant)
    colleague = await network.member(HQ_TENANT_ID, "质量专员", ["hq_quality_officer"])
    assert await looks(await http(colleague), grant, scene) == {404}
    assert await looks(owner, grant, scene) == {403}
    with pytest.raises(Forbidden):
        async with read_under_grant(runtime, scene.partner.owner, Origin(), UUID(grant["id"]), kind=RecordKind.TICKET):
            pass


async def test_a_quality_officer_asks_but_does_not_override(
    network: Network, http: ClientFor, scene: GrantScene
) -> None:
    officer = await http(await network.member(HQ_TENANT_ID, "质量专员", ["hq_quality_officer"]))
    wanted = {"partner_id": str(scene.partner.id), "reason": "抽查", "record_kinds": ["ticket"], "hours": 4}
    assert (await officer.post("/api/v1/access-grants", json=wanted)).status_code == 201
    assert (await officer.post("/api/v1/access-grants", json=wanted | {"emergency": True})).status_code == 403


async def test_a_consent_goes_no_further_than_the_request(
    network: Network, http: ClientFor, ask: Ask, scene: GrantScene, owner: httpx.AsyncClient
) -> None:
    grant = await ask(hours=4)
    path = f"/api/v1/access-grants/{grant['id']}/consent"
    stranger = await network.client(await network.partner("广州岭南信息服务有限公司"))
    for fields, field in (({"hours": 5}, "hours"), ({"hours": 4, "client_id": str(stranger.id)}, "client_id")):
        refused = await owner.post(path, json={"version": 1} | fields)
        assert refused.status_code == 422
        assert [each["field"] for each in refused.json()["errors"]] == [field]
    dispatcher = await http(scene.partner.dispatcher)
    assert (await dispatcher.post(path, json={"version": 1, "hours": 1})).status_code == 403


async def test_longer_than_seven_days_cannot_be_asked(headquarters: httpx.AsyncClient, scene: GrantScene) -> None:
    wanted = {"partner_id": str(scene.partner.id), "reason": "抽查", "record_kinds": ["ticket"], "hours": 169}
    assert (await headquarters.post("/api/v1/access-grants", json=wanted)).status_code == 422


async def test_events_that_come_twice_or_late_change_nothing(
    runtime: Runtime, units_of_work: UnitOfWorkFactory, ask: Ask, scene: GrantScene, owner: httpx.AsyncClient
) -> None:
    grant = await ask()
    async with units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        named = OutboxEvent.payload["record_id"].astext == grant["id"]
        event_id = (await work.session.scalars(select(OutboxEvent.id).where(named))).one()
    await owner.post(f"/api/v1/access-grants/{grant['id']}/decline", json={"version": 1})
    await deliver_event(runtime, HQ_TENANT_ID, event_id, "access_grants.mirror")
    await run_due_work(runtime)
    assert (await owner.get(f"/api/v1/access-grants/{grant['id']}")).json()["state"] == "declined"


async def test_the_staff_is_told_while_it_lasts_and_the_pages_decide(
    runtime: Runtime, http: ClientFor, network: Network, clock: SettableClock
) -> None:
    partner = await network.partner("福州榕城信息服务有限公司")
    await network.client(partner)
    headquarters, owner, dispatcher = [
        await http(each) for each in (network.administrator, partner.owner, partner.dispatcher)
    ]
    form = {"partner_id": str(partner.id), "reason": "", "hours": "24", "record_kinds": "ticket"}
    refused = await headquarters.post("/hq/access", data=form)
    assert refused.status_code == 422
    assert "请写明原因" in refused.text
    asked = await headquarters.post("/hq/access", data=form | {"reason": "核实回访结果"})
    assert asked.status_code == 303, asked.text
    await run_due_work(runtime)
    assert "总部" not in (await dispatcher.get("/workspace/access/banner")).text
    waiting = await owner.get("/workspace/access")
    assert "核实回访结果" in waiting.text
    grant_id = asked.headers["location"].rsplit("/", 1)[1]
    answer = {"version": "1", "answer": "consent", "hours": "999", "client_id": "", "reason": ""}
    assert (await owner.post(f"/workspace/access/{grant_id}", data=answer)).status_code == 422
    assert (await owner.post(f"/workspace/access/{grant_id}", data=answer | {"hours": "2"})).status_code == 303
    assert "核实回访结果" in (await dispatcher.get("/workspace/access/banner")).text
    await run_due_work(runtime)
    assert "服务单" in (await headquarters.get(f"/hq/access/{grant_id}")).text
    taken_back = {"version": "2", "answer": "end", "reason": ""}
    assert (await owner.post(f"/workspace/access/{grant_id}", data=taken_back)).status_code == 303
    assert "核实回访结果" not in (await dispatcher.get("/workspace/access/banner")).text
