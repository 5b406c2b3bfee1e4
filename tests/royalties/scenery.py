"""What nobody else may see of royalties."""

from decimal import Decimal
from typing import Any

import httpx
import msgspec

from app.platform.documents import content_hash
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from billing.ledger import AccountKind, EntrySource, Ledger, LedgerAccountName, Transfer
from billing.money import Money
from billing.royalties.invoice_document import InvoiceParty, RoyaltyInvoiceContent
from tests.isolation.scenery import INSIDE, NOT_HEADQUARTERS, OUTSIDE, SECRET, SceneryMaker

HIDDEN_FROM = {
    "royalty_statement_id": (*OUTSIDE, *INSIDE),
    "royalty_invoice_id": (*OUTSIDE, *INSIDE),
    "royalty_payment_id": NOT_HEADQUARTERS,
    "royalty_rate_id": NOT_HEADQUARTERS,
}


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """The partner's revenue, statement and invoice; at headquarters what they were made by, and what came in."""
    ids, today = scenery.ids, scenery.clock.now().date()
    month = today.replace(day=1)
    await scenery.row("royalty_month", month=month)
    await scenery.row("royalty_fact", issued_month=month, day=today, category="work", currency="CNY")
    ids["royalty_rate_id"] = await scenery.row(
        "royalty_rate",
        HQ_TENANT_ID,
        category="",
        star_level=0,
        rate=Decimal("0.05"),
        effective_from=month,
        created_by="总部",
    )
    await scenery.row(
        "royalty_rule", HQ_TENANT_ID, basis="paid", currency="CNY", tax="vat_6", answer_days=10, created_by="总部"
    )
    await scenery.row("royalty_run", HQ_TENANT_ID, month=month, state="finished", started_by="总部")
    statement: dict[str, Any] = {
        "number": "JS-202611-scenery",
        "partner_id": scenery.owner.id,
        "partner_name": scenery.owner.name,
        "month": month,
        "currency": "CNY",
        "bases": [],
        "lines": [],
        "state": "proposed",
        "settled_by": "owner",
        "answer_by": today,
    }
    ids["royalty_statement_id"] = await scenery.row("royalty_statement", dispute_reason=SECRET, **statement)
    own = ids["royalty_statement_id"]
    await scenery.row("royalty_statement_step", statement_id=own, kind="made", side="hq")
    at_headquarters = await scenery.row("royalty_statement", HQ_TENANT_ID, **statement)
    await scenery.row(
        "royalty_charge",
        HQ_TENANT_ID,
        statement_id=at_headquarters,
        partner_id=scenery.owner.id,
        month=month,
        currency="CNY",
        kind="revenue",
    )
    content = RoyaltyInvoiceContent(
        number="TX-2026-000001",
        statement_number="JS-202611-scenery",
        month=month,
        issued_on=today,
        due_on=today,
        currency="CNY",
        seller=InvoiceParty(title="萤火总部"),
        buyer=InvoiceParty(title=SECRET),
        lines=(),
        net=1,
        tax_code="vat_6",
        tax=0,
        gross=1,
    )
    invoice: dict[str, Any] = {
        "number": "TX-2026-000001",
        "content": msgspec.to_builtins(content),
        "content_hash": content_hash(content),
        "partner_id": scenery.owner.id,
        "partner_name": scenery.owner.name,
        "month": month,
        "currency": "CNY",
        "gross": 1,
        "open": 0,
        "state": "paid",
        "settled_by": "owner",
        "due_on": today,
    }
    ids["royalty_invoice_id"] = await scenery.row("royalty_invoice", statement_id=own, **invoice)
    theirs = await scenery.row("royalty_invoice", HQ_TENANT_ID, statement_id=at_headquarters, **invoice)
    ids["royalty_payment_id"] = await scenery.row(
        "royalty_payment", HQ_TENANT_ID, invoice_id=theirs, amount=1, reference="SCENERY-1", recorded_by="总部"
    )
    async with scenery.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        owed = LedgerAccountName(AccountKind.PARTNER_RECEIVABLE, detail=str(scenery.owner.id))
        source = EntrySource("royalty_payment", ids["royalty_payment_id"], "received")
        received = Transfer(LedgerAccountName(AccountKind.BANK), owed, Money(1, "CNY"))
        await Ledger(work).post(source, today, [received])
