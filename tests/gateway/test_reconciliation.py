"""The provider's own books and ours, compared day by day: what differs is found once, told once and settled."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.notifications.models import Notification
from billing.gateway import GatewayUnreachable, ObjectKind, look_at, stripe_adapter
from billing.money import Money
from billing.payments.checkouts.models import CheckoutPage
from billing.payments.models import OnlineReceipt, Payment
from billing.payments.payouts.models import Payout
from billing.payments.reconciliation.commands import reconcile_payments
from billing.payments.reconciliation.fetching import Reconciled, reconcile
from billing.payments.reconciliation.models import ProviderLine, ReconciliationDay, ReconciliationFinding
from billing.payments.schemas import CapturedPayment
from billing.payments.services import OnlinePayments
from tests.conftest import ClientFor
from tests.gateway.payer import GROSS, Payer
from tests.payments.deaths import Died, dying_at

pytestmark = [
    pytest.mark.usefixtures("fresh_counters"),
    pytest.mark.slow(12, "an account at the stand-in, money that moves there and its books"),
]
PAGE = "/workspace/payments/reconciliation"
ENOUGH_STEPS = 60


async def days_pass(payer: Payer, days: int) -> None:
    """Here and at the provider."""
    payer.clock.set(payer.clock.now() + timedelta(days=days))
    payer.at.platform.set_clock(payer.clock.now())


async def compared(payer: Payer) -> Reconciled:
    return await reconcile(payer.runtime, payer.at.partner.id)


async def pays(payer: Payer) -> str:
    """The invoice on the provider's page; the provider's id of the payment."""
    await payer.goes_on(await payer.starts())
    return payer.pays(payer.sessions()[-1])


async def found(payer: Payer) -> list[tuple[str, str, int | None, int | None, str]]:
    rows = await payer.rows(ReconciliationFinding)
    return sorted((each.kind, each.subject, each.ours, each.theirs, each.state) for each in rows)


async def changed(payer: Payer, table: type[Any], **values: Any) -> None:
    """A fault of ours, or an operator with SQL."""
    async with payer.runtime.units_of_work.begin(payer.at.partner.system) as work:
        await work.session.execute(update(table).values(**values))


async def sells_elsewhere(payer: Payer, minor: int) -> None:
    """The company uses its account for something else too."""
    asked: Any = {
        "mode": "payment",
        "success_url": "https://example.com",
        "line_items": [
            {"quantity": 1, "price_data": {"currency": "cny", "unit_amount": minor, "product_data": {"name": "杯子"}}}
        ],
    }
    sessions = payer.at.platform.client().v1.checkout.sessions
    here: Any = {"stripe_account": payer.at.account}
    payer.at.platform.pay(payer.at.account, (await sessions.create_async(asked, here)).id)


async def test_books_that_agree_disturb_nobody(payer: Payer) -> None:
    payer.at.platform.open_dispute(payer.at.account, await pays(payer), 20_00)
    await payer.provider_tells()
    await days_pass(payer, 8)
    (sent,) = payer.at.platform.pay_out(payer.at.account)
    payer.at.platform.move_payout(payer.at.account, sent["id"], "paid")
    await payer.provider_tells()
    await days_pass(payer, 3)
    done = await compared(payer)
    assert (done.days >= 10, done.lines, done.findings) == (True, 3, 0)
    assert await found(payer) == []
    assert await compared(payer) == Reconciled()


async def test_what_got_lost_on_the_way_is_found_asked_for_and_agrees_the_next_day(payer: Payer) -> None:
    await pays(payer)
    await days_pass(payer, 2)
    assert (await compared(payer)).findings == 1
    assert await found(payer) == [("missing_here", "payment", None, GROSS, "open")]
    await payer.work_is_done()
    assert [each.amount for each in await payer.rows(Payment)] == [GROSS]
    await days_pass(payer, 2)
    assert (await compared(payer)).findings == 0
    (finding,) = await payer.rows(ReconciliationFinding)
    assert (finding.state, finding.reason, finding.settled_by_name) == ("settled", "agrees", "")


async def test_money_that_is_not_of_our_clients_is_found_and_settled_with_a_reason(
    payer: Payer, http: ClientFor
) -> None:
    await sells_elsewhere(payer, 5_00)
    await payer.provider_tells()
    await days_pass(payer, 2)
    await compared(payer)
    owner = await http(payer.at.partner.owner)
    assert "我们没有这一笔" in (await owner.get(PAGE)).text
    (finding,) = await payer.rows(ReconciliationFinding)
    record = f"{PAGE}/{finding.id}"
    assert "charge" in (await owner.get(record)).text
    refused = await owner.post(f"{record}/settle", data={"version": "1", "reason": ""})
    assert "请写明原因" in refused.text
    settled = await owner.post(f"{record}/settle", data={"version": "1", "reason": "门店卖的杯子"})
    assert settled.status_code == 303
    assert "门店卖的杯子" in (await owner.get(record)).text
    await days_pass(payer, 3)
    assert (await compared(payer)).findings == 0
    assert [state for *_, state in await found(payer)] == ["settled"]
    again = await owner.post(
        f"/api/v1/reconciliation-findings/{finding.id}/settle",
        json={"version": 2, "reason": "again"},
        headers={"idempotency-key": new_id().hex},
    )
    assert again.json()["code"] == "reconciliation_finding.move_refused"


async def test_what_we_have_and_the_provider_has_not_is_found(payer: Payer) -> None:
    captured = CapturedPayment(
        gateway_payment_id="pi_nobody",
        client_id=payer.books.client.id,
        amount=Money(7_00, "CNY"),
        fee=Money(0, "CNY"),
        application_fee=Money(0, "CNY"),
        captured_at=payer.clock.now(),
    )
    async with payer.runtime.units_of_work.begin(payer.at.partner.system) as work:
        await look_at(work, payer.at.account, ObjectKind.PAYMENT, captured.gateway_payment_id)
        await OnlinePayments(work).record(captured)
    await days_pass(payer, 2)
    await compared(payer)
    assert await found(payer) == [("missing_there", "payment", 7_00, None, "open")]


async def test_each_kind_of_difference_has_its_name(
    payer: Payer, test_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_settings, "application_fee_basis_points", 150)
    await pays(payer)
    await days_pass(payer, 8)
    payer.at.platform.pay_out(payer.at.account)
    await payer.provider_tells()
    (page,) = await payer.rows(CheckoutPage)
    (receipt,) = await payer.rows(OnlineReceipt)
    (sent,) = await payer.rows(Payout)
    assert (page.application_fee, receipt.application_fee) == (1_59, 1_59)
    await as_owner(payer, f"UPDATE online_receipt SET fee = {receipt.fee + 1}")
    await as_owner(payer, "UPDATE checkout_page SET application_fee = 200")
    await changed(payer, Payout, amount=sent.amount + 7)
    await days_pass(payer, 2)
    assert (await compared(payer)).findings == 3
    assert await found(payer) == [
        ("application_fee_differs", "payment", 2_00, 1_59, "open"),
        ("fee_differs", "payment", receipt.fee + 1, receipt.fee, "open"),
        ("payout_differs", "payout", -sent.amount - 7, -sent.amount, "open"),
    ]
    await changed(payer, Payout, amount=sent.amount)
    await changed(payer, Payment, amount=GROSS - 1_00, unallocated=0)
    await days_pass(payer, 1)
    await compared(payer)
    assert [(kind, state) for kind, *_, state in await found(payer)] == [
        ("amount_differs", "open"),
        ("application_fee_differs", "settled"),
        ("fee_differs", "settled"),
        ("payout_differs", "settled"),
    ]


async def as_owner(payer: Payer, statement: str) -> None:
    """Rows that the program itself cannot change."""
    async with payer.runtime.engine("owner").begin() as connection:
        await connection.execute(
            text("SELECT set_config('app.actor', :actor, true)"), {"actor": f"{payer.at.partner.id}/tenant/"}
        )
        await connection.execute(text(statement))


async def test_finance_is_told_once_a_day_that_differs(payer: Payer) -> None:
    await sells_elsewhere(payer, 5_00)
    await days_pass(payer, 2)
    await compared(payer)
    await compared(payer)
    async with payer.runtime.units_of_work.begin(payer.at.partner.system) as work:
        notices = list(
            await work.session.scalars(
                select(Notification.reference).where(Notification.reference.startswith("reconciliation:"))
            )
        )
    assert len(set(notices)) == 1


async def test_page_by_page_and_by_many_at_once_it_is_fetched_once(
    payer: Payer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stripe_adapter, "LINES_A_PAGE", 2)
    for minor in range(5_00, 5_05):
        await sells_elsewhere(payer, minor)
    await days_pass(payer, 2)
    await asyncio.gather(*(compared(payer) for _ in range(10)))
    assert len(await payer.rows(ProviderLine)) == 5
    assert len(await payer.rows(ReconciliationFinding)) == 5
    assert sum(each.lines for each in await payer.rows(ReconciliationDay)) == 5


async def test_wherever_it_is_cut_off_the_next_time_goes_on(
    payer: Payer, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stripe_adapter, "LINES_A_PAGE", 2)
    for minor in range(5_00, 5_05):
        await sells_elsewhere(payer, minor)
    await days_pass(payer, 2)
    deaths = 0
    for fatal in range(1, ENOUGH_STEPS, 3):
        with dying_at(runtime, fatal):
            try:
                await compared(payer)
            except Died:
                deaths += 1
    await compared(payer)
    assert deaths > 5
    assert len(await payer.rows(ProviderLine)) == 5
    assert [each.theirs for each in sorted(await payer.rows(ReconciliationFinding), key=lambda row: row.theirs)] == [
        *range(5_00, 5_05)
    ]
    assert all(each.finished_at for each in await payer.rows(ReconciliationDay))


async def test_while_the_provider_does_not_answer_nothing_is_compared(payer: Payer) -> None:
    await days_pass(payer, 2)
    payer.at.platform.goes_wrong("lost answer", "/v1/balance_transactions", "get")
    with pytest.raises(GatewayUnreachable):
        await compared(payer)
    assert (await compared(payer)).days >= 1


async def test_programs_and_the_command_line_see_how_far_it_is(payer: Payer, http: ClientFor) -> None:
    owner = await http(payer.at.partner.owner)
    progress = "/api/v1/reconciliation-progress"
    assert (await owner.get(progress)).json() == {"day": None}
    await sells_elsewhere(payer, 5_00)
    await days_pass(payer, 2)
    slug = payer.at.partner.slug
    done = await reconcile_payments(payer.runtime, slug)
    assert done[slug].findings == 1
    assert (await owner.get(progress)).json()["day"] is not None
    listed = (await owner.get("/api/v1/reconciliation-findings", params={"state": "open"})).json()["items"]
    assert [(each["kind"], each["theirs"]) for each in listed] == [("missing_here", 5_00)]
    lines = (await owner.get(f"/api/v1/reconciliation-findings/{listed[0]['id']}/lines")).json()["items"]
    assert [each["kind"] for each in lines] == ["charge"]


async def test_without_an_account_there_is_nothing_to_compare(payer: Payer) -> None:
    payer.at.platform.deauthorize(payer.at.account)
    await days_pass(payer, 2)
    assert await compared(payer) == Reconciled()
