"""The JSON API of service reports, and the download of their PDFs for pages."""

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from app.desk.tickets.schemas import Correction
from app.desk.tickets.service_reports.schemas import ReportEdition, ReportSigning, ServiceReportView
from app.desk.tickets.service_reports.service import ServiceReportService
from app.platform.documents import Printable
from app.platform.documents.web_interface import document_answer
from app.platform.files import file_store_of
from app.platform.http.audited_reads import Audited
from app.platform.http.idempotency import idempotent
from app.platform.http.openapi_description import binary
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

TAGS = ["service reports"]
DOWNLOAD = Audited("service_report.downloaded", "service_report", "report_id")


def reports_of(request: WebRequest, work: UnitOfWork) -> ServiceReportService:
    """The service on this installation's file store."""
    return ServiceReportService(work, file_store_of(runtime_of(request)))


@get("/tickets/{ticket_id:uuid}/service-reports", permission=Permission.TICKET_READ, tags=TAGS)
async def list_service_reports(
    request: WebRequest, work: RequestWork, ticket_id: FromPath[UUID]
) -> list[ReportEdition]:
    """Every edition of every visit's report, the newest first."""
    return await reports_of(request, work).of_ticket(ticket_id)


@get("/visits/{visit_id:uuid}/report", permission=Permission.TICKET_READ, tags=TAGS)
async def get_report(request: WebRequest, work: RequestWork, visit_id: FromPath[UUID]) -> ServiceReportView:
    """The newest edition of a visit's report."""
    return await reports_of(request, work).newest(visit_id)


@post("/visits/{visit_id:uuid}/report", permission=Permission.TICKET_READ, tags=TAGS, status_code=200)
async def make_report(request: WebRequest, work: RequestWork, visit_id: FromPath[UUID]) -> ServiceReportView:
    """Make the report, or bring it up to date; after a signature a change makes the next edition."""
    return await reports_of(request, work).generate(visit_id)


@post("/visits/{visit_id:uuid}/correct", permission=Permission.TICKET_READ, tags=TAGS, status_code=200)
async def correct_visit(
    request: WebRequest, work: RequestWork, visit_id: FromPath[UUID], data: JSONBody[Correction]
) -> ServiceReportView:
    """Put right what was written about finished work."""
    return await reports_of(request, work).correct(visit_id, data)


@post(
    "/visits/{visit_id:uuid}/report/signature",
    permission=Permission.TICKET_READ,
    tags=TAGS,
    status_code=200,
)
@idempotent(200)
async def sign_report(
    request: WebRequest, work: RequestWork, visit_id: FromPath[UUID], data: JSONBody[ReportSigning]
) -> ServiceReportView:
    """The client signs the newest edition. The ticket is confirmed by it where `client_confirms` says so."""
    return await reports_of(request, work).sign(visit_id, data)


async def _document(request: WebRequest, report_id: UUID) -> Response[bytes]:
    async def read(work: UnitOfWork) -> Printable:
        return await reports_of(request, work).printable(report_id)

    return await document_answer(request, read)


@get(
    "/service-reports/{report_id:uuid}/document",
    permission=Permission.TICKET_READ,
    tags=TAGS,
    audited=DOWNLOAD,
    responses=binary("application/pdf", "The document."),
)
async def download_document(request: WebRequest, report_id: FromPath[UUID]) -> Response[bytes]:
    """The PDF of one edition; an unsigned one has a line to sign by hand."""
    return await _document(request, report_id)


@get(
    ["/service-reports/{report_id:uuid}", "/r/service-reports/{report_id:uuid}"],
    permission=Permission.TICKET_READ,
    include_in_schema=False,
    audited=DOWNLOAD,
)
async def download_document_from_page(request: WebRequest, report_id: FromPath[UUID]) -> Response[bytes]:
    """The same for pages: of staff and the portal, and of the employee, whose session holds under /r only."""
    return await _document(request, report_id)


handlers = [
    list_service_reports,
    get_report,
    make_report,
    correct_visit,
    sign_report,
    download_document,
]
page_handlers = [download_document_from_page]
