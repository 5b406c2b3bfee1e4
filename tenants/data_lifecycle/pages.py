"""The page where a company takes its records along, and the certificate that headquarters prints."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import File

from app.people.identity import RECORDS_PAGE
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
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


async def _render(
    request: WebRequest, work: UnitOfWork, _: FormValues | None = None, error: DomainError | None = None
) -> Response[str]:
    lines = await export_requests_of(request, work).latest()
    return render_form(
        request,
        "data_lifecycle/records.html",
        error,
        fragment="exports" if error is None else None,
        exports=lines,
        words=STATE_LABELS,
        working=any(line.state in UNFINISHED for line in lines),
    )


@get(RECORDS_PAGE, permission=Permission.TENANT_EXPORT, include_in_schema=False)
async def records_page(request: WebRequest, work: RequestWork) -> Response[str]:
    """What an archive holds, and the archives there are; the list asks for itself while one is being made."""
    return await _render(request, work)


@post(f"{RECORDS_PAGE}/exports", permission=Permission.TENANT_EXPORT, suspended_too=True, include_in_schema=False)
async def request_export(request: WebRequest) -> Response[Any]:
    """Have an archive made."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        await export_requests_of(request, work).request()
        return RECORDS_PAGE

    return await submit(request, act, partial(_render, request))


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


handlers = handlers_of(__name__)
