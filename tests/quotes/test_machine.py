"""Whatever is tried with a quote in whatever order: its states, its offers and what was approved agree."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.people.approvals import Verdict
from app.people.approvals.models import Approval
from app.people.approvals.tasks import expire
from app.platform.kernel.errors import DomainError
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from billing.quotes import QuoteApproved, QuoteDrafts, approved_lines_of_quote, may_finish_as_billable
from billing.quotes.models import OfferedQuote, OfferedQuoteLine
from billing.quotes.schemas import QuoteReview
from billing.quotes.services.offering import QuoteReviews
from billing.quotes.states import OFFER, QUOTE
from tests.conftest import START
from tests.quotes.conftest import Shop, disk

STEPS = st.lists(
    st.sampled_from(
        (
            *("offer", "offer", "revise", "withdraw", "take back", "release", "return"),
            *("approve", "approve a part", "decline", "write", "a fortnight passes", "sweep"),
        )
    ),
    min_size=1,
    max_size=10,
)
MOVES = {
    "offer": {"draft": "offered"},
    "revise": {"offered": "draft", "declined": "draft", "expired": "draft", "withdrawn": "draft"},
    "withdraw": {"draft": "withdrawn", "in_review": "withdrawn", "offered": "withdrawn"},
    "take back": {"in_review": "draft"},
    "release": {"in_review": "offered"},
    "return": {"in_review": "draft"},
    "approve": {"offered": "approved"},
    "approve a part": {"offered": "partly_approved"},
    "decline": {"offered": "declined"},
    "write": {"draft": "draft"},
    "sweep": {},
}
OF_CLIENT = {"approve", "approve a part", "decline"}


class Story:
    """One quote of two lines, and what must be true of it."""

    def __init__(self, shop: Shop, runtime: Runtime, *, dear: bool) -> None:
        self.shop, self.runtime, self.dear = shop, runtime, dear
        self.expected = "draft"
        self.out_of_date = False

    async def run(self, steps: list[str]) -> None:
        shop = self.shop
        shop.clock.set(START)
        self.ticket_id, _ = await shop.ticket()
        lines = (disk("45", "600", "100"), disk("0", "200", "100")) if self.dear else (disk(), disk())
        self.quote_id = await shop.draft(*lines, ticket_id=self.ticket_id)
        for step in steps:
            if step == "a fortnight passes":
                shop.clock.advance(timedelta(days=15))
                self.out_of_date = self.expected in ("offered", "in_review")
                continue
            done = await self._tried(step)
            self._follow(step, done=done)
            await self._check()

    async def _tried(self, step: str) -> bool:
        shop, quote_id = self.shop, self.quote_id
        try:
            match step:
                case "offer" | "revise" | "withdraw":
                    await shop.call(step, quote_id)
                case "take back":
                    await shop.call("take_back", quote_id)
                case "release" | "return":
                    verdict = Verdict.APPROVE if step == "release" else Verdict.DECLINE
                    async with shop.units_of_work.begin(shop.manager) as work:
                        await QuoteReviews(work).decide(quote_id, verdict, QuoteReview("看过"))
                case "approve" | "approve a part" | "decline":
                    await shop.decide(quote_id, {"approve": None, "approve a part": [1], "decline": []}[step])
                case "write":
                    shown = await shop.read(quote_id)
                    await self._write(shown.lines[0].id)
                case "sweep":
                    async with shop.units_of_work.begin(shop.partner.system) as work:
                        asked = await work.session.scalars(select(Approval.id).where(Approval.subject_id == quote_id))
                        ids = list(asked)
                    await expire(self.runtime, shop.partner.id, ids)
        except DomainError:
            return False
        return True

    async def _write(self, line_id: UUID) -> None:
        async with self.shop.units_of_work.begin(self.shop.dispatcher) as work:
            wanted = disk("45", "600", "100") if self.dear else disk()
            await QuoteDrafts(work).write_free_line(self.quote_id, wanted, line_id)

    def _follow(self, step: str, *, done: bool) -> None:
        if step == "sweep":
            if self.out_of_date:
                self.expected = {"offered": "expired", "in_review": "draft"}[self.expected]
            self.out_of_date = False
            return
        after = MOVES[step].get(self.expected)
        if self.out_of_date and (step in OF_CLIENT or step in ("release", "return")):
            after = None
        assert done == (after is not None), (step, self.expected)
        if after is not None:
            self.expected = "in_review" if step == "offer" and self.dear else after
            self.out_of_date = False

    async def _check(self) -> None:
        shown = await self.shop.read(self.quote_id)
        assert shown.state == self.expected
        async with self.shop.units_of_work.begin(self.shop.partner.system) as work:
            offers = (
                await work.session.scalars(
                    select(OfferedQuote).where(OfferedQuote.quote_id == self.quote_id).order_by(OfferedQuote.edition)
                )
            ).all()
            lines = await approved_lines_of_quote(work, self.quote_id)
            said = await work.session.scalars(
                select(OfferedQuoteLine.decision).where(
                    OfferedQuoteLine.offered_quote_id.in_([offer.id for offer in offers])
                )
            )
            events = await work.session.scalars(select(OutboxEvent).where(OutboxEvent.topic == QuoteApproved.topic))
            told = [each for each in events if each.payload["quote_id"] == str(self.quote_id)]
            billable = await may_finish_as_billable(work, self.ticket_id)
            waiting = await work.session.scalars(
                select(Approval.subject_kind).where(Approval.subject_id == self.quote_id, Approval.state == "requested")
            )
            asked = list(waiting)
        approved = {"approved": 2, "partly_approved": 1}.get(self.expected, 0)
        assert len(lines) == approved
        assert len(told) == (1 if approved else 0), "told once"
        assert billable == (bool(approved) or self.expected == "withdrawn")
        assert [offer.edition for offer in offers] == list(range(1, len(offers) + 1))
        assert sum(offer.state == "offered" for offer in offers) == (self.expected == "offered"), "one waits, or none"
        assert all(offer.state in OFFER.final for offer in offers[:-1])
        assert asked == {"offered": ["offered_quote"], "in_review": ["quote"]}.get(self.expected, [])
        assert len({offer.number for offer in offers}) <= 1
        assert shown.number == (offers[0].number if offers else "")
        assert approved or "approved" not in list(said)
        assert QUOTE.final == {"approved", "partly_approved"}


@pytest.mark.slow(8, "each example tries up to ten things on the database")
async def test_any_order_leaves_quote_offers_and_approvals_in_one_state(shop: Shop, runtime: Runtime) -> None:
    loop = asyncio.get_running_loop()

    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=STEPS, dear=st.booleans())
    def tried(steps: list[str], *, dear: bool) -> None:
        story = Story(shop, runtime, dear=dear).run(steps)
        asyncio.run_coroutine_threadsafe(story, loop).result()

    await asyncio.to_thread(tried)
