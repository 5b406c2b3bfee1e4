"""Finance reads the books on pages, and closes months there (B9)."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import httpx
import pytest

from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from billing.ledger import AccountKind, EntrySource, Ledger, LedgerAccountName, Transfer
from billing.money import Money
from tests.conftest import ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany

REVENUE = LedgerAccountName(AccountKind.REVENUE, detail="retainer")
pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
async def october(units_of_work: UnitOfWorkFactory, partner: PartnerCompany, client: ClientCompany) -> UUID:
    """An invoice of October over 1,060 yuan."""
    owed = Transfer(LedgerAccountName(AccountKind.RECEIVABLE, client.id), REVENUE, Money(106000, "CNY"))
    async with units_of_work.begin(partner.owner) as work:
        return await Ledger(work).post(EntrySource("invoice", uuid4(), "issued"), date(2026, 10, 20), [owed], "FP-1")


async def test_balances_stand_at_the_end_of_a_day(owner: httpx.AsyncClient, october: UUID) -> None:
    now = (await owner.get("/workspace/ledger")).text
    assert now.count("1,060.00") == 4, "both accounts, each with a side and its balance"
    assert "1,060.00" not in (await owner.get("/workspace/ledger?until=2026-10-19")).text
    assert "1,060.00" in (await owner.get("/workspace/ledger?until=2026-10-20")).text


async def test_from_a_posting_to_its_entry_and_what_took_it_back(
    owner: httpx.AsyncClient, units_of_work: UnitOfWorkFactory, partner: PartnerCompany, october: UUID
) -> None:
    async with units_of_work.begin(partner.owner) as work:
        reversal = await Ledger(work).reverse(october, date(2026, 11, 16), "开错了")
    listed = (await owner.get("/workspace/ledger/postings?account=receivable")).text
    assert f"/workspace/ledger/entries/{october}" in listed
    assert "FP-1" in (await owner.get(f"/workspace/ledger/entries/{october}")).text
    assert f"/workspace/ledger/entries/{october}" in (await owner.get(f"/workspace/ledger/entries/{reversal}")).text
    assert "FP-1" not in (await owner.get("/workspace/ledger/postings?account=receivable&month=2026-11")).text


async def test_a_month_is_closed_by_a_button_and_only_once(owner: httpx.AsyncClient, october: UUID) -> None:
    shown = await owner.get("/workspace/ledger")
    assert "结 2026-10 的账" in shown.text
    closed = await owner.post("/workspace/ledger/months", data={"month": "2026-10-01"})
    assert closed.status_code == 303
    after = (await owner.get("/workspace/ledger")).text
    assert "没有等待结账的月份" in after
    assert "postings?month=2026-10" in after


async def test_a_month_that_still_runs_is_not_closed(
    owner: httpx.AsyncClient, october: UUID, clock: SettableClock
) -> None:
    clock.set(datetime(2026, 10, 25, 2, tzinfo=UTC))
    refused = await owner.post("/workspace/ledger/months", data={"month": "2026-10-01"})
    assert refused.status_code == 409
    assert "2026-10 还不能结账" in refused.text


async def test_books_in_order_say_so(owner: httpx.AsyncClient, october: UUID) -> None:
    assert "没有发现不一致" in (await owner.get("/workspace/ledger/verification")).text


async def test_whoever_does_the_finances_reads_the_books_and_closes_a_month(
    http: ClientFor, network: Network, partner: PartnerCompany, october: UUID
) -> None:
    finance = await http(await network.member(partner.id, "小财", ["partner_finance"]))
    assert "1,060.00" in (await finance.get("/workspace/ledger")).text
    assert (await finance.post("/workspace/ledger/months", data={"month": "2026-10-01"})).status_code == 303


async def test_the_books_are_not_for_the_service_desk(
    http: ClientFor, network: Network, partner: PartnerCompany
) -> None:
    manager = await http(await network.member(partner.id, "王经理", ["service_manager"]))
    assert (await manager.get("/workspace/ledger")).status_code == 403
