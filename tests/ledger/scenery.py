"""What nobody else may see of the books."""

from datetime import date
from uuid import uuid4

import httpx

from billing.ledger import AccountKind, EntrySource, Ledger, LedgerAccountName, Transfer
from billing.ledger.months import LedgerMonths
from billing.money import Money
from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, SECRET, SceneryMaker

HIDDEN_FROM = {"entry_id": (*OUTSIDE, *INSIDE, *HELD)}


async def make(scenery: SceneryMaker, manager: httpx.AsyncClient) -> None:
    """An invoice that the client owes, and a closed month."""
    receivable = LedgerAccountName(AccountKind.RECEIVABLE, scenery.ids["client_id"])
    owed = Transfer(receivable, LedgerAccountName(AccountKind.REVENUE, detail=SECRET), Money(10000, "CNY"))
    async with scenery.units_of_work.begin(scenery.owner.owner) as work:
        source = EntrySource("invoice", uuid4(), "issued")
        scenery.ids["entry_id"] = await Ledger(work).post(source, date(2026, 10, 20), [owed], SECRET)
        await LedgerMonths(work).close(date(2026, 10, 1))
