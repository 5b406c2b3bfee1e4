"""Files as bytes, over the JSON API's addresses and the pages' own."""

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from app.platform.files.http_transfer import file_response
from app.platform.files.service import FileService, SubjectReaders
from app.platform.files.stored_files import file_store_of
from app.platform.http.audited_reads import Audited
from app.platform.http.openapi_description import binary
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Access

DOWNLOAD = Audited("file.downloaded", "file", "file_id")
"""A thumbnail is part of the page that shows it, and is not written down."""


async def _answer(request: WebRequest, work: UnitOfWork, file_id: UUID, *, thumbnail: bool) -> Response[bytes]:
    readers: SubjectReaders = request.app.state.file_subjects
    service = FileService(work, file_store_of(runtime_of(request)))
    return file_response(await service.read(file_id, readers, thumbnail=thumbnail))


@get(
    "/files/{file_id:uuid}",
    permission=Access.SIGNED_IN,
    allows_api_tokens=True,
    tags=["files"],
    uncompressed=True,
    audited=DOWNLOAD,
    responses=binary("*/*", "The file, of its own type."),
)
async def get_file(request: WebRequest, work: RequestWork, file_id: FromPath[UUID]) -> Response[bytes]:
    """One file. Who may read the record that it hangs on may read it."""
    return await _answer(request, work, file_id, thumbnail=False)


@get(
    "/files/{file_id:uuid}/thumbnail",
    permission=Access.SIGNED_IN,
    allows_api_tokens=True,
    tags=["files"],
    uncompressed=True,
    responses=binary("*/*", "The picture, of its own type."),
)
async def get_thumbnail(request: WebRequest, work: RequestWork, file_id: FromPath[UUID]) -> Response[bytes]:
    """The small copy of a photo, at most 480 pixels on the longer edge."""
    return await _answer(request, work, file_id, thumbnail=True)


@get(
    ["/files/{file_id:uuid}", "/r/files/{file_id:uuid}"],
    permission=Access.SIGNED_IN,
    include_in_schema=False,
    uncompressed=True,
    audited=DOWNLOAD,
)
async def show_file(request: WebRequest, work: RequestWork, file_id: FromPath[UUID]) -> Response[bytes]:
    """A file that a page links to; reporters are known below `/r` only."""
    return await _answer(request, work, file_id, thumbnail=False)


@get(
    ["/files/{file_id:uuid}/thumbnail", "/r/files/{file_id:uuid}/thumbnail"],
    permission=Access.SIGNED_IN,
    include_in_schema=False,
    uncompressed=True,
)
async def show_thumbnail(request: WebRequest, work: RequestWork, file_id: FromPath[UUID]) -> Response[bytes]:
    """The small copy that a page shows."""
    return await _answer(request, work, file_id, thumbnail=True)


handlers = [get_file, get_thumbnail]
page_handlers = [show_file, show_thumbnail]
