"""Files as bytes, over the JSON API's addresses and the pages' own."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath

from app.files.keeping import store_of
from app.files.service import FileService, SubjectReaders
from app.files.transfer import handed_out
from app.http.auditing import Audited
from app.http.description import binary
from app.http.work import RequestWork, runtime_of
from app.kernel.work import UnitOfWork
from rbac import Access

Asked = Request[Any, Any, Any]
DOWNLOAD = Audited("file.downloaded", "file", "file_id")
"""A thumbnail is part of the page that shows it, and is not written down."""


async def _answer(request: Asked, work: UnitOfWork, file_id: UUID, *, thumbnail: bool) -> Response[bytes]:
    readers: SubjectReaders = request.app.state.file_subjects
    service = FileService(work, store_of(runtime_of(request)))
    return handed_out(await service.read(file_id, readers, thumbnail=thumbnail))


@get(
    "/files/{file_id:uuid}",
    permission=Access.SIGNED_IN,
    tokens_too=True,
    tags=["files"],
    uncompressed=True,
    audited=DOWNLOAD,
    responses=binary("*/*", "The file, of its own type."),
)
async def get_file(request: Asked, work: RequestWork, file_id: FromPath[UUID]) -> Response[bytes]:
    """One file. Who may read the record that it hangs on may read it."""
    return await _answer(request, work, file_id, thumbnail=False)


@get(
    "/files/{file_id:uuid}/thumbnail",
    permission=Access.SIGNED_IN,
    tokens_too=True,
    tags=["files"],
    uncompressed=True,
    responses=binary("*/*", "The picture, of its own type."),
)
async def get_thumbnail(request: Asked, work: RequestWork, file_id: FromPath[UUID]) -> Response[bytes]:
    """The small copy of a photo, at most 480 pixels on the longer edge."""
    return await _answer(request, work, file_id, thumbnail=True)


@get(
    ["/files/{file_id:uuid}", "/r/files/{file_id:uuid}"],
    permission=Access.SIGNED_IN,
    include_in_schema=False,
    uncompressed=True,
    audited=DOWNLOAD,
)
async def show_file(request: Asked, work: RequestWork, file_id: FromPath[UUID]) -> Response[bytes]:
    """A file that a page links to; reporters are known below `/r` only."""
    return await _answer(request, work, file_id, thumbnail=False)


@get(
    ["/files/{file_id:uuid}/thumbnail", "/r/files/{file_id:uuid}/thumbnail"],
    permission=Access.SIGNED_IN,
    include_in_schema=False,
    uncompressed=True,
)
async def show_thumbnail(request: Asked, work: RequestWork, file_id: FromPath[UUID]) -> Response[bytes]:
    """The small copy that a page shows."""
    return await _answer(request, work, file_id, thumbnail=True)


handlers = [get_file, get_thumbnail]
page_handlers = [show_file, show_thumbnail]
