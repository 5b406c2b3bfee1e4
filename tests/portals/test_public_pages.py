"""The public pages and headquarters' pages of applications and partners, without scripts."""

import re
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.notifications.models import Delivery
from tenants.partners.events import ApplicationApproved
from tenants.partners.tasks import provision
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.tenants.partners.applicants import code_sent_to, company, letters_to

pytestmark = pytest.mark.usefixtures("an_hour_later")

CONTACT = ("contact_name", "mobile", "email")


class Browser:
    """Follows links and sends forms with the token that the page carried."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.page: httpx.Response

    async def open(self, address: str) -> str:
        self.page = await self._client.get(address, follow_redirects=True)
        return self.page.text

    async def send(self, address: str, **fields: Any) -> httpx.Response:
        token = re.search(r'name="_csrf_token" value="([^"]+)"', self.page.text)
        assert token
        self.page = await self._client.post(address, data={**fields, "_csrf_token": token[1]}, follow_redirects=True)
        return self.page


@pytest.fixture
async def visitor(http: ClientFor) -> Browser:
    return Browser(await http(None))


@pytest.fixture
async def headquarters(http: ClientFor, network: Network) -> Browser:
    """Signed in by cookie, as browsers are."""
    client = await http(None)
    client.cookies.set("yinghuo_session", await network.token(network.administrator), domain="127.0.0.1")
    return Browser(client)


async def apply_by_page(visitor: Browser, runtime: Runtime, **changes: Any) -> dict[str, Any]:
    """Through the three steps; the receipt's page is open afterwards."""
    wish = company(**changes)
    await visitor.open("/join")
    await visitor.send("/join", **{name: value for name, value in wish.items() if name not in CONTACT})
    assert visitor.page.url.path == "/join/contact"
    await visitor.send("/join/contact", **{name: wish[name] for name in CONTACT})
    assert visitor.page.url.path == "/join/verify"
    await visitor.send("/join/verify", email_code=await code_sent_to(runtime, wish["email"]))
    assert visitor.page.url.path.startswith("/join/status/")
    number = re.search(r"SQ-\d{8}-\d{4}", visitor.page.text)
    assert number
    return wish | {"number": number[0]}


async def open_application(headquarters: Browser, number: str) -> str:
    """Headquarters looks the application up; returns its address."""
    listed = await headquarters.open(f"/hq/applications?q={number}&state=all")
    found = re.search(r"/hq/applications/[0-9a-f-]{36}", listed)
    assert found
    await headquarters.open(found[0])
    return found[0]


async def provision_all(runtime: Runtime) -> None:
    """Provision approved partners as the worker does."""
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        events = await work.session.scalars(
            select(OutboxEvent.payload).where(OutboxEvent.topic == ApplicationApproved.topic)
        )
        payloads = list(events)
    for payload in payloads:
        await provision(runtime, HQ_TENANT_ID, new_id(), payload)


async def test_a_company_joins_by_its_browser(visitor: Browser, headquarters: Browser, runtime: Runtime) -> None:
    wish = await apply_by_page(visitor, runtime)
    assert "申请已收到" in visitor.page.text
    followed = str(visitor.page.url)

    address = await open_application(headquarters, wish["number"])
    assert wish["email"] in headquarters.page.text
    await headquarters.send(
        f"{address}/approve",
        version="1",
        star_level="4",
        territory="厦门、漳州市",
        authorisations=["hardware", "network"],
        begin_as="trial",
        slug=wish["slug"],
        reason="",
    )
    assert headquarters.page.url.path == address
    assert "已通过" in headquarters.page.text
    await provision_all(runtime)

    assert "欢迎加入萤火" in await visitor.open(followed)
    listed = await visitor.open("/partners?city=350600&category=network")
    assert wish["legal_name"] in listed
    assert 'href="tel:0592-5550119"' in listed
    assert wish["legal_name"] not in await visitor.open("/partners?city=350600&category=data_recovery")
    assert "漳州市" in await visitor.open("/")


async def test_the_owner_is_invited(visitor: Browser, headquarters: Browser, runtime: Runtime) -> None:
    wish = await apply_by_page(visitor, runtime)
    address = await open_application(headquarters, wish["number"])
    await headquarters.send(
        f"{address}/approve", version="1", star_level="3", territory="厦门", begin_as="active", slug="", reason=""
    )
    await provision_all(runtime)
    await provision_all(runtime)
    partner_id = await id_of_partner(runtime, address)
    async with runtime.units_of_work.begin(Actor.system(partner_id)) as work:
        letters = list(await work.session.scalars(select(Delivery).where(Delivery.address == wish["email"])))
    assert len(letters) == 1
    link = re.search(r"http://127\.0\.0\.1:8000(/invitations/\S+)", letters[0].text)
    assert link
    assert "厦门鹭光" in await visitor.open(link[1])


async def id_of_partner(runtime: Runtime, application_address: str) -> UUID:
    """The tenant that an application became."""
    application_id = application_address.rsplit("/", 1)[1]
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        payloads = await work.session.scalars(
            select(OutboxEvent.payload).where(OutboxEvent.topic == ApplicationApproved.topic)
        )
        return UUID(next(each["partner_id"] for each in payloads if each["application_id"] == application_id))


async def test_typed_words_stay_where_something_is_wrong(visitor: Browser) -> None:
    await visitor.open("/join")
    wish = company(credit_code="91350200XXXX", legal_name="鹭岛<b>信息</b>")
    page = await visitor.send("/join", **{name: value for name, value in wish.items() if name not in CONTACT})
    assert page.status_code == 422
    assert "应为 18 位，现在是 12 位" in page.text
    assert 'value="91350200XXXX"' in page.text
    assert "鹭岛&lt;b&gt;信息" in page.text
    assert 'aria-invalid="true"' in page.text


async def test_going_back_finds_what_was_typed(visitor: Browser) -> None:
    wish = company()
    await visitor.open("/join")
    await visitor.send("/join", **{name: value for name, value in wish.items() if name not in CONTACT})
    assert wish["legal_name"] in await visitor.open("/join")


async def test_steps_are_taken_in_order(visitor: Browser) -> None:
    await visitor.open("/join/verify")
    assert visitor.page.url.path == "/join"


async def test_a_wrong_code_lets_try_again_and_a_new_one_waits_a_minute(visitor: Browser, runtime: Runtime) -> None:
    wish = company()
    await visitor.open("/join")
    await visitor.send("/join", **{name: value for name, value in wish.items() if name not in CONTACT})
    await visitor.send("/join/contact", **{name: wish[name] for name in CONTACT})
    code = await code_sent_to(runtime, wish["email"])
    page = await visitor.send("/join/verify", email_code="000000" if code != "000000" else "111111")
    assert page.status_code == 422
    assert "验证码不正确或已过期" in page.text
    page = await visitor.send("/join/codes")
    assert page.status_code == 429
    assert page.headers["retry-after"] == "60"
    await visitor.open("/join/verify")
    await visitor.send("/join/verify", email_code=code)
    assert visitor.page.url.path.startswith("/join/status/")


async def test_a_meddled_draft_starts_again(visitor: Browser, http: ClientFor) -> None:
    client = await http(None)
    client.cookies.set("yinghuo_join", "bm9uc2Vuc2U", domain="127.0.0.1", path="/join")
    browser = Browser(client)
    await browser.open("/join/contact")
    assert browser.page.status_code == 200
    assert browser.page.url.path == "/join"


async def test_a_rejection_without_a_reason_is_drawn_again(
    visitor: Browser, headquarters: Browser, runtime: Runtime
) -> None:
    wish = await apply_by_page(visitor, runtime)
    followed = str(visitor.page.url)
    address = await open_application(headquarters, wish["number"])
    page = await headquarters.send(f"{address}/reject", version="1", rejection_reason="")
    assert page.status_code == 422
    assert "请填写这一项" in page.text
    await headquarters.send(f"{address}/reject", version="1", rejection_reason="资料与工商登记不符")
    assert "未通过" in headquarters.page.text
    assert "资料与工商登记不符" in await visitor.open(followed)
    assert "资料与工商登记不符" in (await letters_to(runtime, wish["email"]))[-1].text


async def test_an_approval_with_an_unknown_city_keeps_what_was_typed(
    visitor: Browser, headquarters: Browser, runtime: Runtime
) -> None:
    wish = await apply_by_page(visitor, runtime)
    address = await open_application(headquarters, wish["number"])
    page = await headquarters.send(
        f"{address}/approve",
        version="1",
        star_level="5",
        territory="厦门、亚特兰蒂斯",
        begin_as="trial",
        slug="",
        reason="",
    )
    assert page.status_code == 422
    assert "厦门、亚特兰蒂斯" in page.text
    assert "请填写城市名称" in page.text


async def test_a_partner_is_graded_and_suspended_by_page(
    visitor: Browser, headquarters: Browser, runtime: Runtime
) -> None:
    wish = await apply_by_page(visitor, runtime)
    application = await open_application(headquarters, wish["number"])
    await headquarters.send(
        f"{application}/approve", version="1", star_level="3", territory="拉萨", begin_as="active", slug="", reason=""
    )
    await provision_all(runtime)
    address = f"/hq/partners/{await id_of_partner(runtime, application)}"
    await headquarters.open(address)

    def version() -> str:
        found = re.search(r'name="version" value="(\d+)"', headquarters.page.text)
        assert found
        return found[1]

    await headquarters.send(
        f"{address}/grading", version=version(), star_level="5", territory="拉萨、日喀则", reason="季度评定"
    )
    assert "季度评定" in headquarters.page.text
    assert "日喀则市" in headquarters.page.text
    await headquarters.send(f"{address}/steps", version=version(), step="suspend", step_reason="欠缴加盟费")
    assert "暂停中" in headquarters.page.text
    assert wish["legal_name"] not in await visitor.open("/partners?city=540100")
    page = await headquarters.send(f"{address}/steps", version=version(), step="suspend", step_reason="再来一次")
    assert page.status_code == 409
    assert wish["legal_name"] in await headquarters.open("/hq/partners?state=suspended")


async def test_other_people_do_not_enter_headquarters(visitor: Browser, http: ClientFor, network: Network) -> None:
    await visitor.open("/hq/applications")
    assert visitor.page.status_code == 401
    owner = await http((await network.partner()).owner)
    assert (await owner.get("/hq/applications")).status_code == 403
    assert (await owner.get("/partners")).status_code == 200


@pytest.mark.parametrize(
    ("address", "words"),
    [("/", "When a computer fails, a light is near"), ("/partners", "All vetted"), ("/join", "Full company name")],
)
async def test_public_pages_speak_english(http: ClientFor, address: str, words: str) -> None:
    page = await (await http(None)).get(address, headers={"accept-language": "en"})
    assert words in page.text
    assert '<html lang="en"' in page.text
