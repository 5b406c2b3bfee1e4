"""Device number and PIN: who comes in, and what strangers cannot learn (I4)."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis
from sqlalchemy import update

from app.assets.devices.models import Device, DeviceLabel
from app.desk.intake.errors import SignInRefused
from app.desk.intake.schemas import LabelSignIn, PortalSignIn
from app.desk.intake.web_interface import ReporterSignIn
from app.people.identity import PasswordHashing
from app.people.identity.database_attempt_ledger import DatabaseAttemptLedger
from app.platform.http.authentication import REPORTER_COOKIE
from app.platform.kernel.errors import TooManyAttempts
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.throttle import Throttle, ThrottleUnavailable
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import Origin
from tests.factories.network import ClientCompany, Network
from tests.intake.labelled_devices import PIN, LabelledDevice, give_pin, hidden, make_labelled_device, sign_in_at_portal
from tests.statements.counting import statements

pytestmark = pytest.mark.usefixtures("monday_morning", "fresh_counters")

SECRET = b"a secret for counting tries"


@pytest.fixture(scope="module")
async def client(network: Network) -> ClientCompany:
    partner = await network.partner()
    await network.service_level(partner)
    return await network.client(partner)


@pytest.fixture(scope="module")
async def device(network: Network, client: ClientCompany) -> LabelledDevice:
    return await make_labelled_device(network, client, "XM-PC-0001")


def wrong_ways(device: LabelledDevice) -> dict[str, dict[str, str]]:
    """Everything that can be wrong, each in its own way."""
    return {
        "wrong PIN": device.typed(pin="000000"),
        "unknown number": device.typed(device_number="XM-PC-9999"),
        "unknown client": device.typed(client="nobody"),
        "unknown partner": device.typed(tenant="nobody"),
        "rubbish": device.typed(tenant="萤火\0", client="%", device_number="' OR 1=1", pin="\0"),
    }


class CountingHashes(PasswordHashing):
    """Hashes for real, and counts."""

    def __init__(self) -> None:
        super().__init__(64)
        self.verified = 0

    async def verify(self, kept: str | None, given: str) -> bool:
        self.verified += 1
        return await super().verify(kept, given)


def sign_in(runtime: Runtime, network: Network, hashes: PasswordHashing) -> ReporterSignIn:
    throttle = Throttle(runtime.redis, secret=SECRET, now=runtime.clock.now)
    return ReporterSignIn(runtime.units_of_work, network.signin, hashes, throttle, SECRET)


async def test_number_and_pin_open_a_session_of_the_holder(device: LabelledDevice, visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/api/v1/reporter-sessions", json=device.typed())
    assert answer.status_code == 201, answer.text
    session = answer.json()
    assert (session["display_name"], session["expires_in"]) == ("李静", 12 * 3600)
    bearer = {"authorization": f"Bearer {session['token']}"}
    assert (await visitor.get("/api/v1/tickets", headers=bearer)).status_code == 200
    assert (await visitor.delete("/api/v1/reporter-sessions/current", headers=bearer)).status_code == 204
    assert (await visitor.get("/api/v1/tickets", headers=bearer)).status_code == 401


@pytest.mark.parametrize("number", ["xm-pc-0001", " ＸＭ－ＰＣ－０００１ ", "XM-PC- 0001"])
async def test_a_number_may_be_typed_as_people_type(
    device: LabelledDevice, visitor: httpx.AsyncClient, number: str
) -> None:
    answer = await visitor.post("/api/v1/reporter-sessions", json=device.typed(device_number=number, pin="２７１ 828"))
    assert answer.status_code == 201, answer.text


async def test_whatever_is_wrong_the_answer_is_the_same(device: LabelledDevice, visitor: httpx.AsyncClient) -> None:
    answers = [await visitor.post("/api/v1/reporter-sessions", json=body) for body in wrong_ways(device).values()]
    told = {(answer.status_code, str({**answer.json(), "request_id": ""})) for answer in answers}
    assert len(told) == 1
    assert answers[0].status_code == 401


async def test_whatever_is_wrong_the_work_is_the_same(
    device: LabelledDevice, runtime: Runtime, network: Network
) -> None:
    work_done = set()
    for body in wrong_ways(device).values():
        hashes = CountingHashes()
        reporter_sign_in = sign_in(runtime, network, hashes)
        with statements(runtime) as seen, pytest.raises(SignInRefused):
            await reporter_sign_in.by_number(PortalSignIn(**body), Origin(network_address="10.0.0.1"))
        work_done.add((hashes.verified, len(seen)))
    assert len(work_done) == 1
    assert next(iter(work_done))[0] == 1


async def test_pages_before_the_pin_tell_nothing_of_whose_door_it_is(
    device: LabelledDevice, visitor: httpx.AsyncClient
) -> None:
    await visitor.get(device.portal)
    for known, unknown in (
        (device.portal, "/r/nobody/nobody"),
        (device.qr, f"/r/q/{device.client.partner.slug}/{'x' * 22}"),
    ):
        assert (await visitor.get(known)).text == (await visitor.get(unknown)).text


async def test_a_refused_page_is_the_same_page_for_every_reason(
    device: LabelledDevice, visitor: httpx.AsyncClient
) -> None:
    token = hidden(await visitor.get(device.portal), "_csrf_token")
    drawn = set()
    for path in (device.portal, "/r/nobody/nobody"):
        answer = await visitor.post(path, data={"_csrf_token": token, "number": device.number, "pin": "000000"})
        drawn.add((answer.status_code, answer.text))
    assert len(drawn) == 1
    status, text = next(iter(drawn))
    assert status == 401
    assert f'value="{device.number}"' in text
    assert "编号或密码不对" in text


async def test_the_labels_code_asks_for_the_pin_alone_and_only_once(
    device: LabelledDevice, visitor: httpx.AsyncClient
) -> None:
    page = await visitor.get(device.qr)
    assert 'name="number"' not in page.text
    answer = await visitor.post(device.qr, data={"_csrf_token": hidden(page, "_csrf_token"), "pin": PIN})
    assert (answer.status_code, answer.headers["location"]) == (303, "/r/report")
    assert (await visitor.get(device.qr)).headers["location"] == "/r/report"


async def test_a_revoked_label_is_like_one_that_never_was(
    network: Network, runtime: Runtime, client: ClientCompany
) -> None:
    old = await make_labelled_device(network, client, "XM-PC-0002")
    async with runtime.units_of_work.begin(client.partner.system) as work:
        await work.session.execute(
            update(DeviceLabel).where(DeviceLabel.token == old.label).values(revoked_at=work.now)
        )
    for label in (old.label, "never-was"):
        hashes = CountingHashes()
        reporter_sign_in = sign_in(runtime, network, hashes)
        with pytest.raises(SignInRefused):
            await reporter_sign_in.by_label(LabelSignIn(client.partner.slug, label, PIN), Origin())
        assert hashes.verified == 1


async def test_the_cookie_goes_to_the_employees_pages_only(device: LabelledDevice, visitor: httpx.AsyncClient) -> None:
    answer = await sign_in_at_portal(visitor, device)
    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith(f"{REPORTER_COOKIE}="))
    assert "HttpOnly" in cookie
    assert "Path=/r" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=43200" in cookie


async def test_ten_tries_for_one_device_then_a_growing_wait_for_strangers_and_none_for_who_was_there_before(
    device: LabelledDevice, visitor: httpx.AsyncClient, clock: SettableClock
) -> None:
    for body in (device.typed(pin="000000"), device.typed(device_number="XM-PC-9999")):
        for _ in range(10):
            assert (await visitor.post("/api/v1/reporter-sessions", json=body)).status_code == 401
        refused = await visitor.post("/api/v1/reporter-sessions", json=body)
        assert (refused.status_code, refused.json()["code"]) == (429, "request.too_many_attempts")
        assert int(refused.headers["retry-after"]) == 10
        clock.advance(timedelta(seconds=10))
        assert (await visitor.post("/api/v1/reporter-sessions", json=body)).status_code == 401
        assert (await visitor.post("/api/v1/reporter-sessions", json=body)).headers["retry-after"] == "20"
    clock.advance(timedelta(seconds=20))
    opened = await visitor.post("/api/v1/reporter-sessions", json=device.typed())
    assert opened.status_code == 201
    again = device.typed(known_browser=opened.json()["known_browser"])
    for _ in range(12):
        assert (await visitor.post("/api/v1/reporter-sessions", json=again)).status_code == 201
    assert (await visitor.post("/api/v1/reporter-sessions", json=device.typed())).status_code == 201, (
        "right ones count not"
    )


async def test_one_pin_tried_on_many_devices_is_stopped_too(device: LabelledDevice, visitor: httpx.AsyncClient) -> None:
    numbers = [f"XM-PC-{number:04d}" for number in range(100, 160)]
    answers = [
        await visitor.post("/api/v1/reporter-sessions", json=device.typed(device_number=number)) for number in numbers
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert (await visitor.post("/api/v1/reporter-sessions", json=device.typed())).status_code == 429


async def test_pressure_on_a_client_does_not_tell_which_numbers_exist(
    device: LabelledDevice, runtime: Runtime, network: Network
) -> None:
    reporter_sign_in = sign_in(runtime, network, CountingHashes())
    for tried in range(100):
        unknown = PortalSignIn(**device.typed(device_number=f"XM-PC-{tried + 300}"))
        with pytest.raises(SignInRefused):
            await reporter_sign_in.by_number(unknown, Origin(network_address=f"10.0.0.{tried}"))
    waits = []
    for turn, number in enumerate(("XM-PC-9999", device.number)):
        wrong, origin = (
            PortalSignIn(**device.typed(device_number=number, pin="000000")),
            Origin(network_address=f"10.0.1.{turn}"),
        )
        for _ in range(10):
            with pytest.raises(SignInRefused):
                await reporter_sign_in.by_number(wrong, origin)
        with pytest.raises(TooManyAttempts) as slowed:
            await reporter_sign_in.by_number(wrong, origin)
        waits.append(slowed.value.retry_after)
    assert waits == [10, 10]


async def test_the_many_addresses_of_one_ipv6_subscriber_count_as_one(
    device: LabelledDevice, runtime: Runtime, network: Network
) -> None:
    reporter_sign_in = sign_in(runtime, network, CountingHashes())
    for number in range(60):
        wrong = PortalSignIn(**device.typed(device_number=f"XM-PC-{number + 200}"))
        with pytest.raises(SignInRefused):
            await reporter_sign_in.by_number(wrong, Origin(network_address=f"2408:8440:1:2::{number:x}"))
    with pytest.raises(TooManyAttempts):
        await reporter_sign_in.by_number(
            PortalSignIn(**device.typed()), Origin(network_address="2408:8440:1:2:ffff::1")
        )
    with pytest.raises(SignInRefused):
        await reporter_sign_in.by_number(
            PortalSignIn(**device.typed(pin="000000")), Origin(network_address="2408:8440:1:3::1")
        )


async def test_a_replaced_pin_ends_the_session_that_it_opened(
    network: Network, runtime: Runtime, client: ClientCompany, visitor: httpx.AsyncClient
) -> None:
    shared = await make_labelled_device(network, client, "XM-PC-0003")
    await sign_in_at_portal(visitor, shared)
    assert (await visitor.get("/r/tickets")).status_code == 200
    await give_pin(runtime, shared, "314159")
    await network.signin.revoke_device(client.partner.id, shared.device_id)
    ended = await visitor.get("/r/tickets")
    assert (ended.status_code, ended.headers["location"]) == (303, shared.portal)
    refused = await visitor.post("/api/v1/reporter-sessions", json=shared.typed(pin=PIN))
    assert refused.status_code in (401, 403)


async def test_a_session_ends_after_twelve_hours(
    device: LabelledDevice, visitor: httpx.AsyncClient, clock: SettableClock
) -> None:
    await sign_in_at_portal(visitor, device)
    clock.advance(timedelta(hours=12, seconds=1))
    assert (await visitor.get("/r/report")).headers["location"] == device.portal


@pytest.mark.parametrize("change", [{"state": "retired"}, {"state": "lost"}, {"reporter_id": None}])
async def test_nobody_comes_in_by_a_device_that_is_gone(
    network: Network, runtime: Runtime, client: ClientCompany, visitor: httpx.AsyncClient, change: dict[str, Any]
) -> None:
    gone = await make_labelled_device(network, client, f"XM-GONE-{next(iter(change.values()))}".upper())
    async with runtime.units_of_work.begin(client.partner.system) as work:
        await work.session.execute(update(Device).where(Device.id == gone.device_id).values(**change))
    assert (await visitor.post("/api/v1/reporter-sessions", json=gone.typed())).status_code == 401


async def test_without_redis_strangers_wait_and_who_was_there_before_comes_in(
    device: LabelledDevice, runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)
    fallback = DatabaseAttemptLedger(runtime.engine("signin"), clock)
    blind = Throttle(nowhere, secret=SECRET, now=clock.now, fallback=fallback)
    opened = await sign_in(runtime, network, CountingHashes()).by_number(PortalSignIn(**device.typed()), Origin())
    known = opened.known_browser
    reporter_sign_in = ReporterSignIn(runtime.units_of_work, network.signin, hashes := CountingHashes(), blind, SECRET)
    with pytest.raises(ThrottleUnavailable):
        await reporter_sign_in.by_number(PortalSignIn(**device.typed()), Origin())
    assert hashes.verified == 0

    await reporter_sign_in.by_number(PortalSignIn(**device.typed(known_browser=known)), Origin())
    wrong = PortalSignIn(**device.typed(known_browser=known, pin="000000"))
    told = await asyncio.gather(
        *(reporter_sign_in.by_number(wrong, Origin()) for _ in range(15)), return_exceptions=True
    )
    assert [type(each) for each in told].count(SignInRefused) == 10, "counted in the database, however many at once"
    clock.advance(timedelta(seconds=5))
    await reporter_sign_in.by_number(PortalSignIn(**device.typed(known_browser=known)), Origin())
    await nowhere.aclose()


async def test_a_replaced_pin_makes_every_browser_a_stranger_again(
    network: Network, runtime: Runtime, client: ClientCompany
) -> None:
    """Whoever knew the old PIN gets no count of their own for guessing the new one."""
    shared = await make_labelled_device(network, client, "XM-PC-0007")
    reporter_sign_in = sign_in(runtime, network, CountingHashes())
    known = (await reporter_sign_in.by_number(PortalSignIn(**shared.typed()), Origin())).known_browser
    await give_pin(runtime, shared, "314159")
    for turn in range(10):
        wrong, origin = PortalSignIn(**shared.typed(pin="000000")), Origin(network_address=f"10.9.0.{turn}")
        with pytest.raises(SignInRefused):
            await reporter_sign_in.by_number(wrong, origin)
    with pytest.raises(TooManyAttempts):
        await reporter_sign_in.by_number(PortalSignIn(**shared.typed(known_browser=known)), Origin())
