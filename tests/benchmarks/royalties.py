"""How long a month's statements of a thousand partners take, and how long one partner's revenue takes to be rebuilt."""

import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import insert

from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.performance import insert_rows
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import PLATFORM_ZONE
from billing.invoicing.models import Invoice, InvoiceLine, OpenItem
from billing.payments.models import Payment, PaymentAllocation
from billing.periods import months_after
from billing.rating import ChargeCategory
from billing.royalties import Basis, RateCreate, RoyaltyRates, RoyaltyRuns, RuleCreate, RunStart, rebuild_royalties
from billing.royalties.models import RoyaltyFact
from billing.royalties.services.runs import make_statements
from tenants.partners.models import Partner
from tests.factories.network import Network

PARTNERS: Final = 1_000
INVOICES: Final = 10_000
FACT_DAYS: Final = 28
CATEGORIES: Final = (ChargeCategory.SERVICE_FEE, ChargeCategory.WORK, ChargeCategory.PART, ChargeCategory.ADDON)
AT_ONCE: Final = 1_000


class RoyaltySeconds(NamedTuple):
    """Of all statements of a month, and of the rebuild of one partner, on empty facts and on those that stand."""

    stated: float
    rebuilt: float
    again: float


async def measure(
    runtime: Runtime,
    network: Network,
    analyse: Callable[[], Awaitable[None]],
    *,
    partners: int = PARTNERS,
    invoices: int = INVOICES,
) -> RoyaltySeconds:
    """Seconds of each."""
    today = runtime.clock.now().astimezone(PLATFORM_ZONE).date()
    month = months_after(today.replace(day=1), -1)
    await _partners_with_facts(runtime, partners, month)
    await _terms(runtime, month)
    slug = await _invoices(runtime, network, invoices, month)
    await analyse()
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        run = await RoyaltyRuns(work).start(RunStart(month))
    started = time.perf_counter()
    await make_statements(runtime.units_of_work, runtime.engine("network"), run.id)
    stated = time.perf_counter() - started
    started = time.perf_counter()
    assert (await rebuild_royalties(runtime, slug))[slug]
    rebuilt = time.perf_counter() - started
    started = time.perf_counter()
    assert await rebuild_royalties(runtime, slug) == {slug: 0}
    return RoyaltySeconds(stated, rebuilt, time.perf_counter() - started)


async def _terms(runtime: Runtime, month: date) -> None:
    """A rate for each level, one of them changing inside the month, and a minimum."""
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        rates = RoyaltyRates(work)
        await rates.add_rule(
            RuleCreate(
                effective_from=month,
                basis=Basis.PAID,
                minimum_fee=Decimal(500),
                tax="vat_6",
                seller_title="总部",
                bank_name="银行",
                bank_account="1",
            )
        )
        for level in range(6):
            await rates.add(RateCreate(percent=Decimal(8 - level), effective_from=month, star_level=level))
        await rates.add(RateCreate(percent=Decimal(3), effective_from=month + timedelta(days=14), star_level=3))


async def _partners_with_facts(runtime: Runtime, count: int, month: date) -> None:
    """Listed partners, each with revenue of every day in four kinds of charge."""
    now = runtime.clock.now()
    ids = [new_id() for _ in range(count)]
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        await insert_rows(
            work.session,
            Partner,
            [
                {
                    "id": partner_id,
                    "slug": f"royalty-{number}",
                    "name": f"服务商 {number}",
                    "credit_code": f"B{number:017}",
                    "state": "active",
                    "star_level": number % 5 + 1,
                    "city_code": "350200",
                    "hotline": "",
                    "introduction": "",
                    "authorised_at": now - timedelta(days=400),
                    "version": 1,
                }
                for number, partner_id in enumerate(ids)
            ],
        )
    for partner_id in ids:
        async with runtime.units_of_work.begin(Actor.system(partner_id)) as work:
            await insert_rows(
                work.session,
                RoyaltyFact,
                [
                    {
                        "id": new_id(),
                        "issued_month": month,
                        "day": month + timedelta(days=day),
                        "category": category,
                        "currency": "CNY",
                        "posted": 100_00 + day,
                        "paid": 90_00 + day,
                        "changed_at": now,
                    }
                    for day in range(FACT_DAYS)
                    for category in CATEGORIES
                ],
            )


async def _invoices(runtime: Runtime, network: Network, count: int, month: date) -> str:
    """A partner with invoices of three lines, each paid; its slug."""
    partner = await network.partner()
    client = await network.client(partner)
    now = runtime.clock.now()
    for begin in range(0, count, AT_ONCE):
        rows: dict[Any, list[dict[str, Any]]] = {
            each: [] for each in (Invoice, InvoiceLine, OpenItem, Payment, PaymentAllocation)
        }
        for number in range(begin, min(begin + AT_ONCE, count)):
            day = month + timedelta(days=number % 28)
            invoice_id, item_id, payment_id = new_id(), new_id(), new_id()
            ring = {"tenant_id": partner.id, "client_id": client.id}
            sums = {"net": 300_00, "tax_amount": 18_00, "gross": 318_00}
            common = {"number": f"FP-{number:08}", "issued_on": day, "due_on": day, "currency": "CNY"}
            rows[Invoice].append(
                {
                    **ring,
                    **sums,
                    **common,
                    "id": invoice_id,
                    "draft_id": new_id(),
                    "period_start": day,
                    "period_end": day + timedelta(days=1),
                    "buyer_title": "客户",
                    "issued_at": now,
                    "issued_by": "财务",
                }
            )
            rows[InvoiceLine] += [
                {
                    **ring,
                    "id": new_id(),
                    "invoice_id": invoice_id,
                    "position": position,
                    "name": "服务",
                    "day": day,
                    "quantity": Decimal(1),
                    "unit": "次",
                    "unit_price": Decimal(106),
                    "price_mode": "tax_included",
                    "tax": "vat_6",
                    "tax_rate": Decimal("0.06"),
                    "net": 100_00,
                    "tax_amount": 6_00,
                    "gross": 106_00,
                    "category": category,
                    "branch": "",
                    "department": "",
                    "ticket_number": "",
                }
                for position, category in enumerate(CATEGORIES[:3], 1)
            ]
            rows[OpenItem].append(
                {
                    **ring,
                    **common,
                    "id": item_id,
                    "document_kind": "invoice",
                    "document_id": invoice_id,
                    "total": 318_00,
                    "open": 0,
                }
            )
            rows[Payment].append(
                {
                    **ring,
                    "id": payment_id,
                    "number": f"SK-{number:08}",
                    "method": "transfer",
                    "received_on": day,
                    "amount": 318_00,
                    "currency": "CNY",
                    "unallocated": 0,
                    "state": "received",
                    "recorded_at": now,
                    "recorded_by_name": "财务",
                }
            )
            rows[PaymentAllocation].append(
                {
                    **ring,
                    "id": new_id(),
                    "payment_id": payment_id,
                    "open_item_id": item_id,
                    "document_number": common["number"],
                    "amount": 318_00,
                    "day": day,
                    "made_at": now,
                    "made_by_name": "财务",
                }
            )
        async with runtime.units_of_work.begin(partner.system) as work:
            for model, values in rows.items():
                await work.session.execute(insert(model), values)
    return partner.slug
