"""The company's confidentiality agreements with its partner and the admitted engineers [C4]. Read-only."""

from litestar import Response, get

from app.desk.confidentiality import ConfidentialityService
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.portals.client.page_context import client_of, render_page
from rbac import Permission


@get("/portal/confidentiality", permission=Permission.CLIENT_READ, include_in_schema=False)
async def confidentiality_page(request: WebRequest, work: RequestWork) -> Response[str]:
    """The company's own agreements and admissions, as its partner noted them."""
    client_id, service = client_of(work), ConfidentialityService(work)
    return await render_page(
        request,
        work,
        "client/confidentiality.html",
        agreements=await service.agreements(client_id),
        admissions=await service.admissions(client_id),
        today=service.today,
    )


handlers = handlers_of(__name__)
