"""A client pays on pages: from its invoice to the provider's page, and back by what the provider tells."""

import random
import re
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from app.people.identity import token_hash
from app.platform.kernel.ids import new_id
from app.platform.kernel.settings import Settings
from billing.gateway.models import GatewayObject
from billing.invoicing.models import InvoiceLink
from billing.ledger import AccountKind
from billing.payments.models import Checkout, Payment, PaymentDispute
from tests.conftest import ClientFor
from tests.gateway.payer import GROSS, Payer

pytestmark = [
    pytest.mark.usefixtures("fresh_counters"),
    pytest.mark.slow(10, "an account at the stand-in, a payment there and all that is told of it"),
]


async def test_a_client_pays_and_the_provider_tells_it_often_and_in_any_order(
    payer: Payer, test_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_settings, "application_fee_basis_points", 150)
    assert "在线支付" in await payer.invoice_page()
    payment = await payer.starts()
    leads_to = await payer.goes_on(payment)
    assert await payer.goes_on(payment) == leads_to
    (session,) = payer.sessions()
    assert leads_to == session["url"]
    payer.pays(session)
    await payer.provider_tells(random.Random(3), duplicates=2)
    (paid,) = await payer.rows(Payment)
    assert (paid.amount, paid.unallocated, paid.method) == (GROSS, 0, "online")
    assert await payer.books.balance(AccountKind.APPLICATION_FEE) == 1_59
    await payer.books.check()
    assert "款项已收到" in await payer.read(payment)
    invoice = await payer.invoice_page()
    assert "已付清" in invoice
    assert "在线支付" not in invoice


async def test_a_suspended_partner_is_paid_all_the_same(payer: Payer, superuser: asyncpg.Connection) -> None:
    await payer.goes_on(await payer.starts())
    (session,) = payer.sessions()
    paid = payer.pays(session)
    await superuser.execute("UPDATE tenant SET state = 'suspended' WHERE id = $1", payer.at.partner.id)
    payer.at.platform.open_dispute(payer.at.account, paid, 6_00)
    await payer.provider_tells(random.Random(13), duplicates=1)
    (payment,) = await payer.rows(Payment)
    assert (payment.amount, payment.withdrawn) == (GROSS, 6_00)
    assert await payer.books.balance(AccountKind.RECEIVABLE) == 6_00
    await payer.books.check()


async def test_who_pays_twice_has_a_deposit(payer: Payer) -> None:
    for payment in (await payer.starts(), await payer.starts()):
        await payer.goes_on(payment)
    for session in payer.sessions():
        payer.pays(session)
    await payer.provider_tells(random.Random(5))
    assert sorted(each.unallocated for each in await payer.rows(Payment)) == [0, GROSS]
    await payer.books.check()


async def test_a_page_that_nobody_paid_on_is_over(payer: Payer) -> None:
    payment = await payer.starts()
    await payer.goes_on(payment)
    (session,) = payer.sessions()
    await payer.at.gateway.expire_checkout(payer.at.account, session["id"])
    await payer.provider_tells()
    assert "这次没有付成" in await payer.read(payment)
    again = await payer.page.get(f"{payment}/provider")
    assert again.status_code == 409
    assert "这次支付已经结束" in again.text
    assert "在线支付" in await payer.invoice_page()


async def test_an_answer_that_was_lost_is_had_by_asking_again(payer: Payer) -> None:
    payment = await payer.starts()
    payer.at.platform.goes_wrong("lost answer", "/v1/checkout/sessions")
    lost = await payer.page.get(f"{payment}/provider")
    assert lost.status_code == 409
    assert "支付平台暂时没有回应" in lost.text
    leads_to = await payer.goes_on(payment)
    (session,) = payer.sessions()
    assert leads_to == session["url"]


async def test_what_a_payers_bank_takes_back_is_open_again(payer: Payer) -> None:
    await payer.goes_on(await payer.starts())
    (session,) = payer.sessions()
    payer.at.platform.open_dispute(payer.at.account, payer.pays(session))
    await payer.provider_tells(random.Random(11), duplicates=1)
    (dispute,) = await payer.rows(PaymentDispute)
    assert (dispute.amount, dispute.state) == (GROSS, "open")
    (paid,) = await payer.rows(Payment)
    assert (paid.unallocated, paid.withdrawn) == (0, GROSS)
    assert "已付清" not in await payer.invoice_page()
    await payer.books.check()


async def test_what_was_begun_elsewhere_in_the_account_is_nobodys_business(payer: Payer) -> None:
    asked: Any = {
        "mode": "payment",
        "success_url": "https://example.com",
        "client_reference_id": str(new_id()),
        "payment_intent_data": {"metadata": {"yinghuo_reference": str(new_id())}},
        "line_items": [
            {"quantity": 1, "price_data": {"currency": "cny", "unit_amount": 500, "product_data": {"name": "杯子"}}}
        ],
    }
    here: Any = {"stripe_account": payer.at.account}
    sessions = payer.at.platform.client().v1.checkout.sessions
    paid = payer.at.platform.pay(payer.at.account, (await sessions.create_async(asked, here)).id)
    payer.at.platform.open_dispute(payer.at.account, paid["payment_intent"])
    await payer.provider_tells()
    assert await payer.rows(Payment) == []
    told = [each for each in await payer.rows(GatewayObject) if each.kind in ("checkout", "payment", "dispute")]
    assert {each.kind for each in told} == {"checkout", "payment", "dispute"}
    assert all(each.applied == each.generation for each in told)


async def test_without_an_account_the_link_pays_too(payer: Payer, http: ClientFor) -> None:
    token = "t" * 43
    async with payer.runtime.units_of_work.begin(payer.at.partner.system) as work:
        work.session.add(
            InvoiceLink(
                tenant_id=work.tenant_id,
                id=new_id(),
                invoice_id=payer.invoice.id,
                token_hash=token_hash(token),
                email="finance@client.example",
                created_at=work.now,
                expires_at=work.now + timedelta(days=9),
            )
        )
    payer.page = await http(None)
    link = f"/invoice/{payer.at.partner.id}/{token}"
    page = await payer.read(link)
    fields = dict(re.findall(r'name="(_csrf_token|idempotency_key)" value="(\w+)"', page))
    begun = await payer.page.post(f"{link}/payments", data=fields)
    assert begun.status_code == 303, begun.text
    payment = begun.headers["location"]
    await payer.goes_on(payment)
    (session,) = payer.sessions()
    payer.pays(session)
    await payer.provider_tells()
    assert "款项已收到" in await payer.read(payment)
    (checkout,) = await payer.rows(Checkout)
    assert checkout.started_by_name == "finance@client.example"
    assert (await payer.page.get(f"{link}/payments/{new_id()}")).status_code == 404
    assert (await payer.page.get("/online-payments/returned")).status_code == 200


async def test_a_company_without_an_account_says_so(payer: Payer) -> None:
    payment = await payer.starts()
    payer.at.platform.deauthorize(payer.at.account)
    await payer.provider_tells()
    assert "在线支付" not in await payer.invoice_page()
    for answer in (
        await payer.page.get(f"{payment}/provider"),
        await payer.page.post(f"/portal/invoices/{payer.invoice.id}/checkouts", data={"idempotency_key": new_id().hex}),
    ):
        assert answer.status_code == 409
        assert "服务商目前不收在线付款" in answer.text


async def test_programs_pay_as_people_do(payer: Payer) -> None:
    key = {"idempotency-key": new_id().hex}
    begun = await payer.page.post(f"/api/v1/invoices/{payer.invoice.id}/checkouts", headers=key)
    assert begun.status_code == 201, begun.text
    checkout = begun.json()
    page = await payer.page.post(f"/api/v1/checkouts/{checkout['id']}/payment-page")
    (session,) = payer.sessions()
    assert page.json() == {"url": session["url"]}
    read = await payer.page.get(f"/api/v1/checkouts/{checkout['id']}")
    assert (read.json()["state"], read.json()["amount"]) == ("open", GROSS)
