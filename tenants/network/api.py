"""The network's quality as JSON, for headquarters; and clients' own figures."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get
from litestar.params import FromPath, QueryParameter

from app.http.work import RequestWork, runtime_of
from app.kernel.work import UnitOfWork
from rbac import Permission
from tenants.network.client_figures import ClientFigures, ClientFiguresService
from tenants.network.reading import NetworkQualityService, month_from
from tenants.network.schemas import NetworkQuality, PartnerQuality

Asked = Request[Any, Any, Any]
ChosenMonth = Annotated[str | None, QueryParameter(name="month", max_length=7)]


def quality_service(request: Asked, work: UnitOfWork) -> NetworkQualityService:
    """The service on the network role's connections."""
    return NetworkQualityService(work, runtime_of(request).engine("network"))


@get("/network/quality", permission=Permission.NETWORK_QUALITY_READ, tags=["network"])
async def read_network_quality(request: Asked, work: RequestWork, month: ChosenMonth = None) -> NetworkQuality:
    """The network in one month (`2026-11`; without it the present one), outliers first."""
    return await quality_service(request, work).of_month(month_from(month))


@get("/network/quality/{partner_id:uuid}", permission=Permission.NETWORK_QUALITY_READ, tags=["network"])
async def read_partner_quality(request: Asked, work: RequestWork, partner_id: FromPath[UUID]) -> PartnerQuality:
    """One partner's months beside the network's."""
    return await quality_service(request, work).of_partner(partner_id)


@get("/clients/{client_id:uuid}/figures", permission=Permission.TICKET_READ, tags=["clients"])
async def read_client_figures(work: RequestWork, client_id: FromPath[UUID]) -> ClientFigures:
    """One client's last months in numbers and the devices that keep failing, for the client and its partner."""
    return await ClientFiguresService(work).of(client_id)


handlers = [read_network_quality, read_partner_quality, read_client_figures]
