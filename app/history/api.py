"""The JSON API of ticket imports: upload, dry run, confirmation, progress, report, names; and of the export."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody

from app.files import store_of
from app.history.names import NameKind
from app.history.report import report_workbook
from app.history.schemas import (
    Candidate,
    CheckAgain,
    HistoryExport,
    HistoryImportView,
    HistoryUpload,
    Match,
    NameView,
    VersionOnly,
)
from app.history.services.exporting import ExportService
from app.history.services.imports import MOST_UPLOAD_BYTES, HistoryService
from app.history.services.names import NameService
from app.http.authentication import actor_of
from app.http.description import binary
from app.http.work import RequestWork, runtime_of
from app.kernel.encodings import Encoding
from app.kernel.errors import Invalid
from app.kernel.texts import N_, translator
from app.kernel.words import CODE, Code
from app.kernel.work import UnitOfWork
from rbac import Permission

MOST_BODY_BYTES = MOST_UPLOAD_BYTES + 300_000
"""The file and the other fields of the form."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Asked = Request[Any, Any, Any]


class LogUpload(msgspec.Struct):
    """A log of another system (CSV, at most 100 MB) with its mapping."""

    file: Annotated[UploadFile, msgspec.Meta(description="The log.")]
    mapping: Annotated[str, CODE, msgspec.Meta(description="A mapping (TOML), or the name of a shipped one.")]
    time_zone: Code = ""
    encoding: Encoding = Encoding.AUTOMATIC
    client_id: UUID | None = None
    policy_id: UUID | None = None
    calendar_id: UUID | None = None


def history_service(request: Asked, work: UnitOfWork) -> HistoryService:
    """The service on this request's unit of work."""
    return HistoryService(work, store_of(runtime_of(request)))


@get("/history/imports", permission=Permission.TICKET_IMPORT, tags=["history"])
async def list_history_imports(request: Asked, work: RequestWork) -> list[HistoryImportView]:
    """The newest imports, newest first."""
    return await history_service(request, work).recent()


@post(
    "/history/imports",
    permission=Permission.TICKET_IMPORT,
    tags=["history"],
    request_max_body_size=MOST_BODY_BYTES,
)
async def upload_log(request: Asked, work: RequestWork, data: MultipartBody[LogUpload]) -> HistoryImportView:
    """Upload a log; the dry run follows in the background. Nothing is written before `confirm`."""
    wanted = HistoryUpload(
        mapping=data.mapping,
        file_name=data.file.filename,
        client_id=data.client_id,
        encoding=data.encoding,
        time_zone=data.time_zone,
        policy_id=data.policy_id,
        calendar_id=data.calendar_id,
    )
    return await history_service(request, work).upload(wanted, await data.file.read())


@get("/history/imports/{history_id:uuid}", permission=Permission.TICKET_IMPORT, tags=["history"])
async def get_history_import(request: Asked, work: RequestWork, history_id: FromPath[UUID]) -> HistoryImportView:
    """One import: its dry run, and how far it has come (`tickets_done` of `tickets_total`)."""
    return await history_service(request, work).get(history_id)


@get(
    "/history/imports/{history_id:uuid}/report",
    permission=Permission.TICKET_IMPORT,
    tags=["history"],
    responses=binary(XLSX, "The workbook."),
)
async def get_history_report(request: Asked, work: RequestWork, history_id: FromPath[UUID]) -> Response[bytes]:
    """The report as .xlsx, with the outcome and its reasons for each row."""
    return await report_response(request, work, history_id)


@post(
    "/history/imports/{history_id:uuid}/confirm",
    permission=Permission.TICKET_IMPORT,
    tags=["history"],
    status_code=200,
)
async def confirm_history_import(
    request: Asked, work: RequestWork, history_id: FromPath[UUID], data: JSONBody[VersionOnly]
) -> HistoryImportView:
    """Confirm the import: the log is written in the background."""
    return await history_service(request, work).confirm(history_id, data.version)


@post(
    "/history/imports/{history_id:uuid}/check",
    permission=Permission.TICKET_IMPORT,
    tags=["history"],
    status_code=200,
)
async def check_history_import(
    request: Asked, work: RequestWork, history_id: FromPath[UUID], data: JSONBody[CheckAgain]
) -> HistoryImportView:
    """Repeat the dry run, after names were matched or with another encoding."""
    return await history_service(request, work).check_again(history_id, data.version, data.encoding)


@post(
    "/history/imports/{history_id:uuid}/cancel",
    permission=Permission.TICKET_IMPORT,
    tags=["history"],
    status_code=200,
)
async def cancel_history_import(
    request: Asked, work: RequestWork, history_id: FromPath[UUID], data: JSONBody[VersionOnly]
) -> HistoryImportView:
    """Cancel the import; what has been written stays."""
    return await history_service(request, work).cancel(history_id, data.version)


@get("/history/names", permission=Permission.TICKET_IMPORT, tags=["history"])
async def list_history_names(
    work: RequestWork, kind: FromQuery[NameKind | None] = None, *, matched: FromQuery[bool] = False
) -> list[NameView]:
    """Names in logs without a matching record; with `matched` the matched ones too."""
    return await NameService(work).shown(kind=kind, unmatched=not matched)


@get("/history/names/{name_id:uuid}/candidates", permission=Permission.TICKET_IMPORT, tags=["history"])
async def find_history_candidates(
    work: RequestWork, name_id: FromPath[UUID], q: FromQuery[str] = ""
) -> list[Candidate]:
    """Candidate records for a name."""
    return list(await NameService(work).candidates(name_id, q))


@post("/history/names/{name_id:uuid}", permission=Permission.TICKET_IMPORT, tags=["history"], status_code=200)
async def match_history_name(work: RequestWork, name_id: FromPath[UUID], data: JSONBody[Match]) -> NameView:
    """Match a name with a record; tickets imported under the name are updated."""
    return await NameService(work).match(name_id, data)


@get(
    "/history/export",
    permission=Permission.TICKET_EXPORT,
    tags=["history"],
    responses=binary("text/csv", "The log."),
)
async def export_history(
    work: RequestWork,
    client_id: FromQuery[UUID | None] = None,
    reported_from: FromQuery[datetime | None] = None,
    reported_before: FromQuery[datetime | None] = None,
) -> Response[bytes]:
    """The tenant's own tickets as a log in the format of the mapping `yinghuo`."""
    for name, moment in (("reported_from", reported_from), ("reported_before", reported_before)):
        if moment is not None and moment.tzinfo is None:
            raise Invalid(fields={name: N_("请写明时区，例如 2026-11-16T09:00:00+08:00。")})
    return await export_response(work, HistoryExport(client_id, reported_from, reported_before))


async def export_response(work: UnitOfWork, wanted: HistoryExport) -> Response[bytes]:
    """The export as a download."""
    content = b"".join([part async for part in ExportService(work).export(wanted)])
    headers = {"content-disposition": 'attachment; filename="history.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


async def report_response(request: Asked, work: UnitOfWork, history_id: UUID) -> Response[bytes]:
    """The report as a workbook."""
    service = history_service(request, work)
    found = await service.get(history_id)
    sheet = await report_workbook(service.every_outcome(history_id), translator(actor_of(request).language))
    name = quote(f"{found.file_name.rsplit('.', 1)[0]}-report.xlsx", safe="")
    disposition = f"attachment; filename=\"report.xlsx\"; filename*=UTF-8''{name}"
    return Response(sheet, media_type=XLSX, headers={"content-disposition": disposition})


handlers = [
    list_history_imports,
    upload_log,
    get_history_import,
    get_history_report,
    confirm_history_import,
    check_history_import,
    cancel_history_import,
    list_history_names,
    find_history_candidates,
    match_history_name,
    export_history,
]
