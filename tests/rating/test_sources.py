"""What is charged beside work: blocks, milestones, approved quotes; and what is heard of all of them."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select, update

from app.desk.tickets.events import TicketChanged, TicketMoved, VisitFinished
from app.desk.tickets.models import GoodwillWork
from app.platform.background import ReceivedEvent
from app.platform.kernel.ids import new_id
from app.platform.kernel.outbox import Event, OutboxEvent
from app.platform.kernel.runtime import Runtime
from billing.contracts.events import PrepaidBlockBought
from billing.contracts.models import ContractMilestone
from billing.coverage.events import CoverageOverridden
from billing.quotes.models import OfferedQuote, OfferedQuoteLine, Quote, QuoteVersion
from billing.rating import unbilled_charges
from billing.rating.errors import NotRework
from billing.rating.outcomes import Outcome, Unrated
from billing.rating.purchases import charge_block, charge_milestone
from billing.rating.requests import charge_rework
from billing.rating.schemas import MarkReason
from billing.rating.service import Charges
from billing.rating.tasks import block_bought, rate_events
from billing.terms import CoverageState, Milestone, Scope
from tests.billing.agreed import HOURLY, HOURS_AHEAD, retainer
from tests.conftest import ClientFor
from tests.rating.test_work import terms
from tests.rating.work_scene import WorkScene, at

pytestmark = pytest.mark.usefixtures("monday_morning")


async def test_a_block_is_charged_once(scene: WorkScene) -> None:
    contract_id = await scene.agree(terms(HOURS_AHEAD))
    block_id = await scene.block(contract_id, HOURS_AHEAD, date(2026, 11, 3))
    for _ in range(2):
        async with scene.units_of_work.begin(scene.partner.system) as work:
            await charge_block(work, block_id)
    assert await scene.standing() == [("ahead/block", Decimal(1), 300000)]
    assert [row.day for row in await scene.charges()] == [date(2026, 11, 3)]


async def test_a_milestone_is_charged_once_it_is_accepted(scene: WorkScene) -> None:
    line = Milestone(key="m1", name="布线完成", tax="vat_9", amount=Decimal(50000))
    contract_id, milestone_id = await scene.agree(terms(line)), new_id()
    async with scene.units_of_work.begin(scene.partner.system) as work:
        work.session.add(
            ContractMilestone(
                id=milestone_id, contract_id=contract_id, line_key="m1", name=line.name, state="reported", **scene.ring
            )
        )
    for accepted_on in (None, date(2026, 11, 12), date(2026, 11, 12)):
        async with scene.units_of_work.begin(scene.partner.system) as work:
            await work.session.execute(
                update(ContractMilestone).where(ContractMilestone.id == milestone_id).values(accepted_on=accepted_on)
            )
            await charge_milestone(work, milestone_id)
    assert await scene.standing() == [("m1/milestone", Decimal(1), 5000000)]


class TestGoodwill:
    async def test_work_finished_as_goodwill_is_charged_and_waived(self, scene: WorkScene) -> None:
        await scene.agree(terms(HOURLY))
        ticket_id, visit_id = await scene.done(at(16, 10))
        await _grant(scene, ticket_id, visit_id)
        await scene.rate(ticket_id)
        async with scene.units_of_work.begin(scene.partner.owner) as work:
            told = await unbilled_charges(work, scene.client.id, date(2026, 12, 1))
        assert [(each.amount, each.waived, each.goodwill) for each in told] == [
            (0, 18000, "保修期内"),
            (0, 5000, "保修期内"),
        ]

    async def test_it_takes_nothing_from_what_was_paid_ahead(self, scene: WorkScene) -> None:
        contract_id = await scene.agree(terms(HOURS_AHEAD))
        block_id = await scene.block(contract_id, HOURS_AHEAD, date(2026, 11, 1), 100)
        ticket_id, visit_id = await scene.done(at(16, 10))
        await _grant(scene, ticket_id, visit_id)
        await scene.rate(ticket_id)
        assert await scene.left(block_id) == 100
        assert await scene.outcome(visit_id) == (Outcome.GOODWILL, "")


async def _grant(scene: WorkScene, ticket_id: UUID, visit_id: UUID) -> None:
    async with scene.units_of_work.begin(scene.partner.system) as work:
        work.session.add(
            GoodwillWork(
                id=new_id(),
                ticket_id=ticket_id,
                visit_id=visit_id,
                reason="保修期内",
                granted_by_name="林小燕",
                granted_at=work.now,
                **scene.ring,
            )
        )


class TestRework:
    async def test_rework_is_charged_when_somebody_says_so(self, scene: WorkScene) -> None:
        await scene.agree(terms(HOURLY))
        ticket_id, first = await scene.done(at(16, 10))
        await scene.happened(ticket_id, "reopened", at(17, 9))
        await scene.visit(ticket_id, at(17, 10))
        await scene.rate(ticket_id)
        assert await scene.owed() == 23000
        async with scene.units_of_work.begin(scene.partner.owner) as work:
            rated = {each.source_id: each.id for each in await Charges(work).work_of_ticket(ticket_id)}
        charged = rated.pop(first)
        (again,) = rated.values()
        async with scene.units_of_work.begin(scene.partner.owner) as work:
            await charge_rework(work, again, MarkReason("新问题"))
        assert await scene.owed() == 46000
        with pytest.raises(NotRework):
            async with scene.units_of_work.begin(scene.partner.owner) as work:
                await charge_rework(work, charged, MarkReason("新问题"))

    async def test_the_ticket_tells_how_each_visit_was_rated(self, scene: WorkScene, http: ClientFor) -> None:
        await scene.agree(terms(retainer(scope=Scope(service_categories=frozenset({"network"})))))
        ticket_id, _ = await scene.done(at(16, 10))
        await scene.rate(ticket_id)
        owner = await http(scene.partner.owner)
        for address in (f"/workspace/tickets/{ticket_id}/charges", "/workspace/uncharged-work?outcome=unrated"):
            page = await owner.get(address)
            assert page.status_code == 200, page.text
            assert "客户也还没有同意报价" in page.text
        answer = await owner.get("/api/v1/uncharged-work?outcome=unrated")
        assert [each["reason"] for each in answer.json()["items"]] == ["quote_missing"]
        again = await owner.post(f"/api/v1/tickets/{ticket_id}/charges")
        assert again.json()["items"] == [], again.text


class TestQuotes:
    async def test_an_approved_quote_is_charged_once_the_ticket_is_resolved(self, scene: WorkScene) -> None:
        await scene.agree(terms(retainer(scope=Scope(service_categories=frozenset({"network"})))))
        ticket_id, visit_id = await scene.done(at(16, 10))
        await scene.rate(ticket_id)
        await _approve(scene, ticket_id)
        for _ in range(2):
            await scene.rate(ticket_id)
        # Two at 98.00, ten per cent off: what was offered counts.
        assert [(row.rule, row.quantity, row.unit_price, row.amount) for row in await scene.charges()] == [
            ("quote", Decimal(2), Decimal("88.2"), 17640)
        ]
        assert await scene.outcome(visit_id) == (Outcome.QUOTED, "")


async def _approve(scene: WorkScene, ticket_id: UUID) -> None:
    quote_id, version_id, offer_id = new_id(), new_id(), new_id()
    async with scene.units_of_work.begin(scene.partner.system) as work:
        now = work.now
        rows = [
            _filled(Quote, scene, id=quote_id, ticket_id=ticket_id, created_at=now, state="approved", currency="CNY"),
            _filled(QuoteVersion, scene, id=version_id, quote_id=quote_id, created_at=now, currency="CNY"),
            _filled(
                OfferedQuote,
                scene,
                id=offer_id,
                quote_id=quote_id,
                version_id=version_id,
                ticket_id=ticket_id,
                state="approved",
                decided_at=now,
                expires_at=now,
                created_at=now,
                valid_until=date(2026, 12, 1),
                content={},
                currency="CNY",
            ),
            _filled(
                OfferedQuoteLine,
                scene,
                id=new_id(),
                offered_quote_id=offer_id,
                kind="part",
                name="键盘",
                unit="个",
                quantity=Decimal(2),
                unit_price=Decimal(98),
                discount=Decimal("0.1"),
                price_mode="tax_included",
                tax="vat_13",
                net_minor=15611,
                tax_minor=2029,
                gross_minor=17640,
                decision="approved",
            ),
        ]
        for row in rows:
            work.session.add(row)
            await work.session.flush()


def _filled(model: type, scene: WorkScene, **known: object) -> object:
    """A row with something in every column that may not be empty."""
    values = {**scene.ring, **known}
    for column in model.__table__.columns:  # type: ignore[attr-defined]
        if column.name not in values and not column.nullable and column.default is None:
            kind = column.type.python_type
            values[column.name] = {str: "x", int: 1, Decimal: Decimal(1), dict: {}, bool: False}.get(kind, kind())
    return model(**values)


async def test_every_way_in_which_work_is_heard_of_leads_to_its_charge(scene: WorkScene, runtime: Runtime) -> None:
    await scene.agree(terms(HOURLY))
    for event_of in (_finished, _moved, _changed):
        ticket_id, visit_id = await scene.done(at(16, 10))
        event = event_of(scene, ticket_id, visit_id)
        before = await scene.owed()
        async with scene.units_of_work.begin(scene.partner.system) as work:
            received = ReceivedEvent(new_id(), event.topic, msgspec.to_builtins(event), work.now)
            await rate_events(work, runtime, [received, received])
        assert await scene.owed() - before == 23000, event.topic


async def test_work_is_rated_again_when_a_member_says_that_it_is_not_covered(
    scene: WorkScene, runtime: Runtime
) -> None:
    await scene.agree(terms(HOURLY))
    ticket_id, _ = await scene.done(at(16, 10))
    await scene.rate(ticket_id)
    assert await scene.owed() == 23000
    await scene.say(ticket_id, CoverageState.NEEDS_QUOTE)
    event = CoverageOverridden(ticket_id=ticket_id, client_id=scene.client.id)
    async with scene.units_of_work.begin(scene.partner.system) as work:
        await rate_events(work, runtime, [ReceivedEvent(new_id(), event.topic, msgspec.to_builtins(event), work.now)])
    assert await scene.owed() == 0


async def test_work_that_found_nothing_left_is_rated_when_a_block_is_bought(scene: WorkScene, runtime: Runtime) -> None:
    line = msgspec.structs.replace(HOURS_AHEAD, overage=None)
    contract_id = await scene.agree(terms(line))
    ticket_id, visit_id = await scene.done(at(16, 10))
    await scene.rate(ticket_id)
    assert await scene.outcome(visit_id) == (Outcome.UNRATED, Unrated.PREPAID_USED_UP)
    block_id = await scene.block(contract_id, line, date(2026, 11, 1), 100)
    bought = PrepaidBlockBought(block_id=block_id)
    async with scene.units_of_work.begin(scene.partner.system) as work:
        work.publish(bought)
    async with scene.units_of_work.begin(scene.partner.system) as work:
        (event_id,) = await work.session.scalars(select(OutboxEvent.id).where(OutboxEvent.topic == bought.topic))
    await block_bought(runtime, scene.partner.id, event_id, msgspec.to_builtins(bought))
    assert await scene.outcome(visit_id) == (Outcome.PREPAID, "")
    assert await scene.left(block_id) == 40


def _finished(scene: WorkScene, ticket_id: UUID, visit_id: UUID) -> Event:
    return VisitFinished(
        visit_id=visit_id,
        ticket_id=ticket_id,
        client_id=scene.client.id,
        reporter_id=None,
        engineer_id=None,
        performed_by=None,
        outcome="resolved",
    )


def _moved(scene: WorkScene, ticket_id: UUID, _: UUID) -> Event:
    return TicketMoved(
        ticket_id=ticket_id,
        client_id=scene.client.id,
        reporter_id=None,
        engineer_id=None,
        move="resolve",
        before="on_site",
        after="resolved",
    )


def _changed(scene: WorkScene, ticket_id: UUID, _: UUID) -> Event:
    return TicketChanged(ticket_id=ticket_id, client_id=scene.client.id, reporter_id=None, what="work")
