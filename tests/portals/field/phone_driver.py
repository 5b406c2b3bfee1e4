"""Visits for tests of the engineer's phone, and actions on its pages."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from playwright.async_api import BrowserContext, Error, Page, expect
from sqlalchemy import select

from app.desk.tickets import (
    Assignment,
    Channel,
    DispatchService,
    TicketCreate,
    TicketCreation,
    VisitService,
)
from app.desk.tickets.models import ServiceReport, Ticket, TicketEvent
from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from tests.factories.network import PartnerCompany

WORDS = "更换内存条并除尘，开机正常"


@dataclass
class Desk:
    """Creates tickets and visits for one engineer."""

    runtime: Runtime
    partner: PartnerCompany
    engineer: Actor
    device_id: UUID

    async def visit_planned(self) -> "Job":
        """A visit that the engineer has not seen yet."""
        now = self.runtime.clock.now()
        async with self.runtime.units_of_work.begin(self.partner.dispatcher) as work:
            fault = TicketCreate(subject="开机后反复重启", device_id=self.device_id, contact_phone="0592-5550123")
            ticket = await TicketCreation(work).create(fault, Channel.HOT_LINE)
            assert self.engineer.membership_id
            plan = Assignment(self.engineer.membership_id, now, now + timedelta(hours=1))
            visit_id = await DispatchService(work).assign(ticket.id, plan)
        return Job(self.runtime, self.engineer, ticket.id, visit_id)

    async def visit_at_work(self) -> "Job":
        """A visit in the state `on_site`."""
        job = await self.visit_planned()
        for step in (VisitService.accept, VisitService.depart, VisitService.arrive):
            async with self.runtime.units_of_work.begin(self.engineer) as work:
                await step(VisitService(work), job.visit_id)
        return job

    async def given_to(self, other: Actor, job: "Job") -> None:
        """Assign the ticket to another engineer."""
        now = self.runtime.clock.now()
        assert other.membership_id
        async with self.runtime.units_of_work.begin(self.partner.dispatcher) as work:
            plan = Assignment(other.membership_id, now, now + timedelta(hours=1))
            await DispatchService(work).assign(job.ticket_id, plan)


@dataclass
class Job:
    runtime: Runtime
    engineer: Actor
    ticket_id: UUID
    visit_id: UUID

    @property
    def page(self) -> str:
        return f"/field/visits/{self.visit_id}"

    async def states(self) -> list[str]:
        """Every state that the ticket came to, in order."""
        async with self.runtime.units_of_work.begin(self.engineer) as work:
            lines = await work.session.scalars(
                select(TicketEvent.state)
                .where(TicketEvent.ticket_id == self.ticket_id, TicketEvent.kind == "state")
                .order_by(TicketEvent.occurred_at, TicketEvent.id)
            )
            return list(lines)

    async def resolutions(self) -> int:
        """How often the ticket was resolved."""
        return (await self.states()).count("resolved")

    async def ticket(self) -> Ticket:
        async with self.runtime.units_of_work.begin(self.engineer) as work:
            return (await work.session.scalars(select(Ticket).where(Ticket.id == self.ticket_id))).one()

    async def reports(self) -> list[ServiceReport]:
        async with self.runtime.units_of_work.begin(self.engineer) as work:
            found = await work.session.scalars(select(ServiceReport).where(ServiceReport.visit_id == self.visit_id))
            return list(found)


async def fill(page: Page) -> None:
    await page.get_by_label("做了什么").fill(WORDS)
    await page.get_by_label("用了几分钟").fill("25")
    await expect(page.locator("#work")).to_have_attribute("data-draft-kept", "true")


async def sign(page: Page) -> None:
    sheet = page.locator(".signature canvas")
    await sheet.scroll_into_view_if_needed()
    box = await sheet.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 40, box["y"] + 40)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 120, box["y"] + 70, steps=6)
    await page.mouse.up()


async def press(page: Page, name: str) -> None:
    """The button or link with that name."""
    await page.get_by_role("button", name=name, exact=True).click()


async def waiting(page: Page, count: int) -> None:
    """That many records wait on the phone, and the page says so; with none, it says nothing.

    A page that has just been opened says nothing either before it has looked, so what waits is read from the
    phone itself.
    """
    box = page.locator("[data-outbox]")
    if count:
        await expect(box).to_contain_text(f"{count} 项记录等待发送")
    else:
        await until(page, lambda: _nothing_waits(page), "the last record sent from the phone")
        await expect(box).to_be_hidden()


_COUNT_WAITING = """() => new Promise((resolve, reject) => {
    const opening = indexedDB.open("yinghuo", 1);
    let absent = false;
    opening.onupgradeneeded = () => { absent = true; opening.transaction.abort(); };
    opening.onerror = () => absent ? resolve(0) : reject(opening.error);
    opening.onsuccess = () => {
        const counting = opening.result.transaction("outbox").objectStore("outbox").count();
        counting.onsuccess = () => { opening.result.close(); resolve(counting.result); };
        counting.onerror = () => reject(counting.error);
    };
})"""


async def _nothing_waits(page: Page) -> bool:
    """Whether the phone's outbox is empty."""
    return bool(await evaluate(page, _COUNT_WAITING) == 0)


async def evaluate(page: Page, script: str) -> Any:
    """The script's answer. Once the outbox is sent, the page loads itself anew, and the script is asked again there."""
    for _ in range(20):
        try:
            return await page.evaluate(script)
        except Error as error:
            if "Execution context was destroyed" not in error.message:
                raise
            await page.wait_for_load_state("domcontentloaded")
    raise AssertionError("the page never stays")


async def until(page: Page, seen: Callable[[], Awaitable[bool]], what: str) -> None:
    """Poll `seen` on every animation frame, for effects of the service worker.

    Raises:
        AssertionError: not seen in 600 frames; `what` names it.
    """
    for _ in range(600):
        if await seen():
            return
        await evaluate(page, "new Promise(requestAnimationFrame)")
    raise AssertionError(f"never came: {what}")


async def cached_pages(page: Page) -> list[str]:
    """The addresses of the pages in the phone's cache."""
    found: list[str] = await evaluate(
        page, "async () => (await (await caches.open('pages')).keys()).map((each) => new URL(each.url).pathname)"
    )
    return found


async def open_today(page: Page, *jobs: Job) -> None:
    """Open the day's list and wait until the visits are cached."""
    await page.goto("/field")
    await until(page, lambda: _all_cached(page, jobs), "the day's visits on the phone")


async def _all_cached(page: Page, jobs: tuple[Job, ...]) -> bool:
    return {"/field", *(job.page for job in jobs)} <= set(await cached_pages(page))


async def online(phone: BrowserContext, page: Page) -> None:
    """The network is back, and the browser has noticed."""
    await phone.set_offline(False)
    await page.wait_for_function("navigator.onLine")
