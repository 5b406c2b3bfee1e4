"""Another mobile number: the code proves it, the owner hears of it, nobody learns whose a number is."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SettableClock
from app.platform.notifications.models import Delivery
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.identity.conftest import PASSWORD, WithPassword

NUMBERS = (f"139{number:08}" for number in range(10, 100))


@pytest.fixture(scope="module")
def test_settings(test_settings: Settings) -> Settings:
    """Here SMS are configured."""
    return test_settings.model_copy(update={"sms_access_key_id": "key"})


@pytest.fixture
async def member(network: Network, with_password: WithPassword) -> Actor:
    partner = await network.partner()
    await with_password(partner.dispatcher)
    return partner.dispatcher


async def code_for(runtime: Runtime, number: str) -> str:
    """The newest code that went to a number; empty where none did."""
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        texts = await work.session.scalars(
            select(Delivery.text).where(Delivery.address == number).order_by(Delivery.id.desc())
        )
        found = re.search(r"\d{6}", texts.first() or "")
    return found[0] if found else ""


async def ask(browser: httpx.AsyncClient, number: str, password: str = PASSWORD) -> httpx.Response:
    return await browser.post("/api/v1/account/mobile", json={"mobile": number, "password": password})


async def test_the_code_makes_the_number_a_name_to_sign_in_with(
    member: Actor, http: ClientFor, runtime: Runtime
) -> None:
    number, browser = next(NUMBERS), await http(member)
    assert (await ask(browser, f"+86 {number}")).status_code == 202
    code = await code_for(runtime, number)
    assert (await browser.put("/api/v1/account/mobile", json={"code": code})).status_code == 204
    assert (await browser.get("/api/v1/account")).json()["mobile"] == number
    visitor = await http(None)
    assert (await visitor.post("/api/v1/sessions", json={"name": number, "password": PASSWORD})).status_code == 201
    assert (await browser.put("/api/v1/account/mobile", json={"code": code})).status_code == 422, "it works once"


async def test_the_owner_hears_of_it(member: Actor, http: ClientFor, runtime: Runtime) -> None:
    number, browser = next(NUMBERS), await http(member)
    await ask(browser, number)
    await browser.put("/api/v1/account/mobile", json={"code": await code_for(runtime, number)})
    email = (await browser.get("/api/v1/account")).json()["email"]
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        texts = (await work.session.scalars(select(Delivery.text).where(Delivery.address == email))).all()
    assert any("手机号已更改" in text for text in texts)


async def test_wrong_old_and_replaced_codes_change_nothing(
    member: Actor, http: ClientFor, runtime: Runtime, clock: SettableClock
) -> None:
    number, browser = next(NUMBERS), await http(member)
    await ask(browser, number)
    first = await code_for(runtime, number)
    wrong = "000000" if first != "000000" else "111111"
    assert (await browser.put("/api/v1/account/mobile", json={"code": wrong})).status_code == 422
    clock.advance(timedelta(seconds=1))
    await ask(browser, number)
    second = await code_for(runtime, number)
    if first != second:
        assert (await browser.put("/api/v1/account/mobile", json={"code": first})).status_code == 422
    clock.advance(timedelta(minutes=11))
    assert (await browser.put("/api/v1/account/mobile", json={"code": second})).status_code == 422
    assert (await browser.get("/api/v1/account")).json()["mobile"] is None


async def test_nobody_learns_whose_a_number_is_and_nobody_guesses(
    member: Actor, http: ClientFor, network: Network, runtime: Runtime, with_password: WithPassword
) -> None:
    number, browser = next(NUMBERS), await http(member)
    await ask(browser, number)
    await browser.put("/api/v1/account/mobile", json={"code": await code_for(runtime, number)})
    other = (await network.partner()).dispatcher
    await with_password(other)
    curious = await http(other)
    before = await code_for(runtime, number)
    assert (await ask(curious, number)).status_code == 202, "as for any number"
    assert await code_for(runtime, number) == before, "but nothing is sent"
    assert (await ask(curious, next(NUMBERS), "wrong")).status_code == 422
    statuses = [(await curious.put("/api/v1/account/mobile", json={"code": "123456"})).status_code for _ in range(12)]
    assert statuses[-1] == 429


async def test_the_same_on_the_account_s_page(member: Actor, http: ClientFor, runtime: Runtime) -> None:
    number, browser = next(NUMBERS), await http(member)
    wrong = await browser.post("/account/mobile", data={"mobile": "12", "mobile_password": PASSWORD})
    assert wrong.status_code == 422
    form = {"mobile": number, "mobile_password": PASSWORD}
    asked = await browser.post("/account/mobile", data=form)
    assert asked.headers["location"] == "/account?done=code"
    assert "短信验证码" in (await browser.get("/account?done=code")).text
    assert (await browser.post("/account/mobile", data={"code": "abc"})).status_code == 422
    done = await browser.post("/account/mobile", data={"code": await code_for(runtime, number)})
    assert done.headers["location"] == "/account?done=mobile"
    assert number in (await browser.get("/account")).text
