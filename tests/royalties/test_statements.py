"""A month is stated from facts, answered by the partner, corrected by headquarters; later changes stand on the next."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import delete, func, select, text, update

from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.errors import Forbidden, NotFound, StaleVersion
from app.platform.kernel.runtime import Runtime
from billing.payments.models import Payment
from billing.payments.services import Payments
from billing.royalties import (
    Agreement,
    Answer,
    Basis,
    Correction,
    Dispute,
    RoyaltyRuns,
    RoyaltyStatements,
    RunStart,
    rebuild_royalties,
    verify_royalties,
)
from billing.royalties.commands import HEADQUARTERS as HEADQUARTERS_NAME
from billing.royalties.errors import AlreadyRun, MonthNotOver, MonthStated, NoRule, RoyaltyStatementMoveRefused
from billing.royalties.models import RoyaltyFact, RoyaltyRun, RoyaltyStatement
from billing.royalties.schemas import ChargeKind
from billing.royalties.services.counted_invoices import counted_invoices
from billing.royalties.services.runs import _step, make_statements
from tenants.partners import TransitionKind, record_step
from tenants.partners.models import Partner
from tests.invoicing.conftest import Item
from tests.royalties.conftest import DECEMBER, HEADQUARTERS, NOVEMBER, OCTOBER, Royalties, at


async def invoiced(royalties: Royalties, paid: int = 0) -> None:
    """300 for service and 100 for parts, without tax; so much of 424 with tax is paid."""
    finance = royalties.finance
    await finance.issue(await finance.draft([Item(318_00), Item(106_00, "内存条", category="part")]))
    if paid:
        await finance.pays(paid)
    await royalties.follow()


async def facts(royalties: Royalties) -> list[tuple[date, str, int, int]]:
    async with royalties.units_of_work.begin(royalties.finance.partner.system) as work:
        rows = await work.session.execute(
            select(RoyaltyFact.day, RoyaltyFact.category, RoyaltyFact.posted, RoyaltyFact.paid).order_by(
                RoyaltyFact.day, RoyaltyFact.category
            )
        )
        return [(row[0], row[1], row[2], row[3]) for row in rows]


async def nothing_is_wrong(royalties: Royalties) -> None:
    """The facts are what the records say, and headquarters has asked for what is owed, no more."""
    found = await verify_royalties(royalties.runtime)
    assert (found[royalties.finance.partner.slug], found[HEADQUARTERS_NAME]) == ([], [])


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "in any order"])
async def test_what_was_followed_is_what_is_rebuilt(royalties: Royalties, runtime: Runtime, backwards: bool) -> None:
    finance = royalties.finance
    await finance.issue(await finance.draft([Item(318_00), Item(106_00, "内存条", category="part")]))
    await finance.pays(212_00)
    await royalties.follow(backwards=backwards)
    followed = await facts(royalties)
    assert followed == [
        (date(2026, 11, 16), "part", 100_00, 50_00),
        (date(2026, 11, 16), "service_fee", 300_00, 150_00),
    ]
    assert await rebuild_royalties(runtime, finance.partner.slug) == {finance.partner.slug: 0}
    async with royalties.units_of_work.begin(finance.partner.system) as work:
        await work.session.execute(delete(RoyaltyFact))
    assert (await verify_royalties(runtime, finance.partner.slug))[finance.partner.slug][0].amount == 2
    assert await rebuild_royalties(runtime, finance.partner.slug) == {finance.partner.slug: 2}
    assert await facts(royalties) == followed


async def test_both_sides_read_the_same_statement_and_the_partner_its_invoices(royalties: Royalties) -> None:
    await royalties.rule()
    await royalties.rate("5")
    await royalties.rate("3", category="part", level=3)
    await invoiced(royalties)
    royalties.clock.set(at(12, 1))
    await royalties.state()
    hq, own = await royalties.statement(), await royalties.statement(own=True)
    assert (own.revenue, own.amount, own.state) == (400_00, 18_00, "proposed")
    assert (hq.lines, hq.number, hq.steps) == (own.lines, own.number, own.steps)
    assert [(line.category, line.amount) for line in own.lines] == [("part", 3_00), ("service_fee", 15_00)]
    async with royalties.units_of_work.begin(royalties.finance.writer) as work:
        (counted,) = await counted_invoices(work, own.id, 0)
        with pytest.raises(NotFound):
            await counted_invoices(work, own.id, 7)
    assert counted.revenue == 100_00
    async with royalties.units_of_work.begin(royalties.by) as work:
        with pytest.raises(Forbidden):
            await counted_invoices(work, own.id, 0)


async def test_as_paid_only_what_came_in_counts(royalties: Royalties) -> None:
    await royalties.rule(Basis.PAID)
    await royalties.rate("10")
    await invoiced(royalties, paid=106_00)
    royalties.clock.set(at(12, 1))
    await royalties.state()
    assert (await royalties.statement()).revenue == 100_00


async def test_a_rule_that_changes_counts_no_invoice_twice(royalties: Royalties) -> None:
    """Posted in November under one rule, paid in December under another."""
    await royalties.rule(Basis.POSTED)
    await royalties.rule(Basis.PAID, since=DECEMBER)
    await royalties.rate("10")
    await invoiced(royalties)
    royalties.clock.set(at(12, 2))
    await royalties.state()
    await royalties.finance.pays(424_00)
    await royalties.follow()
    royalties.clock.set(at(1, 2, 2027))
    await royalties.state(DECEMBER)
    assert (await royalties.statement()).revenue == 400_00
    with pytest.raises(AssertionError):
        await royalties.statement(month=DECEMBER)


async def test_a_star_level_and_a_rate_that_change_inside_the_month_hold_by_days(royalties: Royalties) -> None:
    finance = royalties.finance
    await royalties.rule()
    await royalties.rate("5", level=3)
    await royalties.rate("4", level=4)
    await royalties.rate("2", since=date(2026, 11, 26), level=4)
    for day in (16, 20, 27):
        royalties.clock.set(at(11, day))
        await finance.issue(await finance.draft([Item(106_00)]))
    await royalties.follow()
    royalties.clock.set(at(11, 18))
    async with royalties.units_of_work.begin(HEADQUARTERS) as work:
        await work.session.execute(update(Partner).where(Partner.id == finance.partner.id).values(star_level=4))
        for before, after in (("", "3"), ("3", "4")):
            work.now = at(11, 1) if not before else at(11, 18)
            record_step(work, finance.partner.id, TransitionKind.STAR_LEVEL, before=before, after=after, reason="年审")
    royalties.clock.set(at(12, 1))
    await royalties.state()
    told = [(each.star_level, each.first, each.amount) for each in (await royalties.statement()).lines]
    assert told == [
        (3, date(2026, 11, 1), 5_00),
        (4, date(2026, 11, 18), 4_00),
        (4, date(2026, 11, 26), 2_00),
    ]


async def test_the_minimum_is_asked_for_where_revenue_stays_below_it(royalties: Royalties) -> None:
    await royalties.rule(minimum="500")
    await royalties.rate("5")
    await invoiced(royalties)
    royalties.clock.set(at(12, 1))
    await royalties.state()
    statement = await royalties.statement()
    assert [(each.kind, each.amount) for each in statement.lines][-1] == (ChargeKind.MINIMUM, 480_00)
    assert statement.amount == 500_00


async def test_what_changes_after_a_month_was_stated_stands_on_the_next_statement(royalties: Royalties) -> None:
    """November's payment turns out to be another client's."""
    await royalties.rule(Basis.PAID)
    await royalties.rate("10")
    await invoiced(royalties, paid=424_00)
    royalties.clock.set(at(12, 1))
    await royalties.state()
    assert (await royalties.statement()).amount == 40_00
    async with royalties.units_of_work.begin(royalties.finance.writer) as work:
        payment_id = await work.session.scalar(select(Payment.id))
        assert payment_id
        await Payments(work).reverse(payment_id, "记错了客户")
    await royalties.follow()
    royalties.clock.set(at(1, 2, 2027))
    await royalties.state(DECEMBER)
    december = await royalties.statement(month=DECEMBER)
    assert [(each.kind, each.amount) for each in december.lines] == [
        (ChargeKind.REVENUE, -10_00),
        (ChargeKind.REVENUE, -30_00),
        (ChargeKind.CARRIED, 40_00),
    ]
    royalties.clock.set(at(1, 20, 2027))
    await royalties.finance.pays(424_00)
    await royalties.finance.issue(await royalties.finance.draft([Item(1_060_00)]))
    await royalties.finance.pays(1_060_00)
    await royalties.follow()
    royalties.clock.set(at(2, 2, 2027))
    await royalties.state(date(2027, 1, 1))
    january = await royalties.statement(month=date(2027, 1, 1))
    assert (ChargeKind.EARLIER, -40_00) in [(each.kind, each.amount) for each in january.lines]
    await nothing_is_wrong(royalties)


async def test_a_dispute_is_answered_by_a_correction_and_agreed(royalties: Royalties) -> None:
    await royalties.rule()
    await royalties.rate("5")
    await invoiced(royalties)
    royalties.clock.set(at(12, 1))
    await royalties.state()
    own = await royalties.statement(own=True)
    async with royalties.units_of_work.begin(royalties.finance.writer) as work:
        await RoyaltyStatements(work).dispute(own.id, Dispute(own.version, "内存条是代购，不算服务收入"))
    await royalties.mirror()
    seen = await royalties.statement()
    assert (seen.state, seen.dispute_reason) == ("disputed", "内存条是代购，不算服务收入")
    async with royalties.units_of_work.begin(royalties.by) as work:
        corrected = await RoyaltyStatements(work).correct(
            own.id, Correction(seen.version, "同意，减去内存条", Decimal(-5)), royalties.engine
        )
    assert (corrected.amount, corrected.edition, corrected.state) == (15_00, 2, "proposed")
    await royalties.mirror()
    own = await royalties.statement(own=True)
    assert (own.amount, own.lines) == (15_00, corrected.lines)
    async with royalties.units_of_work.begin(royalties.finance.writer) as work:
        await RoyaltyStatements(work).agree(own.id, Agreement(own.version))
    await royalties.mirror()
    assert (await royalties.statement()).state == "agreed"
    assert [step.kind for step in (await royalties.statement()).steps] == ["made", "dispute", "correct", "agree"]
    await nothing_is_wrong(royalties)


async def test_headquarters_may_stay_with_what_it_said(royalties: Royalties) -> None:
    await royalties.rule()
    await royalties.rate("5")
    await invoiced(royalties)
    royalties.clock.set(at(12, 1))
    await royalties.state()
    own = await royalties.statement(own=True)
    async with royalties.units_of_work.begin(royalties.finance.writer) as work:
        await RoyaltyStatements(work).dispute(own.id, Dispute(own.version, "太多"))
    await royalties.mirror()
    version = (await royalties.statement()).version
    async with royalties.units_of_work.begin(royalties.by) as work:
        await RoyaltyStatements(work).uphold(own.id, Answer(version, "按合同计算"))
    await royalties.mirror()
    own = await royalties.statement(own=True)
    assert (own.state, own.amount, own.steps[-1].text) == ("proposed", 20_00, "按合同计算")


async def test_whoever_does_not_object_in_time_has_agreed(royalties: Royalties) -> None:
    await royalties.rule()
    await royalties.rate("5")
    await invoiced(royalties)
    royalties.clock.set(at(12, 1))
    await royalties.state()
    royalties.clock.set(at(12, 11))
    async with royalties.units_of_work.begin(HEADQUARTERS) as work:
        assert await RoyaltyStatements(work).lapse_due() == 0
    royalties.clock.set(at(12, 12))
    async with royalties.units_of_work.begin(HEADQUARTERS) as work:
        assert await RoyaltyStatements(work).lapse_due() == 1
    await royalties.mirror()
    own = await royalties.statement(own=True)
    assert own.state == "agreed"
    async with royalties.units_of_work.begin(royalties.finance.writer) as work:
        with pytest.raises(RoyaltyStatementMoveRefused):
            await RoyaltyStatements(work).dispute(own.id, Dispute(own.version, "太多"))


async def test_what_was_read_by_two_is_answered_once(royalties: Royalties) -> None:
    await royalties.rule()
    await royalties.rate("5")
    await invoiced(royalties)
    royalties.clock.set(at(12, 1))
    await royalties.state()
    own = await royalties.statement(own=True)
    async with royalties.units_of_work.begin(royalties.finance.writer) as work:
        await RoyaltyStatements(work).agree(own.id, Agreement(own.version))
    async with royalties.units_of_work.begin(royalties.finance.writer) as work:
        with pytest.raises(StaleVersion):
            await RoyaltyStatements(work).dispute(own.id, Dispute(own.version, "太多"))


async def test_months_are_stated_in_order_once_they_are_over(royalties: Royalties) -> None:
    async def start(month: date) -> None:
        async with royalties.units_of_work.begin(royalties.by) as work:
            await RoyaltyRuns(work).start(RunStart(month))

    with pytest.raises(NoRule):
        await start(NOVEMBER)
    await royalties.rule()
    with pytest.raises(NoRule):
        await start(OCTOBER)
    with pytest.raises(MonthNotOver):
        await start(NOVEMBER)
    royalties.clock.set(at(12, 1))
    with pytest.raises(MonthNotOver):
        await start(DECEMBER)
    await royalties.state()
    await start(NOVEMBER)
    with pytest.raises(AlreadyRun):
        await start(OCTOBER)


async def test_a_rate_cannot_begin_in_a_month_that_was_stated(royalties: Royalties) -> None:
    await royalties.rule()
    royalties.clock.set(at(12, 1))
    await royalties.state()
    with pytest.raises(MonthStated):
        await royalties.rate("5", since=date(2026, 11, 20))
    with pytest.raises(MonthStated):
        await royalties.rule(since=NOVEMBER)
    await royalties.rate("5", since=date(2026, 12, 20))


async def test_a_run_goes_on_where_it_was_killed_and_states_nobody_twice(royalties: Royalties) -> None:
    await royalties.rule(minimum="100")
    royalties.clock.set(at(12, 1))
    async with royalties.units_of_work.begin(royalties.by) as work:
        run = await RoyaltyRuns(work).start(RunStart(NOVEMBER))
    async with royalties.units_of_work.begin(HEADQUARTERS) as work:
        await _step(work, royalties.engine, run.id, 1)
    for _ in range(2):
        await make_statements(royalties.units_of_work, royalties.engine, run.id, at_once=1)
    async with royalties.units_of_work.begin(HEADQUARTERS) as work:
        partners = await work.session.scalar(select(func.count(Partner.id)).where(Partner.state == "active"))
        statements = await work.session.scalar(
            select(func.count(RoyaltyStatement.id)).where(RoyaltyStatement.tenant_id == HQ_TENANT_ID)
        )
        done = await work.session.get(RoyaltyRun, (HQ_TENANT_ID, run.id))
        assert done is not None
        assert (statements, done.statements, done.state) == (partners, partners, "finished")


async def test_the_daily_job_states_the_last_month_from_the_third_day_on(royalties: Royalties) -> None:
    await royalties.rule()

    async def runs() -> int | None:
        async with royalties.units_of_work.begin(HEADQUARTERS) as work:
            await RoyaltyRuns(work).start_due()
        async with royalties.units_of_work.begin(HEADQUARTERS) as work:
            return await work.session.scalar(select(func.count(RoyaltyRun.id)))

    royalties.clock.set(at(12, 2))
    assert await runs() == 0
    royalties.clock.set(at(12, 3))
    assert await runs() == 1
    assert await runs() == 1


async def test_headquarters_rows_hold_no_client_s_name(royalties: Royalties) -> None:
    await royalties.rule()
    await royalties.rate("5")
    await invoiced(royalties, paid=100_00)
    royalties.clock.set(at(12, 1))
    await royalties.state()
    for actor in (HEADQUARTERS, royalties.finance.partner.system):
        async with royalties.units_of_work.begin(actor) as work:
            for table in ("royalty_fact", "royalty_statement", "royalty_statement_step", "royalty_charge"):
                rows = "\n".join(await work.session.scalars(text(f"SELECT t::text FROM {table} t")))
                assert royalties.finance.client.name not in rows
                assert str(royalties.finance.client.id) not in rows
