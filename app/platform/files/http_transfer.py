"""Files over HTTP: reading uploads from a form, and the response of a download."""

from typing import Final
from urllib.parse import quote

from litestar import Response
from litestar.datastructures import UploadFile

from app.platform.files.errors import FileTooLarge
from app.platform.files.inspection import MAX_UPLOAD_BYTES, SafeFile
from app.platform.files.service import FileContent
from app.platform.files.uploads import UploadInspector
from app.platform.http.authentication import actor_of
from app.platform.http.web_request import WebRequest

UPLOAD_BODY_LIMIT: Final = 80_000_000
"""Bytes that a form with files may carry: five of the largest and its words."""

_HARMLESS: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


async def inspected_uploads(
    request: WebRequest, uploads: list[UploadFile], *, tax_documents: bool = False
) -> list[SafeFile]:
    """Every upload made safe, in the order in which it came. `tax_documents`: XML and OFD too.

    Raises:
        FileRefused: the first that is not accepted; the subclass says why.
    """
    inspector: UploadInspector = request.app.state.uploads
    actor, safe = actor_of(request), list[SafeFile]()
    for upload in uploads:
        await upload.seek(0)
        data = await upload.read(MAX_UPLOAD_BYTES + 1)
        if len(data) > MAX_UPLOAD_BYTES:
            raise FileTooLarge(limit_megabytes=MAX_UPLOAD_BYTES // 1_000_000)
        safe.append(
            await inspector.take(
                data, upload.filename, (actor.tenant_id, actor.session_id), tax_documents=tax_documents
            )
        )
    return safe


async def uploads_of(request: WebRequest, field: str) -> list[UploadFile]:
    """The files of one form field; a field left empty has none."""
    form = await request.form()
    return [value for value in form.getall(field, []) if isinstance(value, UploadFile)]


def file_response(file: FileContent) -> Response[bytes]:
    """The download's response: pictures inline, everything else as attachment, nothing in a file may run."""
    disposition = "inline" if file.is_picture else "attachment"
    return Response(
        file.data,
        media_type=file.content_type,
        headers={
            "content-disposition": f"{disposition}; filename*=UTF-8''{quote(file.name)}",
            "content-security-policy": _HARMLESS,
        },
    )
