"""The JSON API of ticket imports: upload, dry run, confirmation, progress, report, names; and of the export."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody

from app.data_exchange.ticket_import.names import NameKind
from app.data_exchange.ticket_import.report import report_workbook
from app.data_exchange.ticket_import.schemas import (
    Candidate,
    CheckAgain,
    Match,
    NameView,
    TicketExport,
    TicketImportUpload,
    TicketImportView,
    VersionOnly,
)
from app.data_exchange.ticket_import.services.exports import TicketExportService
from app.data_exchange.ticket_import.services.imports import MOST_UPLOAD_BYTES, TicketImportService
from app.data_exchange.ticket_import.services.names import NameService
from app.platform.files import file_store_of
from app.platform.http.authentication import actor_of
from app.platform.http.openapi_description import binary
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.columns import view_of
from app.platform.kernel.encodings import Encoding
from app.platform.kernel.errors import Invalid
from app.platform.kernel.input_text import CODE, Code
from app.platform.kernel.texts import N_, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

MOST_BODY_BYTES = MOST_UPLOAD_BYTES + 300_000
"""The file and the other fields of the form."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class LogUpload(msgspec.Struct):
    """A log of another system (CSV, at most 100 MB) with its mapping."""

    file: Annotated[UploadFile, msgspec.Meta(description="The log.")]
    mapping: Annotated[str, CODE, msgspec.Meta(description="A mapping (TOML), or the name of a shipped one.")]
    time_zone: Code = ""
    encoding: Encoding = Encoding.AUTOMATIC
    client_id: UUID | None = None
    policy_id: UUID | None = None
    calendar_id: UUID | None = None


def ticket_import_service(request: WebRequest, work: UnitOfWork) -> TicketImportService:
    """The service on this request's unit of work."""
    return TicketImportService(work, file_store_of(runtime_of(request)))


@get("/ticket-imports", permission=Permission.TICKET_IMPORT, tags=["ticket imports"])
async def list_ticket_imports(request: WebRequest, work: RequestWork) -> list[TicketImportView]:
    """The newest imports, newest first."""
    return await ticket_import_service(request, work).recent()


@post(
    "/ticket-imports",
    permission=Permission.TICKET_IMPORT,
    tags=["ticket imports"],
    request_max_body_size=MOST_BODY_BYTES,
)
async def upload_log(request: WebRequest, work: RequestWork, data: MultipartBody[LogUpload]) -> TicketImportView:
    """Upload a log; the dry run follows in the background. Nothing is written before `confirm`."""
    wanted = view_of(TicketImportUpload, data, file_name=data.file.filename)
    return await ticket_import_service(request, work).upload(wanted, await data.file.read())


@get("/ticket-imports/{ticket_import_id:uuid}", permission=Permission.TICKET_IMPORT, tags=["ticket imports"])
async def get_ticket_import(
    request: WebRequest, work: RequestWork, ticket_import_id: FromPath[UUID]
) -> TicketImportView:
    """One import: its dry run, and how far it has come (`tickets_done` of `tickets_total`)."""
    return await ticket_import_service(request, work).get(ticket_import_id)


@get(
    "/ticket-imports/{ticket_import_id:uuid}/report",
    permission=Permission.TICKET_IMPORT,
    tags=["ticket imports"],
    responses=binary(XLSX, "The workbook."),
)
async def get_ticket_import_report(
    request: WebRequest, work: RequestWork, ticket_import_id: FromPath[UUID]
) -> Response[bytes]:
    """The report as .xlsx, with the outcome and its reasons for each row."""
    return await report_response(request, work, ticket_import_id)


@post(
    "/ticket-imports/{ticket_import_id:uuid}/confirm",
    permission=Permission.TICKET_IMPORT,
    tags=["ticket imports"],
    status_code=200,
)
async def confirm_ticket_import(
    request: WebRequest, work: RequestWork, ticket_import_id: FromPath[UUID], data: JSONBody[VersionOnly]
) -> TicketImportView:
    """Confirm the import: the log is written in the background."""
    return await ticket_import_service(request, work).confirm(ticket_import_id, data.version)


@post(
    "/ticket-imports/{ticket_import_id:uuid}/check",
    permission=Permission.TICKET_IMPORT,
    tags=["ticket imports"],
    status_code=200,
)
async def check_ticket_import(
    request: WebRequest, work: RequestWork, ticket_import_id: FromPath[UUID], data: JSONBody[CheckAgain]
) -> TicketImportView:
    """Repeat the dry run, after names were matched or with another encoding."""
    return await ticket_import_service(request, work).check_again(ticket_import_id, data.version, data.encoding)


@post(
    "/ticket-imports/{ticket_import_id:uuid}/cancel",
    permission=Permission.TICKET_IMPORT,
    tags=["ticket imports"],
    status_code=200,
)
async def cancel_ticket_import(
    request: WebRequest, work: RequestWork, ticket_import_id: FromPath[UUID], data: JSONBody[VersionOnly]
) -> TicketImportView:
    """Cancel the import; what has been written stays."""
    return await ticket_import_service(request, work).cancel(ticket_import_id, data.version)


@get("/ticket-imports/names", permission=Permission.TICKET_IMPORT, tags=["ticket imports"])
async def list_imported_names(
    work: RequestWork, kind: FromQuery[NameKind | None] = None, *, matched: FromQuery[bool] = False
) -> list[NameView]:
    """Names in logs without a matching record; with `matched` the matched ones too."""
    return await NameService(work).list_names(kind=kind, unmatched=not matched)


@get("/ticket-imports/names/{name_id:uuid}/candidates", permission=Permission.TICKET_IMPORT, tags=["ticket imports"])
async def find_name_candidates(work: RequestWork, name_id: FromPath[UUID], q: FromQuery[str] = "") -> list[Candidate]:
    """Candidate records for a name."""
    return list(await NameService(work).candidates(name_id, q))


@post(
    "/ticket-imports/names/{name_id:uuid}",
    permission=Permission.TICKET_IMPORT,
    tags=["ticket imports"],
    status_code=200,
)
async def match_imported_name(work: RequestWork, name_id: FromPath[UUID], data: JSONBody[Match]) -> NameView:
    """Match a name with a record; tickets imported under the name are updated."""
    return await NameService(work).match(name_id, data)


@get(
    "/ticket-imports/export",
    permission=Permission.TICKET_EXPORT,
    tags=["ticket imports"],
    responses=binary("text/csv", "The log."),
)
async def export_tickets(
    work: RequestWork,
    client_id: FromQuery[UUID | None] = None,
    reported_from: FromQuery[datetime | None] = None,
    reported_before: FromQuery[datetime | None] = None,
) -> Response[bytes]:
    """The tenant's own tickets as a log in the format of the mapping `yinghuo`."""
    for name, moment in (("reported_from", reported_from), ("reported_before", reported_before)):
        if moment is not None and moment.tzinfo is None:
            raise Invalid(fields={name: N_("请写明时区，例如 2026-11-16T09:00:00+08:00。")})
    return await export_response(work, TicketExport(client_id, reported_from, reported_before))


async def export_response(work: UnitOfWork, wanted: TicketExport) -> Response[bytes]:
    """The export as a download."""
    content = b"".join([part async for part in TicketExportService(work).export(wanted)])
    headers = {"content-disposition": 'attachment; filename="tickets.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


async def report_response(request: WebRequest, work: UnitOfWork, ticket_import_id: UUID) -> Response[bytes]:
    """The report as a workbook."""
    service = ticket_import_service(request, work)
    found = await service.get(ticket_import_id)
    sheet = await report_workbook(service.every_outcome(ticket_import_id), translator(actor_of(request).language))
    name = quote(f"{found.file_name.rsplit('.', 1)[0]}-report.xlsx", safe="")
    disposition = f"attachment; filename=\"report.xlsx\"; filename*=UTF-8''{name}"
    return Response(sheet, media_type=XLSX, headers={"content-disposition": disposition})


handlers = handlers_of(__name__)
