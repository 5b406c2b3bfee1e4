"""The page on which bank lines are matched, and a payment's own."""

from datetime import UTC, datetime

import httpx
import pytest

from billing.money import Money
from billing.payments.schemas import AllocationPart, CapturedPayment, OpenedDispute
from billing.payments.services import Disputes, OnlinePayments
from tests.conftest import ClientFor
from tests.payments.conftest import Books

pytestmark = pytest.mark.usefixtures("monday_morning")
PAYMENTS = "/workspace/payments"


@pytest.fixture
async def owner(http: ClientFor, books: Books) -> httpx.AsyncClient:
    return await http(books.partner.owner)


async def test_one_line_after_the_other_is_booked_as_suggested(owner: httpx.AsyncClient, books: Books) -> None:
    assert "都认领完了" in (await owner.get(f"{PAYMENTS}/matching")).text
    item = await books.owes(318_00)
    line = await books.told(318_00, "货款 FP-2026-000001", payer="厦门建发集团")
    second = await books.told(5_00, "不知道是谁")
    shown = (await owner.get(f"{PAYMENTS}/matching")).text
    assert "金额正好" in shown
    assert f'name="part:{item}" value="318.00"' in shown
    form = {
        "version": "1",
        "client_id": str(books.client.id),
        "remember": "yes",
        "item": str(item),
        f"part:{item}": "318.00",
    }
    booked = await owner.post(f"{PAYMENTS}/lines/{line.id}/book", data=form)
    assert booked.status_code == 303, booked.text
    assert await books.open(item) == 0
    following = (await owner.get(booked.headers["location"])).text
    assert "看不出是谁付的" in following
    chosen = (
        await owner.get(f"{PAYMENTS}/matching", params={"line": str(second.id), "client": str(books.client.id)})
    ).text
    assert "整笔记为预收款" in chosen
    aside = await owner.post(f"{PAYMENTS}/lines/{second.id}/set-aside", data={"version": "1", "reason": "利息"})
    assert aside.status_code == 303, aside.text
    assert "SK-2026-000001" in (await owner.get(PAYMENTS)).text
    assert "利息" in (await owner.get(f"{PAYMENTS}/lines")).text


async def test_what_cannot_be_shared_is_said_beside_its_field(owner: httpx.AsyncClient, books: Books) -> None:
    item = await books.owes(100_00)
    line = await books.told(100_00, "FP-2026-000001")
    form = {"version": "1", "client_id": str(books.client.id), "item": str(item)}
    for typed in ("一百", "-1", "1.005"):
        refused = await owner.post(f"{PAYMENTS}/lines/{line.id}/book", data={**form, f"part:{item}": typed})
        assert refused.status_code == 422
        assert "最多两位小数" in refused.text
    too_much = await owner.post(f"{PAYMENTS}/lines/{line.id}/book", data={**form, f"part:{item}": "100.01"})
    assert too_much.status_code == 422
    assert "超过这笔收款" in too_much.text


async def test_a_payments_deposit_is_shared_and_taken_back(owner: httpx.AsyncClient, books: Books) -> None:
    line = await books.told(100_00)
    form = {"version": "1", "client_id": str(books.client.id)}
    await owner.post(f"{PAYMENTS}/lines/{line.id}/book", data=form)
    item = await books.owes(60_00)
    (payment,) = (await owner.get("/api/v1/payments")).json()["items"]
    page = f"{PAYMENTS}/{payment['id']}"
    assert "还有 ¥100.00 没有核销" in (await owner.get(page)).text
    shared = await owner.post(
        f"{page}/share", data={"version": str(payment["version"]), "item": str(item), f"part:{item}": "60"}
    )
    assert shared.status_code == 303, shared.text
    assert await books.open(item) == 0
    (made,) = (await owner.get(f"/api/v1/payments/{payment['id']}/allocations")).json()["items"]
    version = (await owner.get(f"/api/v1/payments/{payment['id']}")).json()["version"]
    back = await owner.post(f"{page}/allocations/{made['id']}/reverse", data={"version": str(version)})
    assert back.status_code == 303, back.text
    assert await books.open(item) == 60_00
    gone = await owner.post(f"{page}/reverse", data={"version": str(version + 1), "reason": "选错客户"})
    assert gone.status_code == 303, gone.text
    assert "选错客户" in (await owner.get(page)).text
    await books.check()


async def test_the_banks_reversal_is_confirmed_by_one_button(owner: httpx.AsyncClient, books: Books) -> None:
    line = await books.told(100_00, payer="海峡", account="6222")
    await owner.post(f"{PAYMENTS}/lines/{line.id}/book", data={"version": "1", "client_id": str(books.client.id)})
    back = await books.told(-100_00, "冲正", payer="海峡", account="6222")
    assert "确认冲正" in (await owner.get(f"{PAYMENTS}/matching")).text
    done = await owner.post(f"{PAYMENTS}/lines/{back.id}/take-back", data={"version": "1"})
    assert done.status_code == 303, done.text
    assert "已撤销" in (await owner.get(PAYMENTS)).text
    await books.check()


async def test_an_online_payment_shows_its_fees_and_disputes_and_is_not_taken_back(
    owner: httpx.AsyncClient, books: Books
) -> None:
    item = await books.owes(318_00)
    captured = CapturedPayment(
        gateway_payment_id="pi_1",
        client_id=books.client.id,
        amount=Money(318_00, "CNY"),
        fee=Money(3_80, "CNY"),
        application_fee=Money(1_59, "CNY"),
        captured_at=datetime(2026, 11, 16, 1, tzinfo=UTC),
        parts=(AllocationPart(item, 318_00),),
    )
    payment_id = await books.as_(books.partner.system, lambda work: OnlinePayments(work).record(captured))
    page = await owner.get(f"{PAYMENTS}/{payment_id}")
    assert page.status_code == 200, page.text
    for said in ("在线支付", "pi_1", "3.80", "1.59", "FP-2026-000001"):
        assert said in page.text
    assert "撤销收款" not in page.text
    assert "付款人的争议" not in page.text
    disputed = OpenedDispute(
        gateway_dispute_id="dp_1",
        gateway_payment_id="pi_1",
        amount=Money(318_00, "CNY"),
        fee=Money(15_00, "CNY"),
        reason="fraudulent",
    )
    await books.as_(books.partner.system, lambda work: Disputes(work).open(disputed))
    shown = (await owner.get(f"{PAYMENTS}/{payment_id}")).text
    assert "付款人的争议" in shown
    assert "争议中" in shown
    assert "手续费 ¥15.00" in shown
    assert "因争议被扣回" in shown
    assert payment_id.hex not in (await owner.get(PAYMENTS, params={"method": "transfer"})).text.replace("-", "")
    assert payment_id.hex in (await owner.get(PAYMENTS, params={"method": "online"})).text.replace("-", "")
    told = (await owner.get(f"/api/v1/payments/{payment_id}/online-receipt")).json()
    assert (told["fee"], told["application_fee"], told["disputes"][0]["state"]) == (3_80, 1_59, "open")
