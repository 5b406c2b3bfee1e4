"""A program's key opens what its maker chose, never more than the maker may, and nothing once the maker is gone."""

from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import select

from app.people.identity.api_tokens import MOST_API_TOKENS
from app.people.identity.models import AccountSession
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.audit import AuditEntry
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from rbac import Permission
from tests.conftest import ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany
from tests.identity.conftest import PASSWORD, WithPassword
from tests.identity.test_pages import send

TOKENS = "/api/v1/api-tokens"


async def made(http: ClientFor, maker: Actor, *permissions: str, **more: Any) -> tuple[httpx.AsyncClient, str]:
    """A program with a token of `maker`, and the token's id."""
    answer = await (await http(maker)).post(TOKENS, json={"name": "考勤系统", "permissions": permissions} | more)
    assert answer.status_code == 201, answer.text
    program = await http(None)
    program.headers["authorization"] = f"Bearer {answer.json()['token']}"
    return program, answer.json()["shown"]["id"]


async def codes(program: httpx.AsyncClient, *addresses: str) -> list[int]:
    return [(await program.get(address)).status_code for address in addresses]


async def test_a_token_opens_what_was_chosen_and_nothing_else(http: ClientFor, partner: PartnerCompany) -> None:
    program, _ = await made(http, partner.owner, "ticket:read", "device:read")
    assert await codes(program, "/api/v1/tickets", "/api/v1/devices") == [200, 200]
    assert await codes(program, "/api/v1/clients", "/api/v1/members", "/api/v1/audit-entries") == [403] * 3
    assert (await program.post("/api/v1/tickets", json={"subject": "开不了机"})).status_code == 403


async def test_a_token_serves_programs_and_never_its_maker_s_own_account(
    http: ClientFor, partner: PartnerCompany
) -> None:
    program, _ = await made(http, partner.owner, "ticket:read", "device:read", "client:read")
    for address in ("/workspace", "/workspace/tickets", "/account", "/live?topics=tickets"):
        assert (await program.get(address)).status_code == 403, address
    for address in ("/api/v1/account", "/api/v1/account/sessions", "/api/v1/memberships", "/api/v1/notifications"):
        assert (await program.get(address)).status_code == 403, address
    attempts: list[tuple[str, Any]] = [
        ("/api/v1/account/second-factor", None),
        ("/api/v1/session/membership", {"membership_id": str(partner.owner.membership_id)}),
        (TOKENS, {"name": "第二个", "permissions": ["ticket:read"]}),
    ]
    for address, body in attempts:
        assert (await program.post(address, json=body)).status_code == 403, address
    assert (await program.delete("/api/v1/session")).status_code == 403


async def test_nobody_gives_a_program_what_they_do_not_hold_nor_power_over_people(
    http: ClientFor, partner: PartnerCompany, network: Network
) -> None:
    manager = await http(await network.member(partner.id, "周经理", ["service_manager"]))
    for permission in ("audit_log:read", "member:write", "member:invite", "api_token:write", "network_quality:read"):
        refused = await manager.post(TOKENS, json={"name": "x", "permissions": [permission]})
        assert (refused.status_code, refused.json()["code"]) == (422, "api_token.permission_beyond_own"), permission
    malformed: list[dict[str, Any]] = [
        {"permissions": []}, {"permissions": ["nonsense"]}, {"permissions": ["ticket:read"], "days": 1000},
    ]  # fmt: skip
    for body in malformed:
        assert (await manager.post(TOKENS, json={"name": "x"} | body)).status_code in (400, 422), body
    assert (await (await http(partner.dispatcher)).get(TOKENS)).status_code == 403


async def test_what_the_maker_loses_the_token_loses_with_the_next_request(
    http: ClientFor, partner: PartnerCompany, network: Network, runtime: Runtime
) -> None:
    manager = await network.member(partner.id, "周经理", ["service_manager"])
    program, _ = await made(http, manager, "client:read", "client:write", "ticket:read")
    owner = await http(partner.owner)
    assert await codes(program, "/api/v1/clients") == [200]
    changed = await owner.put(
        f"/api/v1/members/{manager.membership_id}/roles", json={"roles": ["engineer"], "version": 1}
    )
    assert changed.status_code == 200, changed.text
    assert (await program.post("/api/v1/clients", json={"name": "新客户"})).status_code == 403
    assert await codes(program, "/api/v1/clients") == [200], "an engineer reads clients too"
    stopped = await owner.post(f"/api/v1/members/{manager.membership_id}/suspend", json={"version": 2})
    assert stopped.status_code == 200
    assert await codes(program, "/api/v1/clients", "/api/v1/tickets") == [401, 401]


async def test_read_only_changes_nothing(http: ClientFor, partner: PartnerCompany) -> None:
    program, _ = await made(http, partner.owner, "client:read", "client:write", reads_only=True)
    assert await codes(program, "/api/v1/clients") == [200]
    assert (await program.post("/api/v1/clients", json={"name": "新客户"})).status_code == 403


async def test_it_expires_is_ended_and_outlives_a_new_password(
    http: ClientFor, partner: PartnerCompany, clock: SettableClock, with_password: WithPassword
) -> None:
    await with_password(partner.owner)
    short, _ = await made(http, partner.owner, "ticket:read", days=1)
    long, token_id = await made(http, partner.owner, "ticket:read", days=365)
    owner = await http(partner.owner)
    changed = await owner.put(
        "/api/v1/account/password", json={"present": PASSWORD, "password": "another lamp over the bay"}
    )
    assert changed.status_code == 200
    owner.headers["authorization"] = f"Bearer {changed.json()['token']}"
    assert await codes(short, "/api/v1/tickets") == await codes(long, "/api/v1/tickets") == [200]
    clock.advance(timedelta(days=1, seconds=1))
    assert (await codes(short, "/api/v1/tickets"), await codes(long, "/api/v1/tickets")) == ([401], [200])
    assert (await owner.delete(f"{TOKENS}/{token_id}")).status_code == 204
    assert await codes(long, "/api/v1/tickets") == [401]
    assert (await owner.delete(f"{TOKENS}/{token_id}")).status_code == 404


async def test_only_its_hash_is_kept_and_its_last_use_is_shown(
    http: ClientFor, partner: PartnerCompany, network: Network, clock: SettableClock
) -> None:
    owner = await http(partner.owner)
    program, token_id = await made(http, partner.owner, "ticket:read")
    token = program.headers["authorization"].removeprefix("Bearer ")
    assert token.startswith("yh_")
    async with network.signin.sessions() as session:
        row = (await session.scalars(select(AccountSession).where(AccountSession.id == token_id))).one()
    assert token not in {str(getattr(row, column.name)) for column in AccountSession.__table__.columns}
    (shown,) = (await owner.get(TOKENS)).json()
    assert (shown["last_used_at"], "token" in shown) == (None, False)
    await program.get("/api/v1/tickets")
    used = clock.now()
    clock.advance(timedelta(minutes=4))
    await program.get("/api/v1/tickets")
    (shown,) = (await owner.get(TOKENS)).json()
    assert shown["last_used_at"] == used.isoformat().replace("+00:00", "Z"), "written once in a while"
    assert [each["id"] for each in (await owner.get("/api/v1/account/sessions")).json()].count(token_id) == 0


async def test_a_client_s_tokens_stay_in_its_ring_and_are_its_own_business(
    http: ClientFor, partner: PartnerCompany, client: ClientCompany, network: Network
) -> None:
    other = await network.client(partner, "厦门第九中学")
    device_id, _ = await network.device(client)
    foreign_id, _ = await network.device(other)
    program, token_id = await made(http, client.contact, "device:read", "ticket:read")
    assert await codes(program, f"/api/v1/devices/{device_id}", f"/api/v1/devices/{foreign_id}") == [200, 404]
    for stranger in (other.contact, partner.owner, (await network.partner()).owner):
        caller = await http(stranger)
        assert token_id not in {each["id"] for each in (await caller.get(TOKENS)).json()}
        assert (await caller.delete(f"{TOKENS}/{token_id}")).status_code == 404
    assert await codes(program, "/api/v1/devices") == [200]


async def test_making_and_ending_are_written_down_and_there_is_an_end_to_their_number(
    http: ClientFor, partner: PartnerCompany, runtime: Runtime
) -> None:
    owner = await http(partner.owner)
    made_before = [(await made(http, partner.owner, "ticket:read"))[1] for _ in range(MOST_API_TOKENS)]
    refused = await owner.post(TOKENS, json={"name": "x", "permissions": ["ticket:read"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "api_token.too_many")
    await owner.delete(f"{TOKENS}/{made_before[0]}")
    assert (await owner.post(TOKENS, json={"name": "x", "permissions": ["ticket:read"]})).status_code == 201
    async with runtime.units_of_work.begin(partner.system) as work:
        actions = await work.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("api_token.%")))
        assert sorted(set(actions)) == ["api_token.created", "api_token.revoked"]


async def test_the_page_shows_a_new_token_once(
    http: ClientFor, network: Network, with_password: WithPassword, partner: PartnerCompany
) -> None:
    browser = await http(None)
    await send(browser, "/sign-in", name=await with_password(partner.owner), password=PASSWORD)
    page = await send(browser, "/workspace/api-tokens", name="", days="90")
    assert "请写一个名称" in page.text
    assert "请至少选择一项权限" in page.text
    page = await send(
        browser, "/workspace/api-tokens", name="考勤系统", days="90", permissions=str(Permission.TICKET_READ)
    )
    token = page.text.partition("<code>yh_")[2].partition("</code>")[0]
    assert len(token) > 40
    again = await browser.get("/workspace/api-tokens")
    assert token not in again.text
    assert "考勤系统" in again.text
    assert "阅读服务单" in again.text


async def test_headquarters_programs_read_figures(http: ClientFor, network: Network) -> None:
    administrator = await network.member(HQ_TENANT_ID, "总部管理员", ["hq_administrator"])
    program, _ = await made(http, administrator, "network_quality:read", reads_only=True)
    assert await codes(program, "/api/v1/network/quality", "/api/v1/partners/queue") != [401, 401]
    assert await codes(program, "/api/v1/network/quality") == [200]
