"""Handing out PDFs of editions."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from litestar import Response

from app.platform.documents.printing import Printable, printed
from app.platform.files import file_store_of
from app.platform.http.audited_reads import record_read
from app.platform.http.authentication import actor_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.unit_of_work import UnitOfWork


async def document_answer(request: WebRequest, read: Callable[[UnitOfWork], Awaitable[Printable]]) -> Response[bytes]:
    """An edition's PDF as a download; `read` checks the actor's right, the PDF is drawn after its transaction."""
    async with runtime_of(request).units_of_work.begin(actor_of(request), origin_of(request)) as work:
        edition = await read(work)
        await record_read(request, work)
    return await pdf_answer(request, edition)


async def pdf_answer(request: WebRequest, edition: Printable) -> Response[bytes]:
    """An edition's PDF as a download, where the right to it was checked before."""
    data = await printed(edition, file_store_of(runtime_of(request)))
    disposition = f"attachment; filename*=UTF-8''{quote(edition.name)}"
    return Response(data, media_type="application/pdf", headers={"content-disposition": disposition})
