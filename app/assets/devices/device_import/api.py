"""Importing lists as JSON: upload, dry run, mapping, confirmation, progress."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody

from app.assets.devices.device_import.service import MOST_UPLOAD_BYTES, ImportService
from app.assets.devices.schemas import ImportView, MappingChoice, VersionOnly
from app.platform.files import file_store_of
from app.platform.http.audited_reads import Audited
from app.platform.http.openapi_description import binary
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.encodings import Encoding
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

MOST_BODY_BYTES = MOST_UPLOAD_BYTES + 100_000
"""The file, and the rest of the form around it."""
ERROR_SHEET = Audited("device_import.error_sheet_downloaded", "import_run", "import_id")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ListUpload(msgspec.Struct):
    """A device list of one client: .xlsx, .xls or CSV, at most 10 MB; `encoding` is a CSV's, where it is known."""

    client_id: UUID
    file: Annotated[UploadFile, msgspec.Meta(description="The list.")]
    encoding: Encoding = Encoding.AUTOMATIC


def import_service(request: WebRequest, work: UnitOfWork) -> ImportService:
    """The service on this request's unit of work."""
    return ImportService(work, file_store_of(runtime_of(request)))


@get("/imports", permission=Permission.DEVICE_IMPORT, tags=["imports"])
async def list_imports(
    request: WebRequest, work: RequestWork, client_id: FromQuery[UUID | None] = None
) -> list[ImportView]:
    """The newest imports, newest first."""
    return await import_service(request, work).recent(client_id)


@post("/imports", permission=Permission.DEVICE_IMPORT, tags=["imports"], request_max_body_size=MOST_BODY_BYTES)
async def upload_list(request: WebRequest, work: RequestWork, data: MultipartBody[ListUpload]) -> ImportView:
    """Upload a list and see what it would do. Nothing is written before `confirm`."""
    content = await data.file.read()
    return await import_service(request, work).upload(data.client_id, data.file.filename, content, data.encoding)


@get("/imports/{import_id:uuid}", permission=Permission.DEVICE_IMPORT, tags=["imports"])
async def get_import(request: WebRequest, work: RequestWork, import_id: FromPath[UUID]) -> ImportView:
    """One import: its dry run, and how far it has come (`rows_done` of `rows_total`)."""
    return await import_service(request, work).get(import_id)


@get(
    "/imports/{import_id:uuid}/error-sheet",
    permission=Permission.DEVICE_IMPORT,
    tags=["imports"],
    audited=ERROR_SHEET,
    responses=binary(XLSX, "The sheet."),
)
async def get_error_sheet(request: WebRequest, work: RequestWork, import_id: FromPath[UUID]) -> Response[bytes]:
    """An .xlsx of every refused or doubtful row with the cells at fault and the reasons."""
    return xlsx_response(*await import_service(request, work).error_sheet(import_id))


@post("/imports/{import_id:uuid}/mapping", permission=Permission.DEVICE_IMPORT, tags=["imports"], status_code=200)
async def map_columns(
    request: WebRequest, work: RequestWork, import_id: FromPath[UUID], data: JSONBody[MappingChoice]
) -> ImportView:
    """Say which heading means which field, or in which encoding a text is, and repeat the dry run; an empty mapping
    changes nothing."""
    return await import_service(request, work).map(import_id, data)


@post("/imports/{import_id:uuid}/confirm", permission=Permission.DEVICE_IMPORT, tags=["imports"], status_code=200)
async def confirm_import(
    request: WebRequest, work: RequestWork, import_id: FromPath[UUID], data: JSONBody[VersionOnly]
) -> ImportView:
    """Have the good rows written in the background."""
    return await import_service(request, work).confirm(import_id, data.version)


@post("/imports/{import_id:uuid}/cancel", permission=Permission.DEVICE_IMPORT, tags=["imports"], status_code=200)
async def cancel_import(
    request: WebRequest, work: RequestWork, import_id: FromPath[UUID], data: JSONBody[VersionOnly]
) -> ImportView:
    """Cancel the import; what has been written stays."""
    return await import_service(request, work).cancel(import_id, data.version)


def xlsx_response(name: str, content: bytes) -> Response[bytes]:
    """An .xlsx to keep, under a name in any script."""
    disposition = f"attachment; filename=\"list.xlsx\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=XLSX, headers={"content-disposition": disposition})


handlers = [list_imports, upload_list, get_import, get_error_sheet, map_columns, confirm_import, cancel_import]
