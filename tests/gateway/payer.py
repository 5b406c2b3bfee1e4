"""Somebody of a client's finance who pays its provider's invoice online, and what the provider tells of it."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import httpx
from sqlalchemy import select

from app.people.approvals import Verdict, decide
from app.platform.background import Consumers
from app.platform.background.worker import Worker
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from billing.gateway.stripe_adapter import StripeGateway
from billing.gateway.tasks import consumers as gateway_consumers
from billing.invoicing.schemas import InvoiceView
from billing.payments.models import OnlineReceipt, Payment
from billing.payments.refund_schemas import RefundRequest, RefundView
from billing.payments.services import Refunds
from billing.payments.services.refunds import REFUND_APPROVAL
from billing.payments.tasks import consumers as payment_consumers
from tests.factories.network import PartnerCompany
from tests.fakes.stripe.stand_in import StripePlatform
from tests.invoicing.conftest import Finance
from tests.payments.conftest import Books

Post = Callable[[str, dict[str, str], bytes], Awaitable[int]]
GROSS = 106_00
"""Of the invoice."""
CONSUMERS = Consumers()
for each in (gateway_consumers, payment_consumers):
    CONSUMERS.include(each)


class ConnectedPartner(NamedTuple):
    """A partner that takes payments online."""

    partner: PartnerCompany
    account: str
    platform: StripePlatform
    gateway: StripeGateway


@dataclass
class Payer:
    """Somebody of the client's finance before an invoice of its provider."""

    finance: Finance
    books: Books
    invoice: InvoiceView
    page: httpx.AsyncClient
    at: ConnectedPartner
    post: Post
    runtime: Runtime
    clock: SettableClock

    async def read(self, address: str) -> str:
        answer = await self.page.get(address)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def invoice_page(self) -> str:
        return await self.read(f"/portal/invoices/{self.invoice.id}")

    async def starts(self) -> str:
        """The button on the invoice; the address of the attempt's page."""
        data = {"idempotency_key": new_id().hex}
        answer = await self.page.post(f"/portal/invoices/{self.invoice.id}/checkouts", data=data)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def goes_on(self, payment: str) -> str:
        """The link on that page; the provider's page to which it leads."""
        assert f'href="{payment}/provider"' in await self.read(payment)
        answer = await self.page.get(f"{payment}/provider")
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def sessions(self) -> list[dict[str, Any]]:
        return self.at.platform.objects(self.at.account, "checkout.session")

    def pays(self, session: dict[str, Any]) -> str:
        return str(self.at.platform.pay(self.at.account, session["id"])["payment_intent"])

    async def provider_tells(self, chance: random.Random | None = None, duplicates: int = 0) -> None:
        """All that it has to say."""
        while set(await self.at.platform.deliver(self.post, shuffled=chance, duplicates=duplicates)) - {200}:
            pass
        await self.work_is_done()

    async def work_is_done(self) -> None:
        """Until nothing waits any more; what fails is tried again hours later."""
        worker = Worker(self.runtime, CONSUMERS)
        for _ in range(10):
            await worker.run_once()
            self.clock.set(self.clock.now() + timedelta(hours=1))

    async def rows(self, table: type[Any]) -> list[Any]:
        async with self.runtime.units_of_work.begin(self.at.partner.system) as work:
            return list((await work.session.scalars(select(table))).all())

    async def pays_twice(self) -> list[str]:
        """The invoice, and again: the second one's money is a deposit. The provider's ids of both."""
        for payment in (await self.starts(), await self.starts()):
            await self.goes_on(payment)
        paid = [self.pays(session) for session in self.sessions()]
        await self.provider_tells()
        return paid

    async def deposit(self) -> Payment:
        """The payment that settles nothing."""
        found: list[Payment] = [each for each in await self.rows(Payment) if each.unallocated]
        (only,) = found
        return only

    async def payment_at(self, gateway_payment_id: str) -> Payment:
        """The payment of that id at the provider."""
        (receipt,) = [each for each in await self.rows(OnlineReceipt) if each.gateway_payment_id == gateway_payment_id]
        found: dict[UUID, Payment] = {each.id: each for each in await self.rows(Payment)}
        return found[receipt.id]

    async def asks_back(self, payment: Payment, minor: int) -> RefundView:
        """Finance asks, the owner says yes; nobody has asked the provider yet."""
        return await self.agrees(await self.asks(payment, minor))

    async def asks(self, payment: Payment, minor: int) -> RefundView:
        wanted = RefundRequest(payment.version, minor, "付了两次")
        return await self.books.as_(self.finance.writer, lambda work: Refunds(work).request(payment.id, wanted))

    async def agrees(self, asked: RefundView) -> RefundView:
        owner = self.at.partner.owner
        await self.books.as_(owner, lambda work: decide(work, REFUND_APPROVAL, asked.id, Verdict.APPROVE, reason=""))
        return await self.refund(asked.id)

    async def refund(self, refund_id: UUID) -> RefundView:
        return await self.books.as_(self.at.partner.owner, lambda work: Refunds(work).get(refund_id))

    async def refunds_on_the_dashboard(self, gateway_payment_id: str, minor: int | None = None) -> str:
        """Somebody of the partner gives money back on the provider's own pages, all of it or so much; its id there."""
        asked: Any = {"payment_intent": gateway_payment_id, **({"amount": minor} if minor else {})}
        here: Any = {"stripe_account": self.at.account}
        return (await self.at.platform.client().v1.refunds.create_async(asked, here)).id
