"""The figures of money as an Excel sheet: by partner, month and category."""

import asyncio
from typing import Any, Final

from app.platform.kernel.texts import N_, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import write_workbook
from billing.money import Money
from billing.rating import CATEGORY_NAMES, ChargeCategory
from tenants.partner_finance.network_finance import NetworkFinanceService
from tenants.partner_metrics import Period

FIGURE_NAMES: Final = {
    "billed": N_("开出账单"),
    "credited": N_("红字冲减"),
    "paid": N_("已收"),
    "open": N_("未收"),
    "overdue": N_("逾期"),
    "granted": N_("服务赔付"),
}
"""Figure → its name, in the order of columns."""


async def finance_sheet(work: UnitOfWork, service: NetworkFinanceService, period: Period) -> bytes:
    """In the reader's language."""
    work.audit("network_finance.exported", "network_finance", since=period.first, until=period.last)
    translate = translator(work.actor.language)
    rows: list[list[Any]] = [
        [
            row.partner_name,
            f"{row.month:%Y-%m}",
            translate(CATEGORY_NAMES[ChargeCategory(row.category)]),
            row.figures.currency,
            *(Money(getattr(row.figures, name), row.figures.currency).value for name in FIGURE_NAMES),
        ]
        for row in await service.every_row(period)
    ]
    heads = [translate(name) for name in (N_("服务商"), N_("月份"), N_("类别"), N_("币种"), *FIGURE_NAMES.values())]
    return await asyncio.to_thread(write_workbook, translate(N_("全网财务")), heads, rows, [36, 10, 14, 8])
