"""Nothing survives what has just been replaced: sign-ins, switches and links that run beside a change of what an
account signs in with, on connections of their own."""

import ast
import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.identity import DeliveryQueue, IdentityDependencies, Membership
from app.people.identity.errors import SignInRefused
from app.people.identity.login_names import login_name
from app.people.identity.models import AccountSession
from app.people.identity.services.sign_in import SignIn, SignInContext
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import Origin
from tests.conftest import ROOT, ClientFor
from tests.factories.network import Network, PartnerCompany
from tests.identity.conftest import PASSWORD, LinkTo, WithPassword
from tests.identity.test_email_change import asks, fresh, link
from tests.identity.test_pages import send
from tests.identity.test_second_factor import enrolled

NEW = "another lamp over the bay"
SESSIONS = "/api/v1/sessions"
SWITCH = "/api/v1/session/membership"
AT_ONCE = 8
"""Strangers may try a password ten times in five minutes."""


@pytest.fixture
def active_sessions(network: Network) -> Callable[[Actor], Awaitable[int]]:
    """How many sessions an actor's account has."""

    async def count(actor: Actor) -> int:
        assert actor.account_id
        return len(await network.signin.of_account(actor.account_id))

    return count


async def sign_ins(visitor: httpx.AsyncClient, name: str) -> None:
    given = {"name": name, "password": PASSWORD}
    await asyncio.gather(*(visitor.post(SESSIONS, json=given) for _ in range(AT_ONCE)))


async def change_password(caller: httpx.AsyncClient) -> httpx.Response:
    return await caller.put("/api/v1/account/password", json={"present": PASSWORD, "password": NEW})


async def elsewhere_too(network: Network, runtime: Runtime, person: Actor) -> str:
    """The person's membership in a second company."""
    other, membership_id = await network.partner(), new_id()
    async with runtime.units_of_work.begin(other.system) as work:
        work.session.add(
            Membership(
                tenant_id=other.id,
                id=membership_id,
                account_id=person.account_id,
                display_name=person.display_name,
                roles=["dispatcher"],
                created_at=work.now,
            )
        )
    return str(membership_id)


async def switches(caller: httpx.AsyncClient, membership: str, times: int = 24) -> list[int]:
    told = await asyncio.gather(*(caller.post(SWITCH, json={"membership_id": membership}) for _ in range(times)))
    return [answer.status_code for answer in told]


# --- sign-ins beside a change ----------------------------------------------------------------------


async def test_whoever_was_recognised_by_an_old_password_is_not_let_in_after_the_change(
    http: ClientFor, runtime: Runtime, partner: PartnerCompany, with_password: WithPassword
) -> None:
    email = await with_password(partner.owner)
    sign_in, context = (
        SignIn(runtime.units_of_work, IdentityDependencies.of(runtime, DeliveryQueue())),
        SignInContext(Origin()),
    )
    recognised = await sign_in.recognise(login_name(email), PASSWORD, context)

    assert (await change_password(await http(partner.owner))).status_code == 200

    with pytest.raises(SignInRefused):
        await sign_in.open_for(recognised, context)


async def test_no_session_of_the_old_password_outlives_its_change(
    http: ClientFor,
    partner: PartnerCompany,
    with_password: WithPassword,
    active_sessions: Callable[[Actor], Awaitable[int]],
) -> None:
    email, visitor = await with_password(partner.owner), await http(None)
    owner = await http(partner.owner)

    _, changed, _ = await asyncio.gather(
        sign_ins(visitor, email), change_password(owner), asyncio.gather(*(owner.get("/api/v1/account") for _ in "123"))
    )

    assert changed.status_code == 200
    assert await active_sessions(partner.owner) == 1, "the owner's own"
    owner.headers["authorization"] = f"Bearer {changed.json()['token']}"
    assert (await owner.get("/api/v1/account")).status_code == 200


async def test_no_session_of_the_old_password_outlives_a_reset(
    http: ClientFor,
    partner: PartnerCompany,
    with_password: WithPassword,
    link_to: LinkTo,
    active_sessions: Callable[[Actor], Awaitable[int]],
) -> None:
    email, visitor = await with_password(partner.owner), await http(None)
    await visitor.post("/api/v1/password-resets", json={"name": email})
    reset = f"/api/v1/password-resets/{(await link_to(HQ_TENANT_ID, email)).rpartition('/')[2]}"

    _, told = await asyncio.gather(sign_ins(visitor, email), visitor.put(reset, json={"password": NEW}))

    assert told.status_code == 204
    assert await active_sessions(partner.owner) == 0


async def test_no_session_without_a_code_outlives_the_second_factor(
    http: ClientFor,
    partner: PartnerCompany,
    clock: SettableClock,
    with_password: WithPassword,
    active_sessions: Callable[[Actor], Awaitable[int]],
) -> None:
    email, visitor = await with_password(partner.dispatcher), await http(None)
    owner = await http(partner.dispatcher)

    await asyncio.gather(sign_ins(visitor, email), enrolled(owner, clock))

    assert await active_sessions(partner.dispatcher) == 1, "the one that confirmed it"


async def test_no_session_outlives_the_undoing_of_another_address(
    http: ClientFor,
    runtime: Runtime,
    partner: PartnerCompany,
    with_password: WithPassword,
    active_sessions: Callable[[Actor], Awaitable[int]],
) -> None:
    before, visitor, taken = await with_password(partner.owner), await http(None), fresh()
    assert await asks(await http(partner.owner), taken) == 202
    await visitor.put(await link(runtime, taken))
    undo = await link(runtime, before)
    reset_asked = await visitor.post("/api/v1/password-resets", json={"name": taken})
    assert reset_asked.status_code == 202
    thief = await http(partner.owner)

    _, told, _ = await asyncio.gather(
        sign_ins(visitor, taken),
        visitor.put(undo),
        thief.post("/api/v1/api-tokens", json={"name": "钥匙", "permissions": ["ticket:read"], "days": 30}),
    )

    assert told.status_code in (200, 204)
    assert await active_sessions(partner.owner) == 0
    assert [row.revoked_at is None for row in await tokens(runtime, partner.owner)] in ([], [False])


async def tokens(runtime: Runtime, person: Actor) -> list[AccountSession]:
    async with AsyncSession(runtime.engine("signin")) as session:
        found = await session.scalars(
            select(AccountSession).where(
                AccountSession.account_id == person.account_id, AccountSession.token_name.is_not(None)
            )
        )
        return list(found)


# --- links and half-open doors ---------------------------------------------------------------------


async def test_a_link_for_a_new_password_that_went_to_a_thiefs_address_dies_with_the_undoing(
    http: ClientFor, runtime: Runtime, partner: PartnerCompany, with_password: WithPassword, link_to: LinkTo
) -> None:
    before, visitor, taken = await with_password(partner.owner), await http(None), fresh()
    assert await asks(await http(partner.owner), taken) == 202
    await visitor.put(await link(runtime, taken))
    await visitor.post("/api/v1/password-resets", json={"name": taken})
    reset = (await link_to(HQ_TENANT_ID, taken)).rpartition("/")[2]

    await visitor.put(await link(runtime, before))

    answer = await visitor.put(f"/api/v1/password-resets/{reset}", json={"password": NEW})
    assert (answer.status_code, answer.json()["code"]) == (404, "password.reset_link_closed")


async def test_a_change_of_address_that_waits_for_its_link_dies_with_the_password(
    http: ClientFor, runtime: Runtime, partner: PartnerCompany, with_password: WithPassword
) -> None:
    await with_password(partner.owner)
    thief, owner, taken = await http(partner.owner), await http(partner.owner), fresh()
    assert await asks(thief, taken) == 202

    assert (await change_password(owner)).status_code == 200

    assert (await thief.put(await link(runtime, taken))).status_code == 404


async def test_a_door_half_opened_by_the_old_password_is_shut_by_the_new_one(
    http: ClientFor, runtime: Runtime, clock: SettableClock, partner: PartnerCompany, with_password: WithPassword
) -> None:
    email, owner = await with_password(partner.dispatcher), await http(partner.dispatcher)
    app, _ = await enrolled(owner, clock)
    sign_in, context = (
        SignIn(runtime.units_of_work, IdentityDependencies.of(runtime, DeliveryQueue())),
        SignInContext(Origin()),
    )
    factors = sign_in.factors
    recognised = await sign_in.recognise(login_name(email), PASSWORD, context)
    half_open = await factors.pending_sign_in(recognised)

    assert (await change_password(owner)).status_code == 200

    with pytest.raises(SignInRefused):
        await sign_in.open_pending(half_open, app.next_code(), context)
    with pytest.raises(SignInRefused):
        await factors.pending_sign_in(recognised)


# --- one session in, one out -----------------------------------------------------------------------


async def test_of_many_switches_at_once_with_one_session_one_succeeds(
    http: ClientFor,
    network: Network,
    runtime: Runtime,
    partner: PartnerCompany,
    active_sessions: Callable[[Actor], Awaitable[int]],
) -> None:
    membership = await elsewhere_too(network, runtime, partner.owner)

    told = await switches(await http(partner.owner), membership)

    assert sorted(told) == [200, *[401] * 23]
    assert await active_sessions(partner.owner) == 1


async def test_whoever_exchanges_a_stolen_session_gets_no_fresh_tries_at_the_password(
    http: ClientFor, network: Network, runtime: Runtime, partner: PartnerCompany, with_password: WithPassword
) -> None:
    await with_password(partner.owner)
    memberships = [str(partner.owner.membership_id), await elsewhere_too(network, runtime, partner.owner)]
    thief, refused = await http(partner.owner), 0
    for turn in range(7):
        switched = await thief.post(SWITCH, json={"membership_id": memberships[turn % 2]})
        thief.headers["authorization"] = f"Bearer {switched.json()['token']}"
        for _ in range(10):
            guess = {"present": "guess", "password": NEW}
            refused += (await thief.put("/api/v1/account/password", json=guess)).status_code == 429
    assert refused == 20, "fifty a day for the account"


async def test_the_browser_that_changed_the_password_is_known_by_the_new_one(
    http: ClientFor, partner: PartnerCompany, with_password: WithPassword
) -> None:
    email, browser, stranger = await with_password(partner.owner), await http(None), await http(None)
    await send(browser, "/sign-in", name=email, password=PASSWORD)
    await send(browser, "/account", "/account/password", present=PASSWORD, password=NEW)
    for _ in range(11):
        await stranger.post(SESSIONS, json={"name": email, "password": "guess"})
    assert (await stranger.post(SESSIONS, json={"name": email, "password": NEW})).status_code == 429
    browser.cookies.delete("yinghuo_session")

    back = await send(browser, "/sign-in", name=email, password=NEW)

    assert back.status_code == 303


@pytest.mark.parametrize("same", [True, False], ids=["a copy of the owner's own session", "another session"])
async def test_no_switched_session_outlives_the_owners_new_password(
    same: bool,
    http: ClientFor,
    network: Network,
    runtime: Runtime,
    partner: PartnerCompany,
    with_password: WithPassword,
    active_sessions: Callable[[Actor], Awaitable[int]],
) -> None:
    await with_password(partner.owner)
    membership = await elsewhere_too(network, runtime, partner.owner)
    owner, thief = await http(partner.owner), await http(None if same else partner.owner)
    if same:
        thief.headers["authorization"] = owner.headers["authorization"]

    told, changed = await asyncio.gather(switches(thief, membership), change_password(owner))

    assert told.count(200) <= 1
    assert await active_sessions(partner.owner) == 1
    if changed.status_code == 200:
        owner.headers["authorization"] = f"Bearer {changed.json()['token']}"
        assert (await owner.get("/api/v1/account")).status_code == 200, "and that one is the owner's"
    else:
        assert same, "the thief's switch came first, and the owner learns of it"


async def test_a_membership_that_passed_to_another_account_is_closed_to_sessions_of_the_former(
    http: ClientFor, network: Network, runtime: Runtime, partner: PartnerCompany
) -> None:
    former, heir = await http(partner.dispatcher), await network.member(partner.id, "新人", ["dispatcher"])
    assert (await former.get("/api/v1/account")).status_code == 200
    async with runtime.units_of_work.begin(partner.system) as work:
        await work.session.execute(update(Membership).where(Membership.id == heir.membership_id).values(state="left"))
        await work.session.execute(
            update(Membership).where(Membership.id == partner.dispatcher.membership_id).values(account_id=new_id())
        )

    assert (await former.get("/api/v1/account")).status_code == 401


async def test_tokens_are_counted_where_they_are_made(
    http: ClientFor, runtime: Runtime, partner: PartnerCompany
) -> None:
    owner = await http(partner.owner)

    async def make() -> int:
        wanted = {"name": "对接", "permissions": ["ticket:read"], "days": 30}
        return (await owner.post("/api/v1/api-tokens", json=wanted)).status_code

    told = await asyncio.gather(*(make() for _ in range(30)))

    assert (told.count(201), told.count(409)) == (20, 10)


# --- the kind --------------------------------------------------------------------------------------


def test_sessions_are_made_in_one_place() -> None:
    """Whoever makes a session must have looked, under the account's lock, at what it rests on."""
    makers = {
        str(path.relative_to(ROOT))
        for folder in ("app", "tenants", "rbac")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node).startswith(("AccountSession(", "insert(AccountSession)", "identity.AccountSession("))
    }
    assert makers == {"app/people/identity/sessions.py"}, "open sessions through SignInStore, which locks the account"
