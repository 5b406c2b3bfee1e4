"""How long the books of a company with a million postings take to be checked."""

import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from app.platform.kernel.ids import new_id
from app.platform.kernel.performance import insert_rows
from app.platform.kernel.runtime import Runtime
from billing.ledger import verify_ledger
from billing.ledger.models import LedgerAccount, LedgerEntry, LedgerPosting
from tests.factories.network import Network, PartnerCompany

POSTINGS: Final = 1_000_000
AT_ONCE: Final = 5_000
"""Entries of one transaction, with two postings each: revenue and its tax."""
REVERSED_EVERY: Final = 20
"""Of so many entries one takes the one before back."""
DAYS: Final = 730


async def measure(
    runtime: Runtime, network: Network, analyse: Callable[[], Awaitable[None]], postings: int = POSTINGS
) -> float:
    """Seconds for one company.

    Raises:
        AssertionError: something was found in books that are in order.
    """
    partner = await network.partner()
    accounts = await _accounts(runtime, partner)
    for begin in range(0, postings // 2, AT_ONCE):
        await _post(runtime, partner, accounts, min(AT_ONCE, postings // 2 - begin), begin)
    await analyse()
    async with runtime.units_of_work.begin(partner.system) as work:
        started = time.perf_counter()
        found = await verify_ledger(work)
        seconds = time.perf_counter() - started
    assert not found, found
    return seconds


async def _accounts(runtime: Runtime, partner: PartnerCompany) -> list[UUID]:
    """Revenue, its tax, and what is at the bank."""
    ids = [new_id() for _ in range(3)]
    kinds = (("revenue", "retainer"), ("output_tax", "0.06"), ("bank", "6222"))
    rows = [
        {"id": account_id, "kind": kind, "client_id": None, "detail": detail, "currency": "CNY"}
        for account_id, (kind, detail) in zip(ids, kinds, strict=True)
    ]
    async with runtime.units_of_work.begin(partner.system) as work:
        await insert_rows(work.session, LedgerAccount, rows)
    return ids


async def _post(runtime: Runtime, partner: PartnerCompany, accounts: list[UUID], count: int, begin: int) -> None:
    revenue, tax, bank = accounts
    now = runtime.clock.now()
    entries: list[dict[str, Any]] = []
    moved: list[dict[str, Any]] = []
    for number in range(begin, begin + count):
        takes_back = bool(entries) and number % REVERSED_EVERY == REVERSED_EVERY - 1
        before = entries[-1]["id"] if takes_back else None
        entry = {
            "id": new_id(),
            "day": _day(now.date(), number),
            "source_kind": "reversal" if takes_back else "invoice",
            "source_id": before or new_id(),
            "purpose": "reversal" if takes_back else "issue",
            "reverses_id": before,
            "remark": f"FP-{number:08}",
            "posted_at": now,
        }
        entries.append(entry)
        for account, amount in ((revenue, 1_000_00), (tax, 60_00)):
            debit, credit = (account, bank) if takes_back else (bank, account)
            moved.append(
                {
                    "id": new_id(),
                    "entry_id": entry["id"],
                    "day": entry["day"],
                    "debit_account_id": debit,
                    "credit_account_id": credit,
                    "amount": amount,
                    "currency": "CNY",
                }
            )
    async with runtime.units_of_work.begin(partner.system) as work:
        await insert_rows(work.session, LedgerEntry, entries)
        await insert_rows(work.session, LedgerPosting, moved)


def _day(today: date, number: int) -> date:
    return today - timedelta(days=number % DAYS)
