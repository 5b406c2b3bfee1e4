"""Importing lists as JSON: upload, dry run, mapping, confirmation, progress. Who may is asked of each kind of list."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody

from app.platform.files import file_store_of
from app.platform.http.audited_reads import Audited
from app.platform.http.openapi_description import binary
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.imports.kinds import FIRST_KIND, kind_named
from app.platform.imports.schemas import ImportView, MappingChoice, VersionOnly
from app.platform.imports.service import MOST_UPLOAD_BYTES, ImportService
from app.platform.imports.template import build_template
from app.platform.kernel.encodings import Encoding
from app.platform.kernel.input_text import Code
from app.platform.kernel.texts import translator
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Access

MOST_BODY_BYTES = MOST_UPLOAD_BYTES + 100_000
"""The file, and the rest of the form around it."""
ERROR_SHEET = Audited("list_import.error_sheet_downloaded", "import_run", "import_id")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TAGS = ["imports"]


class ListUpload(msgspec.Struct):
    """A list: .xlsx, .xls or CSV, at most 10 MB. `kind` is what it is about, `client_id` whose it is where it is one
    client's, `encoding` a CSV's where it is known."""

    file: Annotated[UploadFile, msgspec.Meta(description="The list.")]
    kind: Code = FIRST_KIND
    client_id: UUID | None = None
    encoding: Encoding = Encoding.AUTOMATIC


def import_service(request: WebRequest, work: UnitOfWork) -> ImportService:
    """The service on this request's unit of work."""
    runtime = runtime_of(request)
    return ImportService(work, runtime, file_store_of(runtime))


@get("/imports", permission=Access.SIGNED_IN, allows_api_tokens=True, tags=TAGS)
async def list_imports(
    request: WebRequest, work: RequestWork, kind: FromQuery[str] = "", client_id: FromQuery[UUID | None] = None
) -> list[ImportView]:
    """The newest imports, newest first: of one kind of list, or of all that you may import."""
    return await import_service(request, work).recent(kind, client_id)


@get(
    "/imports/templates/{kind:str}",
    permission=Access.SIGNED_IN,
    allows_api_tokens=True,
    tags=TAGS,
    responses=binary(XLSX, "The workbook."),
)
async def get_template(work: RequestWork, kind: FromPath[str]) -> Response[bytes]:
    """An empty list of a kind (`devices`, `clients`, `departments`, `employees`) with its headings."""
    return template_response(work, kind)


@post("/imports", permission=Access.SIGNED_IN, allows_api_tokens=True, tags=TAGS, request_max_body_size=MOST_BODY_BYTES)
async def upload_list(request: WebRequest, work: RequestWork, data: MultipartBody[ListUpload]) -> ImportView:
    """Upload a list and see what it would do. Nothing is written before `confirm`."""
    content = await data.file.read()
    return await import_service(request, work).upload(
        data.kind, data.client_id, data.file.filename, content, data.encoding
    )


@get("/imports/{import_id:uuid}", permission=Access.SIGNED_IN, allows_api_tokens=True, tags=TAGS)
async def get_import(request: WebRequest, work: RequestWork, import_id: FromPath[UUID]) -> ImportView:
    """One import: its dry run, and how far it has come (`rows_done` of `rows_total`)."""
    return await import_service(request, work).get(import_id)


@get(
    "/imports/{import_id:uuid}/error-sheet",
    permission=Access.SIGNED_IN,
    allows_api_tokens=True,
    tags=TAGS,
    audited=ERROR_SHEET,
    responses=binary(XLSX, "The sheet."),
)
async def get_error_sheet(request: WebRequest, work: RequestWork, import_id: FromPath[UUID]) -> Response[bytes]:
    """An .xlsx of every refused or doubtful row with the cells at fault and the reasons."""
    return xlsx_response(*await import_service(request, work).error_sheet(import_id))


@post(
    "/imports/{import_id:uuid}/mapping", permission=Access.SIGNED_IN, allows_api_tokens=True, tags=TAGS, status_code=200
)
async def map_columns(
    request: WebRequest, work: RequestWork, import_id: FromPath[UUID], data: JSONBody[MappingChoice]
) -> ImportView:
    """Say which heading means which field, in which encoding a text is, or that the list wins over what people changed,
    and repeat the dry run; an empty mapping changes nothing."""
    return await import_service(request, work).map(import_id, data)


@post(
    "/imports/{import_id:uuid}/confirm", permission=Access.SIGNED_IN, allows_api_tokens=True, tags=TAGS, status_code=200
)
async def confirm_import(
    request: WebRequest, work: RequestWork, import_id: FromPath[UUID], data: JSONBody[VersionOnly]
) -> ImportView:
    """Have the good rows written in the background."""
    return await import_service(request, work).confirm(import_id, data.version)


@post(
    "/imports/{import_id:uuid}/cancel", permission=Access.SIGNED_IN, allows_api_tokens=True, tags=TAGS, status_code=200
)
async def cancel_import(
    request: WebRequest, work: RequestWork, import_id: FromPath[UUID], data: JSONBody[VersionOnly]
) -> ImportView:
    """Cancel the import; what has been written stays."""
    return await import_service(request, work).cancel(import_id, data.version)


def template_response(work: UnitOfWork, kind_name: str) -> Response[bytes]:
    """
    Raises:
        NotFound, Forbidden: no such list, or not for the actor.
    """
    kind = kind_named(kind_name)
    work.actor.require(kind.permission)
    translate = translator(work.actor.language)
    return xlsx_response(f"{translate(kind.title)}.xlsx", build_template(kind, translate))


def xlsx_response(name: str, content: bytes) -> Response[bytes]:
    """An .xlsx to keep, under a name in any script."""
    disposition = f"attachment; filename=\"list.xlsx\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=XLSX, headers={"content-disposition": disposition})


handlers = handlers_of(__name__)
