"""The page where a company takes its records along, and the certificate that headquarters prints."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import File

from app.people.identity import RECORDS_PAGE
from app.platform.http.authentication import actor_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.forms import render_form
from app.platform.web.pages import page, see_other
from rbac import Permission
from tenants.data_lifecycle.api import (
    CERTIFICATE,
    DOWNLOAD,
    archive_answer,
    certificate_answer,
    export_requests_of,
)
from tenants.data_lifecycle.states import UNFINISHED, ExportState

STATE_LABELS = {
    ExportState.QUEUED: (N_("排队中"), "waiting"),
    ExportState.RUNNING: (N_("正在导出"), "active"),
    ExportState.READY: (N_("可以下载"), "good"),
    ExportState.FAILED: (N_("没有成功"), "bad"),
    ExportState.EXPIRED: (N_("已过期"), "neutral"),
}


async def _context(request: WebRequest, work: UnitOfWork) -> dict[str, Any]:
    lines = await export_requests_of(request, work).latest()
    return {"exports": lines, "words": STATE_LABELS, "working": any(line.state in UNFINISHED for line in lines)}


@get(RECORDS_PAGE, permission=Permission.TENANT_EXPORT, include_in_schema=False)
async def records_page(request: WebRequest, work: RequestWork) -> Response[str]:
    """What an archive holds, and the archives there are; the list asks for itself while one is being made."""
    return page(
        request, "data_lifecycle/records.html", fragment="exports", problem=None, **await _context(request, work)
    )


@post(f"{RECORDS_PAGE}/exports", permission=Permission.TENANT_EXPORT, suspended_too=True, include_in_schema=False)
async def request_export(request: WebRequest) -> Response[Any]:
    """Have an archive made."""
    units_of_work, origin = runtime_of(request).units_of_work, origin_of(request)
    try:
        async with units_of_work.begin(actor_of(request), origin) as work:
            await export_requests_of(request, work).request()
    except DomainError as error:
        async with units_of_work.begin(actor_of(request), origin) as work:
            return render_form(request, "data_lifecycle/records.html", error, **await _context(request, work))
    return see_other(request, RECORDS_PAGE)


@get(
    f"{RECORDS_PAGE}/exports/{{export_id:uuid}}",
    permission=Permission.TENANT_EXPORT,
    audited=DOWNLOAD,
    include_in_schema=False,
    uncompressed=True,
)
async def download(request: WebRequest, work: RequestWork, export_id: FromPath[UUID]) -> File:
    """A finished archive."""
    return await archive_answer(request, work, export_id)


@get(
    "/hq/partners/{partner_id:uuid}/certificate",
    permission=Permission.PARTNER_READ,
    audited=CERTIFICATE,
    include_in_schema=False,
    uncompressed=True,
)
async def certificate(request: WebRequest, work: RequestWork, partner_id: FromPath[UUID]) -> Response[bytes]:
    """What was erased of a partner."""
    return await certificate_answer(request, work, partner_id)


handlers = [records_page, request_export, download, certificate]
