"""What waits stands beside the navigation: each sees their own numbers, in one statement, after the page."""

from typing import Any

import httpx
import pytest

from app.desk.tickets import Channel, TicketCreate, TicketCreation
from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.runtime import Runtime
from tests.conftest import ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany
from tests.statements.statement_recorder import listen, stop_listening

COUNTS = "/navigation/counts"


@pytest.fixture
async def client(network: Network, runtime: Runtime, partner: PartnerCompany) -> ClientCompany:
    """A client with three tickets that nobody has been sent to."""
    made = await network.client(partner)
    async with runtime.units_of_work.begin(partner.system) as work:
        for subject in ("开不了机", "打印机卡纸", "上不了网"):
            fault = TicketCreate(subject=subject, client_id=made.id, contact_name="李静")
            await TicketCreation(work).create(fault, Channel.HOT_LINE)
    return made


async def counts(caller: httpx.AsyncClient) -> dict[str, Any]:
    answer = await caller.get(COUNTS)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_desk_sees_how_many_tickets_wait_for_somebody(
    client: ClientCompany, http: ClientFor, partner: PartnerCompany
) -> None:
    assert (await counts(await http(partner.dispatcher)))["tickets"] == 3
    assert (await counts(await http(partner.owner)))["approvals"] == 0


async def test_nobody_counts_what_they_may_not_see(
    client: ClientCompany, http: ClientFor, network: Network, partner: PartnerCompany
) -> None:
    stranger = await network.partner("泉州别家信息")
    assert (await counts(await http(stranger.dispatcher)))["tickets"] == 0
    of_contact = await counts(await http(client.contact))
    assert of_contact == {"tickets": 0, "contracts": 0, "quotes": 0, "recoveries": 0, "settings": 0}
    assert "approvals" not in await counts(await http(await network.engineer(partner)))
    assert (await (await http(None)).get(COUNTS)).status_code == 401


async def test_headquarters_sees_what_waits_for_it(http: ClientFor, network: Network) -> None:
    found = await counts(await http(network.administrator))
    assert set(found) == {"applications", "corrective-actions", "royalties", "settings"}


@pytest.mark.parametrize("whose", ["owner", "administrator", "contact"])
async def test_all_numbers_are_one_statement_and_no_page_waits_for_them(
    http: ClientFor, network: Network, partner: PartnerCompany, client: ClientCompany, whose: str
) -> None:
    who = {"owner": partner.owner, "administrator": network.administrator, "contact": client.contact}[whose]
    caller = await http(who)
    await caller.get(COUNTS)
    sent: list[str] = []

    def keep(_role: str, text: str, _parameters: tuple[Any, ...]) -> None:
        sent.append(text)

    listen(keep)
    try:
        await caller.get(COUNTS)
        asked = [text for text in sent if "count(" in text]
        sent.clear()
        page = await caller.get("/account")
        assert page.status_code == 200
        counted = [text for text in sent if "count(ticket" in text or "count(corrective" in text]
    finally:
        stop_listening(keep)
    assert len(asked) == 1
    assert counted == [], "a page asks for no numbers of its navigation itself"


async def test_the_settings_are_one_page_with_a_sentence_for_each(
    http: ClientFor, network: Network, partner: PartnerCompany, client: ClientCompany
) -> None:
    owner = await http(partner.owner)
    page = (await owner.get("/workspace/settings")).text
    assert "谁能登录、是什么角色；邀请同事，停用离开的人。" in page
    assert 'href="/workspace/api-tokens"' in page
    assert (await owner.get("/hq/settings")).status_code == 403
    assert (await (await http(await network.engineer(partner, "无设置"))).get("/workspace/settings")).status_code == 404
    headquarters = await network.member(HQ_TENANT_ID, "质量专员", ["hq_quality_officer"])
    assert "/hq/access" in (await (await http(headquarters)).get("/hq/settings")).text


async def test_the_palette_offers_places_and_actions_of_the_own_portal(
    http: ClientFor, partner: PartnerCompany, client: ClientCompany
) -> None:
    def links(text: str) -> set[str]:
        return {part.split('"', 1)[0] for part in text.split('href="')[1:]}

    of_owner = links((await (await http(partner.owner)).get("/navigation/palette")).text)
    assert {"/workspace/tickets", "/workspace/audit", "/workspace/settings", "/workspace/clients/new"} <= of_owner
    assert all(address.startswith("/workspace") for address in of_owner)
    of_contact = links((await (await http(client.contact)).get("/navigation/palette")).text)
    assert "/portal/report" in of_contact
    assert all(address.startswith("/portal") for address in of_contact)
