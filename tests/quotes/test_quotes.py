"""A quote from its first line to the client's answer."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select

from app.people.approvals import Verdict
from app.people.approvals.errors import ApprovalMoveRefused, BeyondLimit, OwnRequest
from app.people.approvals.tasks import expire
from app.platform.kernel.errors import DomainError, Forbidden, Invalid, NotFound, StaleVersion
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from billing.pricebook import StandardPrices, StandardPriceWrite
from billing.quotes import (
    OfferDecision,
    OfferedQuotes,
    PricedLineWrite,
    QuoteApproved,
    QuoteCreate,
    QuoteDrafts,
    Quotes,
    approved_lines,
    approved_lines_of_quote,
)
from billing.quotes.errors import (
    CostMissing,
    ForeignTicket,
    LinesUnknown,
    OfferMoveRefused,
    ProductMissing,
    QuoteEmpty,
    QuoteMoveRefused,
    QuotePriceOutOfBounds,
    ValidityPast,
)
from billing.quotes.models import OfferedQuote
from billing.quotes.rules import QuoteRules
from billing.quotes.schemas import QuoteReview, QuoteRuleWrite, QuoteView
from billing.quotes.services.offering import QuoteReviews
from tests.quotes.conftest import TODAY, Shop, disk


async def review(shop: Shop, quote_id: UUID, verdict: Verdict, by: Any, reason: str = "") -> None:
    async with shop.units_of_work.begin(by) as work:
        await QuoteReviews(work).decide(quote_id, verdict, QuoteReview(reason))


class TestWriting:
    async def test_a_line_from_the_price_book_has_its_name_unit_price_and_tax(self, shop: Shop) -> None:
        shown = await shop.read(await shop.draft(PricedLineWrite("Q-HOUR", Decimal("2.5"), Decimal(10))))
        (line,) = shown.lines
        assert (line.name, line.unit, line.unit_price, line.tax) == ("工程师工时", "小时", Decimal(200), "vat_6")
        assert (shown.gross_minor, shown.discount_minor, shown.margin) == (45000, 5000, None)

    async def test_what_the_book_does_not_sell_is_refused(self, shop: Shop) -> None:
        with pytest.raises(ProductMissing):
            await shop.draft(PricedLineWrite("NOTHING", Decimal(1)))

    async def test_a_discount_does_not_go_below_headquarters_floor(self, shop: Shop) -> None:
        async with shop.units_of_work.begin(shop.network.administrator) as work:
            bounds = (Decimal(200), Decimal(180), Decimal(300))
            found = await StandardPrices(work).of(["Q-HOUR"])
            wanted = StandardPriceWrite(
                "工程师工时", "小时", "hardware", *bounds, "vat_6", found[0].version if found else 0
            )
            await StandardPrices(work).write("Q-HOUR", wanted)
        await shop.draft(PricedLineWrite("Q-HOUR", Decimal(1), Decimal(10)))
        with pytest.raises(QuotePriceOutOfBounds) as refusal:
            await shop.draft(PricedLineWrite("Q-HOUR", Decimal(1), Decimal("10.01")))
        assert refusal.value.parameters["price"] == "179.98"

    async def test_a_part_needs_its_cost(self, shop: Shop) -> None:
        with pytest.raises(CostMissing):
            await shop.draft(disk(cost=None))

    async def test_a_ticket_brings_its_client(self, shop: Shop) -> None:
        ticket_id, _ = await shop.ticket()
        assert (await shop.read(await shop.draft(ticket_id=ticket_id))).client_id == shop.client.id
        stranger = await shop.network.client(shop.partner, "厦门第九中学")
        async with shop.units_of_work.begin(shop.dispatcher) as work:
            with pytest.raises(ForeignTicket):
                await QuoteDrafts(work).create(QuoteCreate("更换硬盘", ticket_id, stranger.id))

    @pytest.mark.parametrize("wrong", [{"quantity": 0}, {"quantity": "0.0001"}, {"discount": 101}, {"unit_price": -1}])
    def test_numbers_that_no_line_has_are_refused(self, wrong: dict[str, Any]) -> None:
        good = {"quantity": 1, "discount": 0, "unit_price": 1, "cost": 1}
        values: dict[str, Any] = {name: Decimal(value) for name, value in (good | wrong).items()}
        with pytest.raises(Invalid) as refusal:
            type(disk())(kind=disk().kind, name="硬盘", unit="块", tax="vat_13", **values)
        assert set(refusal.value.fields) == set(wrong)

    async def test_what_was_offered_is_not_written_any_more(self, shop: Shop) -> None:
        quote = await shop.offered()
        async with shop.units_of_work.begin(shop.dispatcher) as work:
            with pytest.raises(QuoteMoveRefused):
                await QuoteDrafts(work).remove_line(quote.id, quote.lines[0].id)

    async def test_an_engineer_sees_no_cost(self, shop: Shop) -> None:
        quote_id = await shop.draft(disk())
        async with shop.units_of_work.begin(shop.engineer) as work:
            with pytest.raises(Forbidden):
                await Quotes(work).get(quote_id)


class TestOffering:
    async def test_the_client_reads_lines_without_cost_or_margin(self, shop: Shop) -> None:
        quote = await shop.offered(disk(cost="311.07"))
        offer = await shop.offer_of(quote.id)
        assert (offer.title, offer.gross_minor, offer.valid_until) == ("更换硬盘", 50000, TODAY + timedelta(days=14))
        assert [(line.name, line.gross_minor) for line in offer.lines] == [("固态硬盘 1TB", 50000)]
        assert quote.margin == Decimal("0.2970")
        async with shop.units_of_work.begin(shop.approver) as work:
            content = (await work.session.scalars(select(OfferedQuote.content))).one()
            assert not any(secret in str(content) for secret in ("311.07", "cost", "margin"))

    async def test_the_first_offer_takes_the_number_and_versions_keep_it(self, shop: Shop) -> None:
        draft_only = await shop.draft(disk())
        first = await shop.offered()
        second = await shop.offered()
        assert ((await shop.read(draft_only)).number, first.number, second.number) == (
            "",
            "BJ-2026-0001",
            "BJ-2026-0002",
        )
        await shop.call("revise", first.id)
        again = await shop.call("offer", first.id)
        assert (again.number, again.version_number) == ("BJ-2026-0001", 2)
        assert [(each.number, each.state) for each in again.versions] == [(2, "offered"), (1, "replaced")]

    @pytest.mark.slow(8, "fifty drafts are written and offered")
    async def test_fifty_at_once_have_fifty_successive_numbers(self, shop: Shop) -> None:
        drafts = [await shop.draft(disk()) for _ in range(50)]
        at_once = asyncio.Semaphore(4)  # as many as there are connections

        async def offer(quote_id: UUID) -> QuoteView:
            async with at_once:
                return await shop.call("offer", quote_id)

        offered = await asyncio.gather(*(offer(quote_id) for quote_id in drafts))
        assert sorted(each.number for each in offered) == [f"BJ-2026-{place:04d}" for place in range(1, 51)]

    async def test_an_empty_quote_and_a_day_that_is_over_are_refused(self, shop: Shop) -> None:
        with pytest.raises(QuoteEmpty):
            await shop.call("offer", await shop.draft())
        quote_id = await shop.draft(disk(), valid_until=TODAY)
        shop.clock.set(datetime(2026, 11, 16, 16, tzinfo=UTC))  # the 17th in Xiamen
        with pytest.raises(ValidityPast):
            await shop.call("offer", quote_id)

    async def test_two_who_offer_at_once_offer_once(self, shop: Shop) -> None:
        quote_id = await shop.draft(disk())
        outcomes = await asyncio.gather(*(shop.call("offer", quote_id) for _ in range(5)), return_exceptions=True)
        refused = [each for each in outcomes if isinstance(each, DomainError)]
        assert len(refused) == 4
        assert all(isinstance(each, QuoteMoveRefused | StaleVersion) for each in refused)
        assert len((await shop.read(quote_id)).versions) == 1

    async def test_another_companys_quote_is_not_there(self, shop: Shop) -> None:
        quote = await shop.offered()
        stranger = await shop.network.partner()
        with pytest.raises(NotFound):
            await shop.read(quote.id, stranger.owner)
        school = await shop.network.client(shop.partner, "厦门第九中学")
        with pytest.raises(NotFound):
            await shop.offer_of(quote.id, school.contact)


class TestLimits:
    async def test_a_discount_beyond_the_role_waits_for_somebody_else(self, shop: Shop) -> None:
        quote_id = await shop.draft(disk("41", "500", "10"))  # 205.00 off; a dispatcher gives 200.00
        shown = await shop.call("offer", quote_id)
        assert (shown.state, shown.number) == ("in_review", "")
        with pytest.raises(NotFound):
            await shop.offer_of(quote_id)
        await review(shop, quote_id, Verdict.APPROVE, shop.manager)
        assert (await shop.read(quote_id)).state == "offered"
        assert (await shop.offer_of(quote_id)).gross_minor == 29500

    async def test_within_the_limit_it_goes_out_at_once(self, shop: Shop) -> None:
        assert (await shop.call("offer", await shop.draft(disk("40", "500", "10")))).state == "offered"

    async def test_a_margin_below_the_lowest_waits_too(self, shop: Shop) -> None:
        quote_id = await shop.draft(disk("0", "500", "400"))  # 442.48 net: 9.6 %
        assert (await shop.call("offer", quote_id)).state == "in_review"
        await review(shop, quote_id, Verdict.DECLINE, shop.manager, "成本太高，换一家进货")
        shown = await shop.read(quote_id)
        assert (shown.state, shown.review_reason) == ("draft", "成本太高，换一家进货")

    async def test_whoever_decides_about_margins_may_go_below_it_alone(self, shop: Shop) -> None:
        quote_id = await shop.draft(disk("0", "500", "400"), by=shop.manager)
        assert (await shop.call("offer", quote_id, shop.manager)).state == "offered"

    async def test_nobody_lets_their_own_quote_out(self, shop: Shop) -> None:
        quote_id = await shop.draft(disk("45", "5000", "10"), by=shop.manager)  # 2,250.00 off
        assert (await shop.call("offer", quote_id, shop.manager)).state == "in_review"
        for person, refusal in ((shop.manager, OwnRequest), (shop.dispatcher, Forbidden)):
            with pytest.raises(refusal):
                await review(shop, quote_id, Verdict.APPROVE, person)
        other = await shop.network.member(shop.partner.id, "孙经理", ["service_manager"])
        with pytest.raises(BeyondLimit):
            await review(shop, quote_id, Verdict.APPROVE, other)
        await review(shop, quote_id, Verdict.APPROVE, shop.partner.owner)
        assert (await shop.read(quote_id)).state == "offered"

    async def test_its_author_takes_it_back_and_nobody_lets_it_out_then(self, shop: Shop) -> None:
        quote_id = await shop.draft(disk("0", "500", "400"))
        await shop.call("offer", quote_id)
        assert (await shop.call("take_back", quote_id)).state == "draft"
        with pytest.raises(ApprovalMoveRefused):
            await review(shop, quote_id, Verdict.APPROVE, shop.manager)

    async def test_the_owner_sets_the_rule(self, shop: Shop) -> None:
        async with shop.units_of_work.begin(shop.partner.owner) as work:
            rule = QuoteRuleWrite(30, 0, None, Decimal("10.50"), None)
            shown = await QuoteRules(work).write(rule)
        assert (shown.lowest_margin, shown.dispatcher, shown.service_manager) == (None, Decimal("10.50"), None)
        quote_id = await shop.draft(disk("3", "500", "490"))  # 15.00 off
        assert (await shop.call("offer", quote_id)).state == "in_review"
        manager = await shop.draft(disk("90", "9000", "490"), by=shop.manager)
        offered = await shop.call("offer", manager, shop.manager)
        assert (offered.state, offered.valid_until) == ("offered", TODAY + timedelta(days=30))
        async with shop.units_of_work.begin(shop.partner.owner) as work:
            with pytest.raises(StaleVersion):
                await QuoteRules(work).write(rule)
        async with shop.units_of_work.begin(shop.dispatcher) as work:
            with pytest.raises(Forbidden):
                await QuoteRules(work).write(rule)


class TestDeciding:
    async def test_the_client_approves_the_whole(self, shop: Shop) -> None:
        ticket_id, _ = await shop.ticket()
        quote = await shop.offered(disk(), PricedLineWrite("Q-HOUR", Decimal(2)), ticket_id=ticket_id)
        await shop.decide(quote.id, reason="可以")
        shown = await shop.read(quote.id)
        assert (shown.state, shown.decided_by_name, shown.decision) == ("approved", "吴主任", "可以")
        async with shop.units_of_work.begin(shop.partner.system) as work:
            lines = await approved_lines(work, ticket_id)
            assert lines == await approved_lines_of_quote(work, quote.id)
            published = await work.session.scalars(select(OutboxEvent).where(OutboxEvent.topic == QuoteApproved.topic))
            payloads = [each.payload for each in published if each.payload["quote_id"] == str(quote.id)]
        assert [(line.name, line.amount.minor, line.tax_rate) for line in lines] == [
            ("固态硬盘 1TB", 50000, Decimal("0.13")),
            ("工程师工时", 40000, Decimal("0.06")),
        ]
        assert payloads == [{"quote_id": str(quote.id), "ticket_id": str(ticket_id), "client_id": str(shop.client.id)}]

    async def test_the_client_approves_a_part(self, shop: Shop) -> None:
        quote = await shop.offered(disk(), PricedLineWrite("Q-HOUR", Decimal(2)))
        offer = await shop.decide(quote.id, [1])
        assert (offer.state, [line.decision for line in offer.lines]) == ("partly_approved", ["declined", "approved"])
        async with shop.units_of_work.begin(shop.partner.system) as work:
            assert [line.name for line in await approved_lines_of_quote(work, quote.id)] == ["工程师工时"]

    async def test_the_client_declines(self, shop: Shop) -> None:
        quote = await shop.offered()
        assert (await shop.decide(quote.id, [], reason="太贵")).state == "declined"
        async with shop.units_of_work.begin(shop.partner.system) as work:
            assert await approved_lines_of_quote(work, quote.id) == []

    async def test_it_is_decided_once(self, shop: Shop) -> None:
        quote = await shop.offered()
        second = await shop.network.member(shop.partner.id, "钱主任", ["client_administrator"], shop.client.id)
        outcomes = await asyncio.gather(
            shop.decide(quote.id), shop.decide(quote.id, [], by=second), return_exceptions=True
        )
        refused = [each for each in outcomes if isinstance(each, DomainError)]
        assert len(refused) == 1
        with pytest.raises(OfferMoveRefused):
            await shop.decide(quote.id)

    async def test_it_counts_for_the_offer_that_was_read(self, shop: Shop) -> None:
        quote = await shop.offered()
        read = await shop.offer_of(quote.id)
        await shop.call("revise", quote.id)
        given = OfferDecision(read.content_hash, [line.id for line in read.lines])
        for stage in ("a new version is written", "it is offered"):
            with pytest.raises(OfferMoveRefused):
                async with shop.units_of_work.begin(shop.approver) as work:
                    await OfferedQuotes(work).decide(read.id, given)
            if stage == "a new version is written":
                await shop.call("offer", quote.id)
        newest = await shop.offer_of(quote.id)
        with pytest.raises(OfferMoveRefused):
            async with shop.units_of_work.begin(shop.approver) as work:
                await OfferedQuotes(work).decide(newest.id, given)
        assert (await shop.read(quote.id)).state == "offered"

    async def test_lines_of_another_offer_are_refused(self, shop: Shop) -> None:
        quote, other = await shop.offered(), await shop.offered()
        offer, foreign = await shop.offer_of(quote.id), await shop.offer_of(other.id)
        given = OfferDecision(offer.content_hash, [foreign.lines[0].id])
        with pytest.raises(LinesUnknown):
            async with shop.units_of_work.begin(shop.approver) as work:
                await OfferedQuotes(work).decide(offer.id, given)

    async def test_the_company_does_not_decide_for_its_client(self, shop: Shop) -> None:
        quote = await shop.offered()
        with pytest.raises(Forbidden):
            await shop.decide(quote.id, by=shop.partner.owner)
        contact = await shop.network.member(shop.partner.id, "小刘", ["client_contact"], shop.client.id)
        with pytest.raises(Forbidden):
            await shop.offer_of(quote.id, contact)

    async def test_whoever_offered_it_does_not_approve_it_on_the_other_side(self, shop: Shop) -> None:
        """One account with two memberships is one person."""
        await shop.network.joins(shop.dispatcher, shop.client)
        quote = await shop.offered()
        other_side = shop.approver.__class__(
            kind=shop.approver.kind,
            tenant_id=shop.partner.id,
            client_id=shop.client.id,
            account_id=shop.dispatcher.account_id,
            membership_id=shop.approver.membership_id,
            display_name="林小燕",
            roles=shop.approver.roles,
            permissions=shop.approver.permissions,
        )
        with pytest.raises(OwnRequest):
            await shop.decide(quote.id, by=other_side)

    async def test_after_its_last_day_it_expires(
        self, shop: Shop, runtime: Runtime, superuser: asyncpg.Connection
    ) -> None:
        quote = await shop.call("offer", await shop.draft(disk(), valid_until=TODAY))
        shop.clock.set(datetime(2026, 11, 16, 15, 59, 59, tzinfo=UTC))
        offer = await shop.offer_of(quote.id)
        approval = await superuser.fetchrow(
            "SELECT id FROM approval WHERE subject_id = $1 AND subject_kind = 'offered_quote'", quote.id
        )
        await expire(runtime, shop.partner.id, [approval["id"]])
        assert (await shop.read(quote.id)).state == "offered", "a second before midnight in Xiamen"
        shop.clock.set(datetime(2026, 11, 16, 16, tzinfo=UTC))
        with pytest.raises(OfferMoveRefused):
            async with shop.units_of_work.begin(shop.approver) as work:
                await OfferedQuotes(work).decide(offer.id, OfferDecision(offer.content_hash, []))
        await expire(runtime, shop.partner.id, [approval["id"]])
        shown = await shop.read(quote.id)
        assert (shown.state, (await shop.offer_of(quote.id)).state) == ("expired", "expired")
        await shop.call("revise", quote.id)
        assert (await shop.call("offer", quote.id)).valid_until == date(2026, 12, 1)

    async def test_what_the_company_withdrew_is_off(self, shop: Shop) -> None:
        quote = await shop.offered()
        await shop.call("withdraw", quote.id)
        assert (await shop.offer_of(quote.id)).state == "withdrawn"
        with pytest.raises(OfferMoveRefused):
            await shop.decide(quote.id)
