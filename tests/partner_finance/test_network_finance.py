"""Headquarters sees the network's money in sums: followed as it happens, the same counted anew, and no client in it."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import delete, select, text

from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.worker import all_consumers
from billing.payments.models import Payment
from billing.payments.services import Payments
from tenants.partner_finance import rebuild_finance
from tenants.partner_finance.models import FinanceFact
from tests.conftest import ClientFor
from tests.factories.background import deliver_event
from tests.factories.network import Network
from tests.invoicing.conftest import Finance, Item

FINANCE = "/api/v1/network/finance"
NOVEMBER = date(2026, 11, 1)
Facts = list[tuple[str, int, int, int, int]]


async def follow(runtime: Runtime, finance: Finance, *, backwards: bool = False) -> None:
    """Deliver everything that was published to the figures, twice."""
    async with runtime.units_of_work.begin(finance.partner.system) as work:
        events: Sequence[OutboxEvent] = (await work.session.scalars(select(OutboxEvent).order_by(OutboxEvent.id))).all()
    for event in [*(reversed(events) if backwards else events), *events]:
        for listener in all_consumers():
            if listener.topic == event.topic and listener.name.startswith("partner_finance."):
                await deliver_event(runtime, finance.partner.id, event.id, listener.name)


async def facts(runtime: Runtime, finance: Finance) -> Facts:
    """Category, billed, credited, paid, granted."""
    async with runtime.units_of_work.begin(finance.partner.system) as work:
        rows = await work.session.execute(
            select(
                FinanceFact.category,
                FinanceFact.billed,
                FinanceFact.credited,
                FinanceFact.paid,
                FinanceFact.granted,
            )
            .where(FinanceFact.month == NOVEMBER)
            .order_by(FinanceFact.category)
        )
        return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


async def invoiced(finance: Finance) -> None:
    """300 for service and 100 for parts; 200 of it paid."""
    await finance.issue(await finance.draft([Item(300_00), Item(100_00, "内存条", category="part")]))
    await finance.pays(200_00)


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "in any order"])
async def test_what_was_followed_is_what_is_counted_anew(runtime: Runtime, finance: Finance, backwards: bool) -> None:
    await invoiced(finance)
    await follow(runtime, finance, backwards=backwards)
    followed = await facts(runtime, finance)
    assert followed == [("part", 100_00, 0, 50_00, 0), ("service_fee", 300_00, 0, 150_00, 0)]
    async with runtime.units_of_work.begin(finance.partner.system) as work:
        await work.session.execute(delete(FinanceFact))
    assert await rebuild_finance(runtime, finance.partner.slug) == {finance.partner.slug: 1}
    assert await facts(runtime, finance) == followed


async def test_a_payment_that_was_taken_back_is_not_paid(runtime: Runtime, finance: Finance) -> None:
    await invoiced(finance)
    await follow(runtime, finance)
    async with runtime.units_of_work.begin(finance.writer) as work:
        payment_id = await work.session.scalar(select(Payment.id))
        assert payment_id
        await Payments(work).reverse(payment_id, "记错了客户")
    await follow(runtime, finance)
    assert [paid for _, _, _, paid, _ in await facts(runtime, finance)] == [0, 0]


async def test_headquarters_finance_reads_sums_by_partner_category_and_month(
    runtime: Runtime, finance: Finance, network: Network, http: ClientFor
) -> None:
    await invoiced(finance)
    await follow(runtime, finance)
    caller = await http(await network.member(HQ_TENANT_ID, "总部财务", ["hq_finance"]))
    asked = {"from": "2026-11", "to": "2026-11"}
    told: dict[str, Any] = {
        by: (await caller.get(FINANCE, params={**asked, "by": by})).json() for by in ("partner", "category", "month")
    }
    figures = {"billed": 400_00, "credited": 0, "paid": 200_00, "open": 200_00, "overdue": 0, "granted": 0}
    (of_partner,) = [row for row in told["partner"]["rows"] if row["partner_id"] == str(finance.partner.id)]
    assert of_partner["figures"] == {"currency": "CNY", **figures}
    assert {row["category"] for row in told["category"]["rows"]} >= {"part", "service_fee"}
    assert [row["month"] for row in told["month"]["rows"]] == ["2026-11-01"]
    assert told["month"]["totals"] == told["partner"]["totals"]
    page = (await caller.get("/hq/finance", params=asked)).text
    assert of_partner["partner_name"] in page
    assert finance.client.name not in page
    content = (await caller.get("/hq/finance/sheet", params=asked)).content
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    billed = sum(row["figures"]["billed"] for row in told["partner"]["rows"])
    assert round(sum(float(str(row[4])) for row in rows[1:]) * 100) == billed


async def test_nobody_else_reads_them(finance: Finance, network: Network, http: ClientFor) -> None:
    officer = await network.member(HQ_TENANT_ID, "质量专员", ["hq_quality_officer"])
    for stranger in (officer, finance.partner.owner, finance.client.contact):
        assert (await (await http(stranger)).get(FINANCE)).status_code == 403


async def test_no_fact_holds_a_client_s_name_or_key(runtime: Runtime, finance: Finance) -> None:
    await invoiced(finance)
    await follow(runtime, finance)
    async with runtime.units_of_work.begin(finance.partner.system) as work:
        for table in ("finance_fact", "finance_month"):
            rows = "\n".join(await work.session.scalars(text(f"SELECT t::text FROM {table} t")))
            assert rows
            assert finance.client.name not in rows
            assert str(finance.client.id) not in rows
