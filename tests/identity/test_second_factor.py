"""A stolen password opens nothing where a second factor is asked for, and the owner always finds a way in."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import httpx
import pyotp
import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import select

from app.asgi import build
from app.people.identity import DeliveryQueue, IdentityDependencies, Membership
from app.people.identity.commands import reset_second_factor
from app.people.identity.models import AccountSecondFactor
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.audit import AuditEntry
from app.platform.kernel.encryption import DecryptionFailed, SecretCipher
from app.platform.kernel.errors import NotFound
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SettableClock
from app.platform.notifications.models import Delivery
from tests.conftest import ClientFor
from tests.factories.network import Network, PartnerCompany
from tests.identity.conftest import PASSWORD, LinkTo, WithPassword
from tests.identity.test_pages import send

FACTOR = "/api/v1/account/second-factor"
STEP = timedelta(seconds=30)


class App:
    """An authenticator app on somebody's telephone."""

    def __init__(self, seed: str, clock: SettableClock) -> None:
        self._totp, self._clock = pyotp.TOTP(seed), clock

    def code(self, later: timedelta = timedelta()) -> str:
        return self._totp.at(self._clock.now() + later)

    def next_code(self) -> str:
        """The code that follows: the present one may have been taken."""
        self._clock.advance(STEP)
        return self.code()


@pytest.fixture
async def strict(test_settings: Settings, clock: SettableClock, network: Network) -> AsyncIterator[httpx.AsyncClient]:
    """The program as in production: second factors are asked of those with far-reaching rights."""
    runtime = Runtime(test_settings.model_copy(update={"require_second_factor": True}), clock)
    transport = httpx.ASGITransport(cast("Any", build(runtime)), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client
    await runtime.close()


async def enrolled(client: httpx.AsyncClient, clock: SettableClock) -> tuple[App, list[str]]:
    """Set the factor up as the signed-in person; the app and the recovery codes."""
    begun = await client.post(FACTOR)
    assert begun.status_code == 201, begun.text
    app = App(begun.json()["seed"], clock)
    confirmed = await client.post(f"{FACTOR}/confirm", json={"password": PASSWORD, "code": app.code()})
    assert confirmed.status_code == 200, confirmed.text
    client.headers["authorization"] = f"Bearer {confirmed.json()['session']['token']}"
    return app, confirmed.json()["codes"]


async def tried(visitor: httpx.AsyncClient, email: str, code: str = "") -> tuple[int, str]:
    answer = await visitor.post("/api/v1/sessions", json={"name": email, "password": PASSWORD, "code": code})
    return answer.status_code, answer.json().get("code", "")


async def written(runtime: Runtime, account_id: UUID | None) -> list[str]:
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        return list(
            await work.session.scalars(
                select(AuditEntry.action)
                .where(AuditEntry.record_id == account_id, AuditEntry.action.like("second_factor.%"))
                .order_by(AuditEntry.id)
            )
        )


async def test_from_setting_up_to_signing_in(
    http: ClientFor, clock: SettableClock, partner: PartnerCompany, runtime: Runtime, with_password: WithPassword
) -> None:
    email = await with_password(partner.dispatcher)
    elsewhere, here, visitor = await http(partner.dispatcher), await http(partner.dispatcher), await http(None)
    assert (await tried(visitor, email))[0] == 201

    app, recovery_codes = await enrolled(here, clock)

    assert len(set(recovery_codes)) == 10
    assert (await elsewhere.get("/api/v1/account")).status_code == 401, "all other sessions end"
    state = (await here.get(FACTOR)).json()
    assert (state["in_use"], state["mandatory"], state["recovery_codes_left"]) == (True, False, 10)
    assert await tried(visitor, email) == (401, "second_factor.code_required")
    assert await tried(visitor, email, "000000") == (401, "second_factor.code_refused")
    assert (await tried(visitor, email, app.next_code()))[0] == 201
    assert await written(runtime, partner.dispatcher.account_id) == ["second_factor.enabled", "second_factor.refused"]


async def test_no_code_is_taken_twice_nor_from_long_ago(
    http: ClientFor, clock: SettableClock, partner: PartnerCompany, with_password: WithPassword
) -> None:
    email, visitor = await with_password(partner.dispatcher), await http(None)
    app, _ = await enrolled(await http(partner.dispatcher), clock)

    code = app.next_code()
    assert (await tried(visitor, email, code))[0] == 201
    assert await tried(visitor, email, code) == (401, "second_factor.code_refused")
    clock.advance(10 * STEP)
    assert await tried(visitor, email, app.code(-2 * STEP)) == (401, "second_factor.code_refused")
    assert (await tried(visitor, email, app.code(STEP)))[0] == 201, "the telephone's clock is half a minute fast"
    assert await tried(visitor, email, app.code()) == (401, "second_factor.code_refused"), (
        "older than the last one taken"
    )


async def test_each_recovery_code_opens_once_however_it_is_typed(
    http: ClientFor, clock: SettableClock, partner: PartnerCompany, with_password: WithPassword
) -> None:
    email, visitor = await with_password(partner.dispatcher), await http(None)
    here = await http(partner.dispatcher)
    app, codes = await enrolled(here, clock)

    assert (await tried(visitor, email, codes[0].replace("-", " ").upper()))[0] == 201
    assert await tried(visitor, email, codes[0]) == (401, "second_factor.code_refused")
    assert (await here.get(FACTOR)).json()["recovery_codes_left"] == 9
    renewed = await here.post(f"{FACTOR}/recovery-codes", json={"password": PASSWORD, "code": app.next_code()})
    assert not set(renewed.json()["codes"]) & set(codes)
    assert await tried(visitor, email, codes[1]) == (401, "second_factor.code_refused")
    assert (await tried(visitor, email, renewed.json()["codes"][0]))[0] == 201


async def test_ten_wrong_codes_and_the_right_one_waits(
    http: ClientFor, clock: SettableClock, partner: PartnerCompany, with_password: WithPassword
) -> None:
    email, visitor = await with_password(partner.dispatcher), await http(None)
    app, _ = await enrolled(await http(partner.dispatcher), clock)
    clock.advance(timedelta(minutes=20))
    for _ in range(10):
        assert await tried(visitor, email, "123456") == (401, "second_factor.code_refused")
    assert (await tried(visitor, email, app.code()))[0] == 429
    clock.advance(timedelta(minutes=6))
    assert (await tried(visitor, email, app.code()))[0] == 201


async def test_it_is_removed_with_password_and_code_only(
    http: ClientFor, clock: SettableClock, partner: PartnerCompany, with_password: WithPassword
) -> None:
    email, visitor = await with_password(partner.dispatcher), await http(None)
    here = await http(partner.dispatcher)
    app, _ = await enrolled(here, clock)

    async def remove(password: str, code: str) -> tuple[int, str]:
        answer = await here.post(f"{FACTOR}/remove", json={"password": password, "code": code})
        return answer.status_code, answer.json().get("code", "")

    assert await remove("not the password", app.next_code()) == (422, "password.wrong")
    assert await remove(PASSWORD, "000000") == (401, "second_factor.code_refused")
    assert (await here.post(FACTOR)).status_code == 409, "the seed of a factor in use is never replaced"
    assert await remove(PASSWORD, app.next_code()) == (200, "")
    assert (await tried(visitor, email))[0] == 201


async def test_an_owner_without_one_can_set_it_up_and_do_nothing_else(
    strict: httpx.AsyncClient,
    clock: SettableClock,
    network: Network,
    partner: PartnerCompany,
    with_password: WithPassword,
) -> None:
    await with_password(partner.owner)
    strict.headers["authorization"] = f"Bearer {await network.token(partner.owner)}"
    for address in ("/api/v1/members", "/api/v1/tickets", "/api/v1/account", "/api/v1/notifications"):
        refused = await strict.get(address)
        assert (refused.status_code, refused.json()["code"]) == (403, "second_factor.setup_required"), address
    sent_on = await strict.get("/workspace/members")
    assert (sent_on.status_code, sent_on.headers["location"]) == (303, "/account/second-factor")
    assert "其他页面不会打开" in (await strict.get("/account/second-factor")).text
    assert (await strict.get(FACTOR)).json()["due"] is True

    app, _ = await enrolled(strict, clock)

    assert (await strict.get("/api/v1/members")).status_code == 200
    kept = await strict.post(f"{FACTOR}/remove", json={"password": PASSWORD, "code": app.next_code()})
    assert (kept.status_code, kept.json()["code"]) == (403, "second_factor.mandatory")
    strict.headers["authorization"] = f"Bearer {await network.token(partner.dispatcher)}"
    assert (await strict.get("/api/v1/members")).status_code == 200, "a dispatcher may do without"


async def test_everybody_at_headquarters_needs_one(strict: httpx.AsyncClient, network: Network) -> None:
    officer = await network.member(HQ_TENANT_ID, "质量专员", ["hq_quality_officer"])
    strict.headers["authorization"] = f"Bearer {await network.token(officer)}"
    assert (await strict.get("/api/v1/network/quality")).json()["code"] == "second_factor.setup_required"


async def test_on_pages_the_code_is_the_second_step(
    http: ClientFor, clock: SettableClock, partner: PartnerCompany, with_password: WithPassword
) -> None:
    email, browser = await with_password(partner.dispatcher), await http(None)
    await send(browser, "/sign-in", name=email, password=PASSWORD)
    page = await send(browser, "/account/second-factor")
    assert page.headers["location"] == "/account/second-factor"
    shown = await browser.get("/account/second-factor")
    assert "data:image/svg+xml" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    seed = shown.text.partition("<code>")[2].partition("</code>")[0]
    app = App(seed, clock)
    done = await send(
        browser, "/account/second-factor", "/account/second-factor/confirm", password=PASSWORD, code=app.code()
    )
    assert done.text.count("<li><code>") == 10
    await send(browser, "/account", "/sign-out")

    half = await send(browser, "/sign-in", name=email, password=PASSWORD, next="/workspace/members")
    assert half.headers["location"] == "/sign-in/code"
    assert not any(
        c.startswith("yinghuo_session=") and "Max-Age=0" not in c for c in half.headers.get_list("set-cookie")
    )
    assert (await browser.get("/workspace/members")).status_code == 401
    wrong = await send(browser, "/sign-in/code", code="000000")
    assert "验证码不正确" in wrong.text
    token = browser.cookies["yinghuo_pending_sign_in"]
    right = await send(browser, "/sign-in/code", code=app.next_code())
    assert (right.status_code, right.headers["location"]) == (303, "/workspace/members")
    assert (await browser.get("/workspace/members")).status_code == 200

    thief = await http(None)
    thief.cookies.set("yinghuo_pending_sign_in", token)
    assert (await thief.get("/sign-in/code")).headers["location"] == "/sign-in", "the first step counts once"


async def test_the_first_step_is_forgotten_after_ten_minutes(
    http: ClientFor, clock: SettableClock, partner: PartnerCompany, with_password: WithPassword
) -> None:
    email, browser = await with_password(partner.dispatcher), await http(None)
    await enrolled(await http(partner.dispatcher), clock)
    await send(browser, "/sign-in", name=email, password=PASSWORD)
    clock.advance(timedelta(minutes=11))
    assert (await browser.get("/sign-in/code")).headers["location"] == "/sign-in"


async def test_an_invitation_s_link_does_not_go_round_the_code(
    http: ClientFor,
    clock: SettableClock,
    partner: PartnerCompany,
    network: Network,
    with_password: WithPassword,
    link_to: LinkTo,
) -> None:
    """Whoever has the mailbox and the password of somebody with a second factor makes them a member nowhere."""
    inviting = await http((await network.partner()).owner)
    email = await with_password(partner.dispatcher)
    app, recovery_codes = await enrolled(await http(partner.dispatcher), clock)
    asked = await inviting.post(
        "/api/v1/invitations", json={"email": email, "display_name": "林小燕", "roles": ["dispatcher"]}
    )
    page = await link_to(UUID((await inviting.get("/api/v1/memberships")).json()[0]["tenant_id"]), email)
    link, visitor, browser = (
        page.replace("/invitations/", "/api/v1/invitation-links/"),
        await http(None),
        await http(None),
    )

    for code, refusal in (("", "second_factor.code_required"), ("000000", "second_factor.code_refused")):
        refused = await visitor.post(link, json={"password": PASSWORD, "code": code})
        assert (refused.status_code, refused.json()["code"]) == (401, refusal)
    pending_sign_in = await send(browser, page, password=PASSWORD)
    assert pending_sign_in.status_code == 401
    assert 'name="code"' in pending_sign_in.text, "the page asks for it"
    members = (await inviting.get("/api/v1/members", params={"q": email})).json()["items"]
    assert (asked.status_code, members) == (201, [])

    arrived = await send(browser, page, password=PASSWORD, code=app.next_code())
    assert (arrived.status_code, arrived.headers["location"]) == (303, "/workspace")
    assert (await visitor.post(link, json={"password": PASSWORD, "code": recovery_codes[0]})).status_code == 200


async def test_the_owner_resets_a_colleague_s_lost_one_and_nobody_resets_beyond_their_company(
    http: ClientFor, clock: SettableClock, network: Network, partner: PartnerCompany, runtime: Runtime,
    with_password: WithPassword,
) -> None:  # fmt: skip
    email, visitor = await with_password(partner.dispatcher), await http(None)
    await enrolled(await http(partner.dispatcher), clock)
    reset = f"/api/v1/members/{partner.dispatcher.membership_id}/second-factor/reset"
    owner, stranger = await http(partner.owner), await http((await network.partner()).owner)
    assert (await stranger.post(reset)).status_code == 404
    assert (await (await http(partner.dispatcher)).post(reset)).status_code == 403
    own = f"/api/v1/members/{partner.owner.membership_id}/second-factor/reset"
    assert (await owner.post(own)).status_code == 403, "one's own takes password and code"

    other = await network.partner("羊城快修")
    second = new_id()
    async with runtime.units_of_work.begin(other.system) as work:
        work.session.add(
            Membership(
                tenant_id=other.id, id=second, account_id=partner.dispatcher.account_id,
                display_name="林小燕", roles=["engineer"], created_at=work.now,
            )
        )  # fmt: skip
    assert (await owner.post(reset)).json()["code"] == "second_factor.other_memberships"
    async with runtime.units_of_work.begin(other.system) as work:
        (await work.session.get_one(Membership, (other.id, second))).state = "suspended"

    assert (await owner.post(reset)).status_code == 204
    assert (await tried(visitor, email))[0] == 201
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        letters = (await work.session.scalars(select(Delivery.text).where(Delivery.address == email))).all()
    assert any("重设了您的两步验证" in text for text in letters)
    assert (await owner.post(reset)).json()["code"] == "second_factor.not_set_up"


async def test_the_operator_helps_whoever_is_locked_out(
    http: ClientFor, clock: SettableClock, partner: PartnerCompany, runtime: Runtime, with_password: WithPassword
) -> None:
    email, visitor = await with_password(partner.owner), await http(None)
    await enrolled(await http(partner.owner), clock)
    dependencies = IdentityDependencies.of(runtime, DeliveryQueue())
    with pytest.raises(NotFound):
        await reset_second_factor(runtime.units_of_work, dependencies, "nobody@example.com")
    await reset_second_factor(runtime.units_of_work, dependencies, email)
    assert (await tried(visitor, email))[0] == 201


async def test_the_seed_is_nowhere_in_the_database_and_outlives_a_change_of_secret(
    http: ClientFor, clock: SettableClock, network: Network, partner: PartnerCompany, test_settings: Settings,
    with_password: WithPassword,
) -> None:  # fmt: skip
    await with_password(partner.dispatcher)
    begun = (await (await http(partner.dispatcher)).post(FACTOR)).json()
    async with network.signin.sessions() as session:
        kept = await session.get_one(AccountSecondFactor, partner.dispatcher.account_id)
    assert begun["seed"] not in kept.sealed_seed
    changed = test_settings.model_copy(
        update={"secret": SecretStr("x" * 40), "former_secrets": (test_settings.secret,)}
    )
    assert SecretCipher(changed.all_secrets, "second factor").decrypt(kept.sealed_seed) == begun["seed"]
    for secrets, purpose in ((changed.all_secrets[:1], "second factor"), (changed.all_secrets, "something else")):
        with pytest.raises(DecryptionFailed):
            SecretCipher(secrets, purpose).decrypt(kept.sealed_seed)


def test_production_does_without_for_nobody() -> None:
    given: dict[str, Any] = {
        "database_url": "postgresql://app@localhost/y",
        "redis_url": "redis://localhost",
        "public_url": "https://y.example",
        "secret": "a secret for tests that is long enough",
    }
    assert Settings(environment="production", **given).second_factor_required
    assert not Settings(environment="demo", **given).second_factor_required
    with pytest.raises(ValidationError, match="cannot be switched off"):
        Settings(environment="production", require_second_factor=False, **given)
