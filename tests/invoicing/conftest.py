"""A partner that invoices: an owner who approves, somebody in finance who writes, and a client."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory
from billing.invoicing import open_items
from billing.invoicing.models import ChargeClaim, InvoiceDraft, InvoiceDraftLine
from billing.invoicing.schemas import InvoiceView, SellerProfileWrite
from billing.invoicing.services.drafts import Drafts, locked_draft
from billing.invoicing.services.issuing import issue
from billing.invoicing.services.profiles import Profiles
from billing.invoicing.services.reckoning import reckon
from billing.ledger import AccountKind
from billing.ledger.reading import LedgerReading
from billing.money import Money, PriceMode, taxed
from billing.payments.schemas import AllocationPart, LineBooking, PaymentView
from billing.payments.services import BankLines
from billing.rating import ChargeCategory, ChargeDue, SourceKind, insert_charges
from tests.conftest import START
from tests.factories.network import ClientCompany, Network, PartnerCompany
from tests.payments.conftest import told_by_the_bank

TODAY = date(2026, 11, 16)
SIX, THIRTEEN = Decimal("0.06"), Decimal("0.13")
SELLER = SellerProfileWrite(
    title="厦门赢定信息科技有限公司",
    tax_number="91350200MA2XNB1234",
    bank_name="中国工商银行厦门软件园支行",
    bank_account="4100 0240 0920 0112 233",
)


@dataclass(frozen=True)
class Item:
    """A line to be put on a draft: `amount` in minor units, tax included."""

    amount: int
    name: str = "桌面服务月费"
    rate: Decimal | None = SIX
    category: str = "service_fee"
    department_id: UUID | None = None
    client_id: UUID | None = None
    day: date = TODAY
    tax: str = "vat_6"


@dataclass
class Finance:
    """The partner's invoicing; each call is a transaction of its own."""

    units_of_work: UnitOfWorkFactory
    network: Network
    partner: PartnerCompany
    writer: Actor
    client: ClientCompany

    async def profile(self, **changed: object) -> None:
        """How the company stands on its invoices."""
        async with self.units_of_work.begin(self.writer) as work:
            profiles = Profiles(work)
            values = {name: getattr(SELLER, name) for name in SELLER.__struct_fields__} | changed
            values["version"] = (await profiles.seller()).version
            await profiles.write_seller(SellerProfileWrite(**values))

    async def draft(
        self, items: Sequence[Item] = (Item(106_00),), client: ClientCompany | None = None, currency: str = "CNY"
    ) -> UUID:
        """A draft with lines, as a run leaves it."""
        payer = client or self.client
        async with self.units_of_work.begin(self.partner.system) as work:
            made = InvoiceDraft(
                tenant_id=work.tenant_id,
                id=new_id(),
                client_id=payer.id,
                state="draft",
                currency=currency,
                period_start=TODAY.replace(day=1),
                period_end=date(2026, 12, 1),
                findings=[],
                author_name="小财",
                created_at=work.now,
                version=1,
            )
            work.session.add(made)
            await work.session.flush()
            for position, item in enumerate(items, 1):
                amounts = taxed(Money(item.amount, currency), item.rate, PriceMode.TAX_INCLUDED)
                line = InvoiceDraftLine(
                    tenant_id=work.tenant_id,
                    id=new_id(),
                    draft_id=made.id,
                    branch_id=item.client_id or payer.id,
                    position=position,
                    name=item.name,
                    day=item.day,
                    quantity=Decimal(1),
                    unit="期",
                    unit_price=Money(item.amount, currency).value,
                    price_mode=PriceMode.TAX_INCLUDED,
                    tax=item.tax,
                    tax_rate=item.rate,
                    net=amounts.net.minor,
                    tax_amount=amounts.tax.minor,
                    gross=amounts.gross.minor,
                    category=item.category,
                    department_id=item.department_id,
                )
                work.session.add(line)
                await work.session.flush()
                charge_id = await self.charge(work, item, payer.id, currency)
                work.session.add(ChargeClaim(tenant_id=work.tenant_id, id=charge_id, draft_line_id=line.id))
            await reckon(work, [made])
            return made.id

    async def charge(self, work: UnitOfWork, item: Item, payer_id: UUID, currency: str) -> UUID:
        """What the client owes for the item."""
        due = ChargeDue(
            client_id=item.client_id or payer_id,
            source_kind=SourceKind.MILESTONE,
            source_id=new_id(),
            rule="care",
            day=item.day,
            name=item.name,
            quantity=Decimal(1),
            unit="period",
            unit_price=Money(item.amount, currency).value,
            amount=Money(item.amount, currency),
            tax=item.tax,
            price_mode=PriceMode.TAX_INCLUDED,
            category=ChargeCategory(item.category),
            department_id=item.department_id,
        )
        (made,) = await insert_charges(work, [(due, 0)])
        return made

    async def charges(self, *items: Item, client: ClientCompany | None = None, currency: str = "CNY") -> list[UUID]:
        """Charges that are on no invoice yet."""
        async with self.units_of_work.begin(self.partner.system) as work:
            return [await self.charge(work, item, (client or self.client).id, currency) for item in items]

    async def version(self, draft_id: UUID) -> int:
        async with self.units_of_work.begin(self.partner.system) as work:
            draft = await locked_draft(work, draft_id)
            assert draft is not None
            return draft.version

    async def issue(self, draft_id: UUID, by: Actor | None = None) -> InvoiceView:
        version = await self.version(draft_id)
        async with self.units_of_work.begin(by or self.writer) as work:
            return await issue(work, draft_id, version)

    async def pays(self, amount: int) -> PaymentView:
        """The client's money comes in for what is open."""
        line_id = await told_by_the_bank(self.units_of_work, self.partner, amount)
        async with self.units_of_work.begin(self.writer) as work:
            (item,) = await open_items(work, self.client.id)
            parts = (AllocationPart(item.id, min(amount, item.open)),)
            return await BankLines(work).book(line_id, LineBooking(1, self.client.id, parts))

    async def call(self, by: Actor, name: str, *arguments: object) -> object:
        """One use case of drafts."""
        async with self.units_of_work.begin(by) as work:
            return await getattr(Drafts(work), name)(*arguments)

    async def balances(self) -> dict[tuple[AccountKind, str], int]:
        """What stands on each account, by kind and detail."""
        async with self.units_of_work.begin(self.partner.owner) as work:
            return {
                (each.kind, each.detail): each.balance.minor
                for each in await LedgerReading(work).balances()
                if each.balance
            }


async def company_that_invoices(runtime: Runtime, network: Network) -> Finance:
    """A company that can invoice, with one client."""
    partner = await network.partner()
    writer = await network.member(partner.id, "小财", ["partner_finance"])
    made = Finance(runtime.units_of_work, network, partner, writer, await network.client(partner))
    await made.profile()
    return made


@pytest.fixture
async def finance(runtime: Runtime, network: Network, clock: SettableClock) -> Finance:
    """A company that can invoice, with one client."""
    clock.set(START)
    return await company_that_invoices(runtime, network)
