"""A plan from the trial to read-only and back, by bank transfer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.assets.devices.models import Device
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.errors import Forbidden, StaleVersion
from app.platform.notifications.models import Notification
from billing.ledger import AccountKind, detail_balances
from billing.royalties import RoyaltyInvoices
from billing.royalties.invoice_document import RoyaltyInvoiceContent
from billing.royalties.schemas import PaymentTaking
from billing.subscriptions import PlanChoice, PlanSubscriptions
from billing.subscriptions.errors import PaymentOverdue, PlanChosen, PlanPriceBegun, PlanTooSmall
from billing.subscriptions.tasks import pass_day
from tenants.partners import PartnerRegister, PartnerStep
from tenants.partners.models import Partner
from tests.subscriptions.conftest import TODAY, Plans

TRIAL_END = TODAY + timedelta(days=14)


async def test_a_trial_costs_nothing_and_the_first_month_is_invoiced_by_headquarters(plans: Plans) -> None:
    begun = await plans.choose("standard")
    assert (begun.state, begun.period_end) == ("trial", TRIAL_END)
    await plans.until(TRIAL_END)
    (invoice,) = await plans.invoices(own=True)
    assert (await plans.state(), invoice.net, invoice.gross) == ("active", 900_00, 954_00)
    assert invoice.due_on == TRIAL_END + timedelta(days=10)
    assert invoice.number.startswith("TC-")
    async with plans.begin(Actor.system(HQ_TENANT_ID)) as work:
        owed = await detail_balances(work, AccountKind.PARTNER_RECEIVABLE)
        assert owed[str(plans.partner.id), "CNY"] == 954_00
        printable = await RoyaltyInvoices(work).printable(invoice.id)
        assert isinstance(printable.content, RoyaltyInvoiceContent)
        assert printable.content.of_plan
    await plans.pay()
    assert (await plans.invoices(own=True))[0].state == "paid"
    await plans.nothing_is_wrong()


async def test_an_unpaid_invoice_ends_in_read_only_and_a_payment_in_work_each_told_once(plans: Plans) -> None:
    await plans.choose("starter")
    await plans.until(TRIAL_END)
    due = TRIAL_END + timedelta(days=10)
    for day, state in ((0, "active"), (1, "past_due"), (8, "grace"), (21, "grace")):
        await plans.until(due + timedelta(days=day))
        assert (await plans.state(), await plans.partner_state()) == (state, "active")
    view = await plans.current()
    assert view.read_only_from == due + timedelta(days=22)
    with pytest.raises(PaymentOverdue):
        await plans.choose("large")
    await plans.until(due + timedelta(days=22))
    assert (await plans.state(), await plans.partner_state()) == ("read_only", "suspended")
    unpaid = len(await plans.invoices())
    await plans.until(due + timedelta(days=60))
    assert len(await plans.invoices()) == unpaid  # nobody pays for the time in which nothing can be done
    for _ in range(unpaid):
        await plans.pay()
    assert (await plans.state(), await plans.partner_state()) == ("active", "active")
    again = await plans.current()
    assert again.period_start == plans.today
    async with plans.begin(plans.partner.owner) as work:
        told = await work.session.scalars(
            select(Notification.text).where(Notification.reference.startswith("plan:")).distinct()
        )
        texts = list(told)
    for word in ("试用结束", "请尽快付款", "宽限期", "已转为只读", "恢复正常"):
        assert any(word in text for text in texts), word
    await plans.nothing_is_wrong()


async def test_headquarters_own_suspension_stays_when_the_plan_is_paid(plans: Plans) -> None:
    await plans.choose("starter")
    await plans.until(TRIAL_END)
    async with plans.begin(plans.network.administrator) as work:
        version = await work.session.scalar(select(Partner.version).where(Partner.id == plans.partner.id))
        assert version is not None
        await PartnerRegister(work).suspend(plans.partner.id, PartnerStep(version, "质量整改"))
    await plans.next_day(60)
    await plans.pay()
    assert (await plans.state(), await plans.partner_state()) == ("active", "suspended")


async def test_a_payment_that_was_none_leads_back_to_where_it_was(plans: Plans) -> None:
    await plans.choose("starter")
    await plans.until(TRIAL_END)
    payment = await plans.pay()
    await plans.next_day(20)
    async with plans.begin(plans.by) as work:
        await RoyaltyInvoices(work).take_payment_back(payment, PaymentTaking("重复登记"))
    await plans.work()
    assert await plans.state() == "grace"
    await plans.pay()
    assert await plans.state() == "active"


async def test_a_plan_below_present_use_is_refused_with_the_numbers(plans: Plans) -> None:
    await plans.choose("standard")
    client = await plans.network.client(plans.partner)
    for _ in range(3):
        await plans.network.device(client)
    with pytest.raises(PlanTooSmall) as refused:
        await plans.choose("starter")
    assert (refused.value.parameters["devices"], refused.value.parameters["included_devices"]) == (3, 2)
    async with plans.begin(plans.partner.owner) as work:
        offers = {each.plan.code: each for each in await PlanSubscriptions(work).offers()}
    assert [offers[code].too_small for code in ("starter", "standard", "large")] == [True, False, False]
    async with plans.begin(plans.partner.system) as work:
        device = (await work.session.scalars(select(Device).limit(1))).one()
        device.state = "retired"
    assert (await plans.choose("starter")).plan_code == "starter"


async def test_changes_inside_a_month_are_reckoned_by_days_and_what_is_too_much_is_credit(plans: Plans) -> None:
    await plans.choose("starter")
    await plans.until(TRIAL_END)
    await plans.pay()
    view = await plans.current()
    middle = view.period_start + timedelta(days=(view.period_end - view.period_start).days // 2)
    await plans.until(middle)
    async with plans.begin(plans.partner.owner) as work:
        offered = next(each for each in await PlanSubscriptions(work).offers() if each.plan.code == "standard")
    await plans.choose("standard")
    await plans.work()
    await plans.pay()
    asked = [invoice.net for invoice in await plans.invoices()]
    assert asked == [300_00, offered.net]
    assert 290_00 < offered.net < 310_00
    with pytest.raises(PlanChosen):
        await plans.choose("standard")
    down = await plans.choose("starter")
    assert down.credit == offered.net
    await plans.until(view.period_end)
    assert len(await plans.invoices()) == 2  # the credit pays the next month
    assert (await plans.current()).credit == offered.net - 300_00
    await plans.nothing_is_wrong()


async def test_use_beyond_the_plan_is_shown_before_it_is_billed(plans: Plans) -> None:
    await plans.choose("starter")
    await plans.until(TRIAL_END)
    for number in range(5):
        await plans.network.engineer(plans.partner, f"工程师{number}")
    view = await plans.current()
    assert (view.usage.engineers, view.usage.expected) == (5, 2 * 60_00)
    await plans.pay()
    await plans.until(view.period_end)
    assert (await plans.invoices())[-1].net == 300_00 + 2 * 60_00


async def test_a_plan_ends_with_its_period_and_can_be_chosen_again(plans: Plans) -> None:
    await plans.choose("starter")
    await plans.until(TRIAL_END)
    await plans.pay()
    ending = await plans.end()
    assert (await plans.end(keep=True)).ending is False
    assert (await plans.end()).ending is True
    await plans.until(ending.period_end)
    assert (await plans.state(), await plans.partner_state()) == ("ended", "suspended")
    assert (await plans.choose("standard")).state == "active"
    await plans.work()
    assert (await plans.partner_state(), (await plans.invoices())[-1].net) == ("active", 900_00)


async def test_a_day_twice_is_a_day_once_and_a_lost_month_is_made_up_for(plans: Plans) -> None:
    await plans.choose("starter")
    await plans.next_day(80)
    before = await plans.current()
    for _ in range(2):
        async with plans.begin(plans.partner.system) as work:
            await pass_day(work)
        await plans.work()
    after = await plans.current()
    assert (len(after.bills), after.version) == (len(before.bills), before.version)
    assert after.period_start <= plans.today < after.period_end
    assert len(await plans.invoices()) == len(after.bills) == 3
    await plans.nothing_is_wrong()


async def test_a_new_price_holds_from_the_next_period(plans: Plans) -> None:
    await plans.choose("starter")
    await plans.until(TRIAL_END)
    await plans.pay()
    view = await plans.current()
    await plans.sell("starter", view.period_end - timedelta(days=2), price="350")
    await plans.until(view.period_end)
    assert [invoice.net for invoice in await plans.invoices()] == [300_00, 350_00]
    with pytest.raises(PlanPriceBegun):
        await plans.sell("starter", plans.today - timedelta(days=1))


async def test_who_may_not_and_what_is_old_is_refused(plans: Plans) -> None:
    begun = await plans.choose("starter")
    async with plans.begin(plans.partner.owner) as work:
        with pytest.raises(StaleVersion):
            await PlanSubscriptions(work).choose(PlanChoice("standard", begun.version + 1))
    async with plans.begin(plans.partner.dispatcher) as work:
        with pytest.raises(Forbidden):
            PlanSubscriptions(work)
