"""JSON: an owner's archives, and headquarters' certificates."""

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import File

from app.platform.http.audited_reads import Audited
from app.platform.http.idempotency import idempotent
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.texts import translator
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.data_lifecycle.archive_store import ArchiveStore
from tenants.data_lifecycle.certificate_document import certificate_pdf
from tenants.data_lifecycle.schemas import ExportView, SealedCertificate
from tenants.data_lifecycle.services.certificates import Certificates
from tenants.data_lifecycle.services.export_requests import ExportRequests

DOWNLOAD = Audited("tenant_export.downloaded", "tenant_export", "export_id")
CERTIFICATE = Audited("tenant.certificate_read", "partner", "partner_id")


def export_requests_of(request: WebRequest, work: UnitOfWork) -> ExportRequests:
    """The archives of the actor's company."""
    return ExportRequests(work, ArchiveStore.of(runtime_of(request)))


async def archive_answer(request: WebRequest, work: UnitOfWork, export_id: UUID) -> File:
    """The archive's bytes, saved and never shown."""
    place, name = await export_requests_of(request, work).fetch(export_id)
    return File(place, filename=name, media_type="application/zip", content_disposition_type="attachment")


async def certificate_answer(request: WebRequest, work: UnitOfWork, partner_id: UUID) -> Response[bytes]:
    """The certificate as PDF, in Chinese: it is a document for Chinese offices."""
    sealed = await Certificates(work).of_partner(partner_id)
    installation = runtime_of(request).settings.public_url
    return Response(
        certificate_pdf(sealed, translate=translator("zh-CN"), installation=installation),
        media_type="application/pdf",
        headers={"content-disposition": f'inline; filename="erasure-{sealed.certificate.slug}.pdf"'},
    )


@get("/tenant-exports", permission=Permission.TENANT_EXPORT)
async def list_exports(request: WebRequest, work: RequestWork) -> list[ExportView]:
    """The company's latest archives, newest first."""
    return await export_requests_of(request, work).latest()


@post("/tenant-exports", permission=Permission.TENANT_EXPORT, suspended_too=True, status_code=202)
@idempotent(202)
async def request_export(request: WebRequest, work: RequestWork) -> ExportView:
    """Have an archive of everything made (docs/tenant-export.md); allowed while suspended and after termination."""
    return await export_requests_of(request, work).request()


@get(
    "/tenant-exports/{export_id:uuid}/archive",
    permission=Permission.TENANT_EXPORT,
    audited=DOWNLOAD,
    uncompressed=True,
)
async def fetch_archive(request: WebRequest, work: RequestWork, export_id: FromPath[UUID]) -> File:
    """Download a finished archive; the download is written down."""
    return await archive_answer(request, work, export_id)


@get("/partners/{partner_id:uuid}/erasure-certificate", permission=Permission.PARTNER_READ, audited=CERTIFICATE)
async def read_certificate(work: RequestWork, partner_id: FromPath[UUID]) -> SealedCertificate:
    """What was erased of a partner, what stays and why."""
    return await Certificates(work).of_partner(partner_id)


@get(
    "/partners/{partner_id:uuid}/erasure-certificate.pdf",
    permission=Permission.PARTNER_READ,
    audited=CERTIFICATE,
    uncompressed=True,
)
async def print_certificate(request: WebRequest, work: RequestWork, partner_id: FromPath[UUID]) -> Response[bytes]:
    """The same on paper."""
    return await certificate_answer(request, work, partner_id)


handlers = handlers_of(__name__)
