"""The network's money as JSON and as a sheet, for headquarters."""

from typing import Annotated

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from app.platform.http.openapi_description import binary
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.partner_finance.network_finance import NetworkFinanceService
from tenants.partner_finance.permissions import NetworkFinancePermission
from tenants.partner_finance.schemas import FinanceGrouping, NetworkFinance
from tenants.partner_finance.sheet import finance_sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
First = Annotated[str, QueryParameter(name="from", max_length=10)]
Last = Annotated[str, QueryParameter(name="to", max_length=10)]
_READ = NetworkFinancePermission.NETWORK_FINANCE_READ


def finance_service(request: WebRequest, work: UnitOfWork) -> NetworkFinanceService:
    """The service on the network role's connections."""
    return NetworkFinanceService(work, runtime_of(request).engine("network"))


@get("/network/finance", permission=_READ, tags=["network"])
async def read_network_finance(
    *,
    request: WebRequest,
    work: RequestWork,
    by: FromQuery[FinanceGrouping] = FinanceGrouping.PARTNER,
    first: First = "",
    last: Last = "",
) -> NetworkFinance:
    """What the network billed, was paid, has open and overdue, and granted, `from` one month `to` another (`2026-11`;
    without them the present one), `by` partner, category or month of issue."""
    service = finance_service(request, work)
    return await service.of_network(service.period(first, last), by)


@get("/network/finance/sheet", permission=_READ, tags=["network"], responses=binary(XLSX, "The sheet."))
async def download_network_finance(
    *, request: WebRequest, work: RequestWork, first: First = "", last: Last = ""
) -> Response[bytes]:
    """The same by partner, month and category at once, as an Excel sheet."""
    service = finance_service(request, work)
    content = await finance_sheet(work, service, service.period(first, last))
    disposition = f'attachment; filename="network-finance-{work.now:%Y%m%d}.xlsx"'
    return Response(content, media_type=XLSX, headers={"content-disposition": disposition})


handlers = handlers_of(__name__)
