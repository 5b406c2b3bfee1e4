"""The network's quality as JSON, for headquarters; and clients' own figures."""

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter

from app.platform.http.pagination import DEFAULT_LIMIT, MAXIMUM_LIMIT
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.partner_metrics.client_figures import ClientFigures, ClientFiguresService
from tenants.partner_metrics.network_quality import OUTLIERS, Direction, Listing, NetworkQualityService
from tenants.partner_metrics.schemas import NetworkQuality, PartnerComparison, PartnerQuality

ChosenGrain = Annotated[str, QueryParameter(name="grain", max_length=8)]
First = Annotated[str, QueryParameter(name="from", max_length=10)]
Last = Annotated[str, QueryParameter(name="to", max_length=10)]
Sort = Annotated[str, QueryParameter(max_length=20)]
Offset = Annotated[int, QueryParameter(ge=0, le=1_000_000)]
Limit = Annotated[int, QueryParameter(ge=1, le=MAXIMUM_LIMIT)]


def quality_service(request: WebRequest, work: UnitOfWork) -> NetworkQualityService:
    """The service on the network role's connections."""
    return NetworkQualityService(work, runtime_of(request).engine("network"))


@get("/network/quality", permission=Permission.NETWORK_QUALITY_READ, tags=["network"])
async def read_network_quality(
    *,
    request: WebRequest,
    work: RequestWork,
    grain: ChosenGrain = "month",
    first: First = "",
    last: Last = "",
    sort: Sort = OUTLIERS,
    order: Annotated[str, QueryParameter(max_length=5)] = Direction.BEST,
    offset: Offset = 0,
    limit: Limit = DEFAULT_LIMIT,
) -> NetworkQuality:
    """The network by `day`, `month` or `quarter`, `from` one `to` another (`2026-11-03`, `2026-11`, `2026-Q4`; without
    them the present one), with a page of its partners: outliers first, or ranked by one measure, `best` or `worst`
    first."""
    service = quality_service(request, work)
    return await service.of_network(service.period(grain, first, last), Listing.of(sort, order, offset, limit))


@get("/network/quality/{partner_id:uuid}", permission=Permission.NETWORK_QUALITY_READ, tags=["network"])
async def read_partner_quality(
    *,
    request: WebRequest,
    work: RequestWork,
    partner_id: FromPath[UUID],
    grain: ChosenGrain = "month",
    first: First = "",
    last: Last = "",
) -> PartnerQuality:
    """One partner's period, step by step beside the network's."""
    service = quality_service(request, work)
    return await service.of_partner(partner_id, service.period(grain, first, last))


@get("/network/quality-comparison", permission=Permission.NETWORK_QUALITY_READ, tags=["network"])
async def compare_partners(
    *,
    request: WebRequest,
    work: RequestWork,
    one: FromQuery[UUID],
    other: FromQuery[UUID],
    grain: ChosenGrain = "month",
    first: First = "",
    last: Last = "",
) -> PartnerComparison:
    """Two partners side by side, each beside the network."""
    service = quality_service(request, work)
    return await service.compared(one, other, service.period(grain, first, last))


@get("/clients/{client_id:uuid}/figures", permission=Permission.TICKET_READ, tags=["clients"])
async def read_client_figures(work: RequestWork, client_id: FromPath[UUID]) -> ClientFigures:
    """One client's last months in numbers and the devices that keep failing, for the client and its partner."""
    return await ClientFiguresService(work).of(client_id)


handlers = handlers_of(__name__)
