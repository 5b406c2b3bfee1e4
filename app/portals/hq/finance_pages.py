"""Figures of money for headquarters: what partners billed, were paid and have open."""

from datetime import date
from typing import Annotated, Any, Final

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.texts import N_, Translator
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.pages import page, translator_of
from billing.money import minor_text
from billing.rating import CATEGORY_NAMES, ChargeCategory
from tenants.partner_finance import (
    FIGURE_NAMES,
    FinanceGrouping,
    FinanceRow,
    NetworkFinancePermission,
    NetworkFinanceService,
    finance_sheet,
)
from tenants.partner_metrics import Grain, Period, beginning, label, preceding

BASE: Final = "/hq/finance"
MONTHS_OFFERED: Final = 24
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GROUPING_NAMES: Final = {
    FinanceGrouping.PARTNER: N_("按服务商"),
    FinanceGrouping.CATEGORY: N_("按类别"),
    FinanceGrouping.MONTH: N_("按月"),
}
HEADS: Final = {
    FinanceGrouping.PARTNER: N_("服务商"),
    FinanceGrouping.CATEGORY: N_("类别"),
    FinanceGrouping.MONTH: N_("月份"),
}
First = Annotated[str, QueryParameter(name="from", max_length=10)]
Last = Annotated[str, QueryParameter(name="to", max_length=10)]
_READ: Final = NetworkFinancePermission.NETWORK_FINANCE_READ


@get(BASE, permission=_READ, include_in_schema=False)
async def finance_page(
    *,
    request: WebRequest,
    work: RequestWork,
    by: FromQuery[FinanceGrouping] = FinanceGrouping.PARTNER,
    first: First = "",
    last: Last = "",
) -> Response[Any]:
    """The sums of the network, and row by row."""
    _, service = translator_of(request), _service(request, work)
    period = service.period(first, last)
    finance = await service.of_network(period, by)
    return page(
        request,
        "hq/finance.html",
        finance=finance,
        base=BASE,
        period={"from": label(Grain.MONTH, period.first), "to": label(Grain.MONTH, period.last)},
        months=_months(period, platform_day(work.now)),
        groupings=[(str(each), _(name)) for each, name in GROUPING_NAMES.items()],
        head=_(HEADS[by]),
        names={name: _(text) for name, text in FIGURE_NAMES.items()},
        title_of=lambda row: _title(row, _),
        amount=minor_text,
    )


@get(f"{BASE}/sheet", permission=_READ, include_in_schema=False)
async def finance_sheet_page(
    *, request: WebRequest, work: RequestWork, first: First = "", last: Last = ""
) -> Response[bytes]:
    """The same by partner, month and category at once, as an Excel sheet."""
    service = _service(request, work)
    content = await finance_sheet(work, service, service.period(first, last))
    disposition = f'attachment; filename="network-finance-{work.now:%Y%m%d}.xlsx"'
    return Response(content, media_type=XLSX, headers={"content-disposition": disposition})


def _service(request: WebRequest, work: UnitOfWork) -> NetworkFinanceService:
    return NetworkFinanceService(work, runtime_of(request).engine("network"))


def _title(row: FinanceRow, _: Translator) -> str:
    if row.month is not None:
        return label(Grain.MONTH, row.month)
    return _(CATEGORY_NAMES[ChargeCategory(row.category)]) if row.category else row.partner_name


def _months(period: Period, today: date) -> list[str]:
    """The months on offer, latest first, the chosen ones included."""
    month = beginning(Grain.MONTH, max(period.last, today))
    months = {period.first, period.last}
    for _ in range(MONTHS_OFFERED):
        months.add(month)
        month = preceding(Grain.MONTH, month)
    return [label(Grain.MONTH, each) for each in sorted(months, reverse=True)]


handlers = handlers_of(__name__)
