"""A member hears of each thing once, in the own language and bell, and is not buried in e-mails."""

import asyncio
from typing import Any

from sqlalchemy import select, text

from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from app.platform.notifications import MemberRecipient, Notice, Severity, notify
from app.platform.notifications.models import Delivery
from app.platform.notifications.service import NOTICES_PER_HOUR
from tests.conftest import ClientFor
from tests.factories.background import run_due_work
from tests.factories.network import Network, PartnerCompany

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
TEXT = N_("您有更多通知")


def address_of(actor: Actor, email: str = "", language: str = "zh-CN") -> MemberRecipient:
    assert actor.membership_id
    return MemberRecipient(membership_id=actor.membership_id, client_id=actor.client_id, email=email, language=language)


def notice(reference: str = "escalation:1:50", **more: Any) -> Notice:
    return Notice(reference=reference, text=TEXT, link="/workspace/tickets/1", severity=Severity.URGENT, **more)


async def tell(runtime: Runtime, partner: PartnerCompany, what: Notice, *recipients: MemberRecipient) -> int:
    async with runtime.units_of_work.begin(partner.system) as work:
        return await notify(work, recipients, what, public_url=runtime.settings.public_url)


async def mailed(runtime: Runtime, partner: PartnerCompany) -> list[Delivery]:
    async with runtime.units_of_work.begin(partner.system) as work:
        return list(await work.session.scalars(select(Delivery).order_by(Delivery.created_at, Delivery.id)))


async def test_each_member_is_told_once_and_in_the_own_language(
    runtime: Runtime, partner: PartnerCompany, http: ClientFor
) -> None:
    owner, dispatcher = address_of(partner.owner, "a@a.example"), address_of(partner.dispatcher, "b@a.example", "en")
    assert await tell(runtime, partner, notice(), owner, dispatcher, owner) == 2
    assert await tell(runtime, partner, notice(), owner, dispatcher) == 0

    english = (await (await http(partner.dispatcher)).get("/api/v1/notifications")).json()["items"]
    assert [line["text"] for line in english] == ["You have more notifications"]
    chinese = (await (await http(partner.owner)).get("/api/v1/notifications")).json()["items"]
    assert [line["text"] for line in chinese] == [TEXT]
    messages = await mailed(runtime, partner)
    assert {(one.address, one.subject) for one in messages} == {
        ("a@a.example", TEXT),
        ("b@a.example", "You have more notifications"),
    }
    assert all(f"{runtime.settings.public_url}/workspace/tickets/1" in one.text for one in messages)


async def test_a_storm_becomes_one_email_that_points_to_the_bell(
    runtime: Runtime, partner: PartnerCompany, http: ClientFor
) -> None:
    owner = address_of(partner.owner, "storm@a.example")
    for number in range(NOTICES_PER_HOUR + 5):
        await tell(runtime, partner, notice(f"escalation:{number}:50"), owner)
    await run_due_work(runtime)
    messages = await mailed(runtime, partner)
    assert len(messages) == NOTICES_PER_HOUR + 1
    assert messages[-1].reference.startswith("digest:")
    assert "/notifications" in messages[-1].text
    items = (await (await http(partner.owner)).get("/api/v1/notifications")).json()["items"]
    assert len(items) == NOTICES_PER_HOUR + 5


async def test_mails_from_two_sides_at_once_are_counted_one_after_the_other(
    runtime: Runtime, partner: PartnerCompany
) -> None:
    owner, other = address_of(partner.owner, "storm@b.example"), address_of(partner.dispatcher, "a@b.example")
    for number in range(NOTICES_PER_HOUR - 1):
        await tell(runtime, partner, notice(f"escalation:{number}:50"), owner, other)
    async with runtime.units_of_work.begin(partner.system) as work:
        await notify(work, (owner, other), notice("first"), public_url=runtime.settings.public_url)
        second = asyncio.create_task(tell(runtime, partner, notice("second"), other, owner))
        # Until it waits for the first, or has not waited at all.
        while not second.done():
            if await work.session.scalar(text(WAITING)):
                break
    await second
    messages = await mailed(runtime, partner)
    for address in (owner.email, other.email):
        references = [one.reference for one in messages if one.address == address]
        assert len(references) == NOTICES_PER_HOUR + 1
        assert references[-1].startswith("digest:"), "the twenty-first mail of the hour"


async def test_a_member_reads_the_own_bell_and_nobody_elses(
    runtime: Runtime, network: Network, partner: PartnerCompany, http: ClientFor
) -> None:
    client = await network.client(partner)
    await tell(runtime, partner, notice(), address_of(partner.owner))
    await tell(runtime, partner, notice("for:client"), address_of(client.contact))
    owner, dispatcher, contact = [await http(one) for one in (partner.owner, partner.dispatcher, client.contact)]
    (line,) = (await owner.get("/api/v1/notifications")).json()["items"]
    (for_contact,) = (await contact.get("/api/v1/notifications")).json()["items"]

    assert (await dispatcher.get("/api/v1/notifications")).json()["items"] == []
    for stranger in (dispatcher, contact):
        assert (await stranger.post(f"/api/v1/notifications/{line['id']}/read")).status_code == 404
    read = await contact.post(f"/api/v1/notifications/{for_contact['id']}/read")
    assert read.status_code == 200
    assert read.json()["read_at"] is not None
    assert (await contact.post("/api/v1/notifications/read")).status_code == 204
    (line,) = (await owner.get("/api/v1/notifications")).json()["items"]
    assert line["read_at"] is None
    assert (await (await http(None)).get("/api/v1/notifications")).status_code == 401


async def test_a_reporter_has_no_bell(network: Network, partner: PartnerCompany, http: ClientFor) -> None:
    _, reporter = await network.device(await network.client(partner))
    assert (await (await http(reporter)).get("/api/v1/notifications")).status_code == 403


async def test_the_bell_is_paged(runtime: Runtime, partner: PartnerCompany, http: ClientFor) -> None:
    for number in range(5):
        await tell(runtime, partner, notice(f"page:{number}"), address_of(partner.owner))
    owner = await http(partner.owner)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = (
            await owner.get("/api/v1/notifications", params={"limit": "2", **({"cursor": cursor} if cursor else {})})
        ).json()
        seen += [line["id"] for line in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5


async def test_bell_and_page_show_lines_and_lead_on(
    runtime: Runtime, network: Network, partner: PartnerCompany, http: ClientFor
) -> None:
    client = await network.client(partner)
    engineer = await network.member(partner.id, "小陈", ["engineer"])
    for actor in (partner.owner, client.contact, engineer, network.administrator):
        browser = await http(actor)
        assert (await browser.get("/notifications")).status_code == 200
    await tell(runtime, partner, notice(), address_of(partner.owner))
    owner = await http(partner.owner)
    bell = await owner.get("/notifications/bell")
    assert "1 条未读" in bell.text
    assert TEXT in bell.text
    (line,) = (await owner.get("/api/v1/notifications")).json()["items"]
    opened = await owner.post(f"/notifications/{line['id']}/open")
    assert (opened.status_code, opened.headers["location"]) == (303, "/workspace/tickets/1")
    assert "未读" not in (await owner.get("/notifications/bell")).text
    all_read = await owner.post("/notifications/read")
    assert all_read.headers["location"] == "/notifications"
