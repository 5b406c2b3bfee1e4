"""The ledger: what is posted balances, is posted once, and stays as it was."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import Forbidden, NotFound
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from billing.ledger import (
    AccountKind,
    EntryReversed,
    EntrySource,
    Ledger,
    LedgerAccountName,
    MonthClosed,
    Transfer,
)
from billing.ledger.errors import MonthNotOver, NothingToPost
from billing.ledger.models import LedgerEntry, LedgerPosting
from billing.ledger.months import LedgerMonths
from billing.ledger.reading import LedgerReading
from billing.ledger.verification import verify
from billing.money import Money
from tests.factories.network import ClientCompany, Network, PartnerCompany

NOVEMBER_16 = date(2026, 11, 16)
REVENUE = LedgerAccountName(AccountKind.REVENUE, detail="retainer")
TAX = LedgerAccountName(AccountKind.OUTPUT_TAX, detail="0.06")
BANK = LedgerAccountName(AccountKind.BANK)


def receivable(client: ClientCompany) -> LedgerAccountName:
    return LedgerAccountName(AccountKind.RECEIVABLE, client.id)


def invoice_of(client: ClientCompany, net: int = 10000, tax: int = 600) -> list[Transfer]:
    """What an invoice over `net` and `tax` means."""
    return [
        Transfer(receivable(client), REVENUE, Money(net, "CNY")),
        Transfer(receivable(client), TAX, Money(tax, "CNY")),
    ]


def issued(number: UUID | None = None) -> EntrySource:
    return EntrySource("invoice", number or uuid4(), "issued")


class Books:
    """One company's books, each call in a transaction of its own."""

    def __init__(self, units_of_work: UnitOfWorkFactory, actor: Actor) -> None:
        self.units_of_work, self.actor = units_of_work, actor

    async def post(self, source: EntrySource, transfers: list[Transfer], day: date = NOVEMBER_16) -> UUID:
        async with self.units_of_work.begin(self.actor) as work:
            return await Ledger(work).post(source, day, transfers)

    async def reverse(self, entry_id: UUID, day: date = NOVEMBER_16) -> UUID:
        async with self.units_of_work.begin(self.actor) as work:
            return await Ledger(work).reverse(entry_id, day, "开错了")

    async def close(self, month: date) -> None:
        async with self.units_of_work.begin(self.actor) as work:
            await LedgerMonths(work).close(month)

    async def balances(self, before: date | None = None) -> dict[AccountKind, int]:
        async with self.units_of_work.begin(self.actor) as work:
            found = await LedgerReading(work).balances(before=before)
        return {each.kind: each.balance.minor for each in found}

    async def findings(self) -> Counter[str]:
        async with self.units_of_work.begin(self.actor) as work:
            return Counter(finding.check for finding in await verify(work))


@pytest.fixture
def books(units_of_work: UnitOfWorkFactory, partner: PartnerCompany) -> Books:
    return Books(units_of_work, partner.owner)


async def test_an_invoice_is_owed_until_it_is_paid(books: Books, client: ClientCompany) -> None:
    await books.post(issued(), invoice_of(client))
    assert await books.balances() == {
        AccountKind.RECEIVABLE: 10600,
        AccountKind.REVENUE: 10000,
        AccountKind.OUTPUT_TAX: 600,
    }
    payment = [Transfer(BANK, receivable(client), Money(10600, "CNY"))]
    await books.post(EntrySource("payment", uuid4(), "received"), payment)
    after = await books.balances()
    assert (after[AccountKind.RECEIVABLE], after[AccountKind.BANK]) == (0, 10600)
    assert await books.findings() == {}


async def test_the_same_document_is_posted_once(books: Books, client: ClientCompany) -> None:
    source = issued()
    first = await books.post(source, invoice_of(client))
    assert await books.post(source, invoice_of(client, net=99)) == first
    assert (await books.balances())[AccountKind.RECEIVABLE] == 10600


async def test_fifty_who_post_the_same_at_once_post_it_once(books: Books, client: ClientCompany) -> None:
    source = issued()
    entries = await asyncio.gather(*(books.post(source, invoice_of(client)) for _ in range(50)))
    assert len(set(entries)) == 1
    assert (await books.balances())[AccountKind.RECEIVABLE] == 10600


async def test_many_who_post_for_one_client_at_once_share_its_account(books: Books, client: ClientCompany) -> None:
    await asyncio.gather(*(books.post(issued(), invoice_of(client, 100 + n, n)) for n in range(20)))
    assert (await books.balances())[AccountKind.RECEIVABLE] == sum(100 + 2 * n for n in range(20))
    assert await books.findings() == {}


async def test_a_negative_amount_is_posted_the_other_way_round(books: Books, client: ClientCompany) -> None:
    await books.post(issued(), invoice_of(client))
    await books.post(EntrySource("credit_note", uuid4(), "issued"), invoice_of(client, -5000, -300))
    assert (await books.balances())[AccountKind.RECEIVABLE] == 5300


async def test_nothing_is_no_entry(books: Books, client: ClientCompany) -> None:
    with pytest.raises(NothingToPost):
        await books.post(issued(), invoice_of(client, 0, 0))


async def test_a_clients_account_names_the_client_and_the_banks_does_not(books: Books, client: ClientCompany) -> None:
    for wrong in (LedgerAccountName(AccountKind.RECEIVABLE), LedgerAccountName(AccountKind.BANK, client.id)):
        with pytest.raises(ValueError, match="client"):
            await books.post(issued(), [Transfer(wrong, REVENUE, Money(1, "CNY"))])


async def test_currencies_have_accounts_of_their_own(books: Books, client: ClientCompany) -> None:
    for currency in ("CNY", "JPY"):
        await books.post(issued(), [Transfer(receivable(client), REVENUE, Money(500, currency))])
    async with books.units_of_work.begin(books.actor) as work:
        found = await LedgerReading(work).balances(client_id=client.id)
    assert sorted((each.currency, each.balance.minor) for each in found) == [("CNY", 500), ("JPY", 500)]


async def test_the_database_refuses_a_posting_in_another_currency(books: Books, client: ClientCompany) -> None:
    entry_id = await books.post(issued(), invoice_of(client))
    async with books.units_of_work.begin(books.actor) as work:
        posting = (await work.session.scalars(select(LedgerPosting).where(LedgerPosting.entry_id == entry_id))).first()
        assert posting is not None
        work.session.add(
            LedgerPosting(
                tenant_id=work.tenant_id,
                id=work.new_id(),
                entry_id=entry_id,
                day=posting.day,
                debit_account_id=posting.debit_account_id,
                credit_account_id=posting.credit_account_id,
                amount=1,
                currency="USD",
            )
        )
        with pytest.raises(DBAPIError, match="fk_ledger_posting"):
            await work.session.flush()
        await work.session.rollback()


@pytest.mark.parametrize("amount", [0, -1])
async def test_the_database_refuses_what_is_no_transfer(books: Books, client: ClientCompany, amount: int) -> None:
    """A rounding row widened an imbalance and was posted all the same (erpnext 25775): here every posting has both of
    its sides and an amount above nothing, so that an entry cannot but balance."""
    entry_id = await books.post(issued(), invoice_of(client))
    async with books.units_of_work.begin(books.actor) as work:
        posting = (await work.session.scalars(select(LedgerPosting).where(LedgerPosting.entry_id == entry_id))).first()
        assert posting is not None
        copied = {name: getattr(posting, name) for name in ("day", "debit_account_id", "credit_account_id", "currency")}
        work.session.add(
            LedgerPosting(tenant_id=work.tenant_id, id=work.new_id(), entry_id=entry_id, amount=amount, **copied)
        )
        with pytest.raises(DBAPIError, match="ck_ledger_posting"):
            await work.session.flush()
        await work.session.rollback()


class TestTakingBack:
    async def test_a_reversal_brings_every_account_back(self, books: Books, client: ClientCompany) -> None:
        entry_id = await books.post(issued(), invoice_of(client))
        await books.reverse(entry_id)
        assert set((await books.balances()).values()) == {0}
        assert await books.findings() == {}

    async def test_an_entry_is_taken_back_in_the_transaction_that_posted_it(
        self, books: Books, client: ClientCompany
    ) -> None:
        async with books.units_of_work.begin(books.actor) as work:
            entry_id = await Ledger(work).post(issued(), NOVEMBER_16, invoice_of(client))
            await Ledger(work).reverse(entry_id, NOVEMBER_16, "开错了")
        assert set((await books.balances()).values()) == {0}
        assert await books.findings() == {}

    async def test_an_entry_is_taken_back_once(self, books: Books, client: ClientCompany) -> None:
        entry_id = await books.post(issued(), invoice_of(client))
        outcomes = await asyncio.gather(*(books.reverse(entry_id) for _ in range(10)), return_exceptions=True)
        assert Counter(isinstance(outcome, EntryReversed) for outcome in outcomes) == {False: 1, True: 9}
        assert set((await books.balances()).values()) == {0}

    async def test_a_reversal_is_not_taken_back(self, books: Books, client: ClientCompany) -> None:
        reversal = await books.reverse(await books.post(issued(), invoice_of(client)))
        with pytest.raises(EntryReversed):
            await books.reverse(reversal)

    async def test_another_companys_entry_is_not_there(
        self, books: Books, client: ClientCompany, units_of_work: UnitOfWorkFactory, network: Network
    ) -> None:
        entry_id = await books.post(issued(), invoice_of(client))
        other = await network.partner()
        with pytest.raises(NotFound):
            await Books(units_of_work, other.owner).reverse(entry_id)

    async def test_after_the_close_it_goes_into_the_open_month(
        self, books: Books, client: ClientCompany, clock: SettableClock
    ) -> None:
        entry_id = await books.post(issued(), invoice_of(client), date(2026, 10, 20))
        clock.set(datetime(2026, 11, 2, tzinfo=UTC))
        await books.close(date(2026, 10, 1))
        reversal = await books.reverse(entry_id, date(2026, 10, 25))
        async with books.units_of_work.begin(books.actor) as work:
            assert (await LedgerReading(work).entry(reversal)).day == date(2026, 11, 1)
        assert (await books.balances(before=date(2026, 11, 1)))[AccountKind.RECEIVABLE] == 10600


class TestClosingAMonth:
    @pytest.fixture(autouse=True)
    def in_december(self, clock: SettableClock) -> None:
        clock.set(datetime(2026, 12, 5, 2, tzinfo=UTC))

    async def test_nothing_is_posted_into_it_any_more(self, books: Books, client: ClientCompany) -> None:
        await books.post(issued(), invoice_of(client))
        await books.close(NOVEMBER_16)
        for day in (date(2026, 11, 30), date(2026, 10, 1)):
            with pytest.raises(MonthClosed):
                await books.post(issued(), invoice_of(client), day)
        await books.post(issued(), invoice_of(client), date(2026, 12, 1))
        assert await books.findings() == {}

    async def test_what_was_posted_before_is_answered_after_it_too(self, books: Books, client: ClientCompany) -> None:
        source = issued()
        first = await books.post(source, invoice_of(client))
        await books.close(NOVEMBER_16)
        assert await books.post(source, invoice_of(client)) == first

    async def test_closing_twice_changes_nothing(self, books: Books, client: ClientCompany) -> None:
        await books.post(issued(), invoice_of(client))
        await asyncio.gather(*(books.close(NOVEMBER_16) for _ in range(5)))
        async with books.units_of_work.begin(books.actor) as work:
            assert [each.month for each in await LedgerMonths(work).closed()] == [date(2026, 11, 1)]

    @pytest.mark.parametrize("running", [date(2026, 12, 1), date(2027, 1, 1)])
    async def test_a_month_that_runs_stays_open(self, books: Books, running: date) -> None:
        with pytest.raises(MonthNotOver):
            await books.close(running)

    async def test_a_month_ends_by_the_companys_clock(
        self, books: Books, client: ClientCompany, clock: SettableClock
    ) -> None:
        await books.post(issued(), invoice_of(client))
        clock.set(datetime(2026, 11, 30, 15, 59, tzinfo=UTC))
        with pytest.raises(MonthNotOver):
            await books.close(NOVEMBER_16)
        clock.set(datetime(2026, 11, 30, 16, 0, tzinfo=UTC))
        await books.close(NOVEMBER_16)

    async def test_months_are_closed_in_order(self, books: Books, client: ClientCompany) -> None:
        await books.post(issued(), invoice_of(client), date(2026, 9, 30))
        with pytest.raises(MonthNotOver):
            await books.close(NOVEMBER_16)
        async with books.units_of_work.begin(books.actor) as work:
            assert await LedgerMonths(work).next_to_close() == date(2026, 9, 1)

    async def test_who_posts_while_it_closes_is_in_it_or_refused(self, books: Books, client: ClientCompany) -> None:
        await books.post(issued(), invoice_of(client))
        outcomes = await asyncio.gather(
            *(books.post(issued(), invoice_of(client, 1000, 0)) for _ in range(10)),
            books.close(NOVEMBER_16),
            *(books.post(issued(), invoice_of(client, 1000, 0)) for _ in range(10)),
            return_exceptions=True,
        )
        posted = sum(isinstance(outcome, UUID) for outcome in outcomes)
        refused = [each for each in outcomes if isinstance(each, Exception)]
        assert all(isinstance(each, MonthClosed) for each in refused), refused
        assert (await books.balances())[AccountKind.RECEIVABLE] == 10600 + 1000 * posted
        assert await books.findings() == {}

    async def test_who_may_not_close_does_not(self, units_of_work: UnitOfWorkFactory, partner: PartnerCompany) -> None:
        with pytest.raises(Forbidden):
            await Books(units_of_work, partner.dispatcher).close(NOVEMBER_16)


class TestVerifying:
    async def test_the_program_cannot_change_what_was_posted(self, books: Books, client: ClientCompany) -> None:
        await books.post(issued(), invoice_of(client))
        for statement in (update(LedgerPosting).values(amount=1), delete(LedgerPosting), delete(LedgerEntry)):
            async with books.units_of_work.begin(books.actor) as work:
                with pytest.raises(DBAPIError, match="permission denied"):
                    await work.session.execute(statement)
                await work.session.rollback()

    async def test_what_somebody_changed_behind_it_is_found(
        self, books: Books, client: ClientCompany, admin_dsn: str, database: str
    ) -> None:
        entry_id = await books.post(issued(), invoice_of(client))
        reversal = await books.reverse(entry_id)
        emptied = await books.post(issued(), invoice_of(client))
        admin = await asyncpg.connect(admin_dsn, database=database)
        await admin.execute("UPDATE ledger_posting SET amount = amount + 1 WHERE entry_id = $1", reversal)
        await admin.execute("DELETE FROM ledger_posting WHERE entry_id = $1", emptied)
        await admin.close()
        assert await books.findings() == {"reversal_differs": 1, "entry_without_postings": 1}
