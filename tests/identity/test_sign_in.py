"""Who comes in, who does not, and what a stranger can learn or spoil by trying."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from app.people.identity import DeliveryQueue, IdentityDependencies, PasswordHashing
from app.people.identity.errors import SignInRefused
from app.people.identity.known_browser import account_key, known_browser, known_browser_cookie
from app.people.identity.models import Account
from app.people.identity.services.sign_in import SignIn, SignInContext
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.audit import AuditEntry
from app.platform.kernel.errors import TooManyAttempts
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.throttle import ThrottleUnavailable
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import Origin
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.identity.conftest import PASSWORD, WithPassword


class CountingHashing(PasswordHashing):
    """The real hashing, counted."""

    def __init__(self, memory_kibibytes: int) -> None:
        super().__init__(memory_kibibytes)
        self.verified: list[bool] = []

    async def verify(self, kept: str | None, given: str) -> bool:
        answer = await super().verify(kept, given)
        self.verified.append(answer)
        return answer


@pytest.fixture
def dependencies(runtime: Runtime) -> IdentityDependencies:
    return IdentityDependencies.of(runtime, DeliveryQueue())


def context(address: str = "203.0.113.9", **more: str) -> SignInContext:
    return SignInContext(Origin(None, address), **more)


@pytest.mark.any_day(on="validity")
async def test_a_dispatcher_signs_in_by_mail_and_works_with_the_token(
    http: ClientFor, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    email = await with_password(partner.dispatcher)
    visitor = await http(None)

    answer = await visitor.post("/api/v1/sessions", json={"name": email.upper(), "password": PASSWORD})

    assert answer.status_code == 201
    body = answer.json()
    assert body["membership"]["tenant_name"] == partner.name
    assert body["membership"]["home"] == "/workspace"
    assert "set-cookie" not in answer.headers
    members = await visitor.get("/api/v1/members", headers={"authorization": f"Bearer {body['token']}"})
    assert members.status_code == 200


async def test_the_mobile_number_names_the_same_account(
    http: ClientFor, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    await with_password(partner.owner)
    async with network.signin.sessions.begin() as session:
        account = await session.get_one(Account, partner.owner.account_id)
        account.mobile = "13800138000"
    visitor = await http(None)

    answer = await visitor.post("/api/v1/sessions", json={"name": "+86 138-0013-8000", "password": PASSWORD})

    assert answer.json()["membership"]["id"] == str(partner.owner.membership_id)


async def test_unknown_account_and_wrong_password_are_answered_alike(
    http: ClientFor, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    email = await with_password(partner.owner)
    visitor = await http(None)

    answers = [
        await visitor.post("/api/v1/sessions", json={"name": name, "password": "not the password"})
        for name in (email, "nobody@example.com", "13912345678", "not a name at all")
    ]

    assert {answer.status_code for answer in answers} == {401}
    bodies = [{key: value for key, value in answer.json().items() if key != "request_id"} for answer in answers]
    assert all(body == bodies[0] for body in bodies)


@pytest.mark.parametrize("name", ["known", "nobody@example.com", "12345", "disabled"])
async def test_every_refusal_costs_one_hash_and_one_audit_entry(
    name: str, dependencies: IdentityDependencies, runtime: Runtime, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    email = await with_password(partner.owner)
    if name == "disabled":
        async with network.signin.sessions.begin() as session:
            (await session.get_one(Account, partner.owner.account_id)).disabled_at = runtime.clock.now()
    hashing = CountingHashing(64)
    request_id = f"refusal-{new_id().hex}"
    given = PASSWORD if name == "disabled" else "wrong"

    with pytest.raises(SignInRefused):
        await SignIn(runtime.units_of_work, replace(dependencies, passwords=hashing)).open(
            email if name in ("known", "disabled") else name, given, SignInContext(Origin(request_id, "203.0.113.77"))
        )

    assert len(hashing.verified) == 1
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        entries = (await work.session.scalars(select(AuditEntry).where(AuditEntry.request_id == request_id))).all()
    assert [entry.action for entry in entries] == ["session.refused"]
    assert entries[0].details == {}


async def test_a_stranger_is_slowed_and_the_owner_comes_in_from_the_known_browser(
    dependencies: IdentityDependencies,
    runtime: Runtime,
    network: Network,
    with_password: WithPassword,
    clock: SettableClock,
) -> None:
    partner = await network.partner()
    email = await with_password(partner.owner)
    sign_in = SignIn(runtime.units_of_work, dependencies)
    opened = await sign_in.open(email, PASSWORD, context("198.51.100.200"))
    for network_number in range(10):
        with pytest.raises(SignInRefused):
            await sign_in.open(email, "guess", context(f"198.51.7.{network_number}"))
    with pytest.raises(TooManyAttempts) as slowed:
        await sign_in.open(email, PASSWORD, context("198.51.100.200"))
    assert slowed.value.retry_after == 10, "ten from wherever they come, then each waits twice as long"

    known = opened.known_browser
    again = await sign_in.open(email, PASSWORD, context("198.51.100.200", known_browser=known))
    assert again.membership.id == partner.owner.membership_id

    assert partner.owner.account_id
    async with network.signin.sessions() as session:
        account = await session.get_one(Account, partner.owner.account_id)
    account.credentials_version -= 1
    former = known_browser_cookie(dependencies.secret, account_key(account))
    forged = known_browser_cookie(b"another secret", account_key(account))
    for cookie in (former, forged, "nonsense", ".", f"{known.partition('.')[0]}.{'0' * 32}"):
        with pytest.raises(TooManyAttempts):
            await sign_in.open(email, PASSWORD, context("198.51.100.200", known_browser=cookie))

    clock.advance(timedelta(seconds=11))
    await sign_in.open(email, PASSWORD, context("198.51.100.200"))


def test_a_browser_is_known_to_the_six_that_came_in_by_it_last() -> None:
    cookie = ""
    for person in range(8):
        cookie = known_browser_cookie(b"secret", f"person {person}", cookie)
    assert cookie == known_browser_cookie(b"secret", "person 7", cookie), "coming in again changes nothing"
    known = [known_browser(b"secret", cookie, f"person {person}") for person in range(8)]
    assert known == [None, None, *[cookie.partition(".")[0]] * 6]


async def test_ten_wrong_tries_from_one_place_say_how_long_to_wait(
    http: ClientFor, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    email = await with_password(partner.dispatcher)
    visitor = await http(None)
    for _ in range(10):
        await visitor.post("/api/v1/sessions", json={"name": email, "password": "guess"})

    answer = await visitor.post("/api/v1/sessions", json={"name": email, "password": PASSWORD})

    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 900


async def test_nobody_comes_in_while_attempts_cannot_be_counted(
    dependencies: IdentityDependencies,
    runtime: Runtime,
    network: Network,
    with_password: WithPassword,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    partner = await network.partner()
    email = await with_password(partner.owner)
    from redis.asyncio import Redis

    from app.platform.kernel.throttle import Throttle

    nowhere = Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=1)
    blind = replace(dependencies, throttle=Throttle(nowhere, secret=b"x"), passwords=(hashing := CountingHashing(64)))

    with pytest.raises(ThrottleUnavailable):
        await SignIn(runtime.units_of_work, blind).open(email, PASSWORD, context())

    assert hashing.verified == []
    await nowhere.aclose()


async def test_an_old_hash_is_made_again_at_the_present_cost(
    dependencies: IdentityDependencies, runtime: Runtime, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    email = await with_password(partner.owner)
    stronger = PasswordHashing(128)

    await SignIn(runtime.units_of_work, replace(dependencies, passwords=stronger)).open(
        email, PASSWORD, context("203.0.113.50")
    )

    async with network.signin.sessions() as session:
        kept = (await session.get_one(Account, partner.owner.account_id)).password_hash
    assert kept
    assert not stronger.needs_rehash(kept)
    assert await stronger.verify(kept, PASSWORD)


async def test_a_session_in_the_log_names_the_member_and_not_the_address(
    http: ClientFor, runtime: Runtime, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    client = await network.client(partner)
    email = await with_password(client.contact)
    visitor = await http(None)

    answer = await visitor.post("/api/v1/sessions", json={"name": email, "password": PASSWORD})

    assert answer.json()["membership"]["home"] == "/portal"
    async with runtime.units_of_work.begin(partner.system) as work:
        found = await work.session.scalars(
            select(AuditEntry).where(
                AuditEntry.action == "session.opened", AuditEntry.membership_id == client.contact.membership_id
            )
        )
        entry = found.one()
    assert entry.client_id == client.id
    assert email not in repr(entry.details)


async def test_somebody_without_a_company_is_told_so(
    http: ClientFor, runtime: Runtime, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    email = await with_password(partner.dispatcher)
    from app.people.identity import Membership

    async with runtime.units_of_work.begin(partner.system) as work:
        row = await work.session.get_one(Membership, (partner.id, partner.dispatcher.membership_id))
        row.state = "suspended"
    visitor = await http(None)

    answer = await visitor.post("/api/v1/sessions", json={"name": email, "password": PASSWORD})

    assert (answer.status_code, answer.json()["code"]) == (403, "session.no_membership")


async def test_moving_between_companies_and_never_into_a_strangers(
    http: ClientFor, runtime: Runtime, network: Network, with_password: WithPassword
) -> None:
    first, second, strangers = await network.partner("甲"), await network.partner("乙"), await network.partner("丙")
    email = await with_password(first.owner)
    from app.people.identity import Membership

    membership_id = new_id()
    async with runtime.units_of_work.begin(second.system) as work:
        work.session.add(
            Membership(
                tenant_id=second.id,
                id=membership_id,
                account_id=first.owner.account_id,
                display_name="陈总",
                roles=["engineer"],
                created_at=work.now,
            )
        )
    visitor = await http(None)
    opened = (await visitor.post("/api/v1/sessions", json={"name": email, "password": PASSWORD})).json()
    signed_in = {"authorization": f"Bearer {opened['token']}"}
    listed = (await visitor.get("/api/v1/memberships", headers=signed_in)).json()
    assert {each["tenant_name"] for each in listed} == {"甲", "乙"}

    async def switch(wanted: UUID | None) -> httpx.Response:
        return await visitor.post("/api/v1/session/membership", json={"membership_id": str(wanted)}, headers=signed_in)

    for foreign in (strangers.owner.membership_id, new_id()):
        refused = await switch(foreign)
        assert (refused.status_code, refused.json()["code"]) == (404, "request.not_found")
    switched = (await switch(membership_id)).json()
    assert switched["membership"]["home"] == "/field"
    # What was known of the session before opens nothing in the other company, nor here any more.
    assert switched["token"] != opened["token"]
    assert (await visitor.get("/api/v1/memberships", headers=signed_in)).status_code == 401
    signed_in = {"authorization": f"Bearer {switched['token']}"}
    assert (await visitor.get("/api/v1/members", headers=signed_in)).status_code == 403

    assert (await visitor.delete("/api/v1/session", headers=signed_in)).status_code == 204
    assert (await visitor.get("/api/v1/memberships", headers=signed_in)).status_code == 401
