"""How long a bank statement of 10,000 lines takes: brought in, matched with what clients owe, the sure ones booked."""

import csv
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

from app.assets.clients.models import Client
from app.platform.imports.commands import import_list
from app.platform.kernel.ids import new_id
from app.platform.kernel.performance import insert_rows
from app.platform.kernel.runtime import Runtime
from billing.invoicing.models import OpenItem
from billing.payments.services import BankLines
from tests.factories.network import Network, PartnerCompany

LINES: Final = 10_000
CLIENTS: Final = 1_000
BOOKED: Final = 200
"""As many as the page books at once."""


class Measured(NamedTuple):
    """Seconds: from the bytes of the file to the last commit, for a suggestion of every line, for booking some."""

    brought: float
    matched: float
    booked: float


async def measure(runtime: Runtime, network: Network, lines: int = LINES) -> Measured:
    """A partner whose clients owe as many documents as its bank tells lines. A third name the document, a third only the
    payer, and of a third nobody knows more than the amount.

    Raises:
        AssertionError: a line is missing, or what should be sure is not.
    """
    partner = await network.partner()
    await _owed(runtime, partner, lines)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "statement.csv"
        _write(file, runtime, lines)
        started = time.perf_counter()
        await import_list(runtime, "bank-statements", file, tenant_slug=partner.slug)
        brought = time.perf_counter() - started
    async with runtime.units_of_work.begin(partner.owner) as work:
        bank_lines = BankLines(work)
        started = time.perf_counter()
        waiting = await bank_lines.waiting(lines)
        found = await bank_lines.suggestions(waiting)
        matched = time.perf_counter() - started
    assert len(waiting) == lines, len(waiting)
    assert sum(each.sure for each in found.values()) >= lines // 3, len(found)
    started = time.perf_counter()
    async with runtime.units_of_work.begin(partner.owner) as work:
        assert (await BankLines(work).accept_sure(BOOKED)).booked
    return Measured(brought, matched, time.perf_counter() - started)


def _minor(number: int) -> int:
    """What the document of this number asks for: no two the same."""
    return 100_00 + number


async def _owed(runtime: Runtime, partner: PartnerCompany, documents: int) -> None:
    now = runtime.clock.now()
    ids = [new_id() for _ in range(CLIENTS)]
    companies = [
        {
            "id": client_id,
            "code": f"pays-{number}",
            "name": f"付款客户{number}",
            "short_name": f"付款{number}",
            "engagement_models": [],
            "created_at": now,
        }
        for number, client_id in enumerate(ids)
    ]
    items = [
        {
            "id": new_id(),
            "client_id": ids[number % CLIENTS],
            "document_kind": "invoice",
            "document_id": new_id(),
            "number": f"FP-2026-{number:06}",
            "issued_on": now.date(),
            "due_on": now.date() + timedelta(days=number // CLIENTS),
            "currency": "CNY",
            "total": _minor(number),
            "open": _minor(number),
        }
        for number in range(documents)
    ]
    async with runtime.units_of_work.begin(partner.system) as work:
        await insert_rows(work.session, Client, companies)
        await insert_rows(work.session, OpenItem, items)


def _write(file: Path, runtime: Runtime, lines: int) -> None:
    day = runtime.clock.now().date().isoformat()
    with file.open("w", encoding="utf-8", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(["交易日期", "收入", "对方户名", "对方账号", "附言", "流水号"])
        for number in range(lines):
            text = f"FP-2026-{number:06}" if number % 3 == 0 else "服务费"
            payer = f"付款客户{number % CLIENTS}" if number % 3 == 1 else f"个人{number}"
            rows.writerow([day, f"{_minor(number) / 100:.2f}", payer, f"6222{number:010}", text, f"R{number:08}"])
