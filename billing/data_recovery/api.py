"""Recovery cases as JSON."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.platform.documents import Printable
from app.platform.documents.web_interface import document_answer
from app.platform.files import FileSummary, file_store_of
from app.platform.files.web_interface import UPLOAD_BODY_LIMIT, inspected_uploads, uploads_of
from app.platform.http.audited_reads import Audited
from app.platform.http.idempotency import idempotent
from app.platform.http.openapi_description import binary
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.text_search import matches_search
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import api_page, saved_view_api
from billing.data_recovery.listing import RECOVERIES, case_matches
from billing.data_recovery.models import RecoveryCase
from billing.data_recovery.permissions import RecoveryPermission
from billing.data_recovery.schemas import (
    CaseReason,
    CaseVersion,
    CopyWrite,
    DiagnosisWrite,
    Handover,
    MediumDestruction,
    MediumReturn,
    PersonOnCase,
    ReceiptSigning,
    ReceiptView,
    RecoveredFileView,
    RecoveryCaseCreate,
    RecoveryCaseView,
    RecoveryQuote,
    RecoverySummary,
    ResultDecision,
    ResultReport,
    ResultWrite,
)
from billing.data_recovery.services.answers import RecoveryAnswers, RecoveryStops
from billing.data_recovery.services.custody import Custody
from billing.data_recovery.services.people import RecoveryPeople
from billing.data_recovery.services.quoting import RecoveryQuoting
from billing.data_recovery.services.reading import RecoveryCases
from billing.data_recovery.services.reception import RecoveryReception
from billing.data_recovery.services.working import RecoveryWork
from billing.data_recovery.states import RecoveryState

TAGS = ["recovery cases"]
CASE = "/recovery-cases/{recovery_case_id:uuid}"
MEDIUM = f"{CASE}/media/{{recovery_medium_id:uuid}}"
_READ, _WORK = RecoveryPermission.RECOVERY_CASE_READ, RecoveryPermission.RECOVERY_CASE_WORK
_WRITE, _DECIDE = RecoveryPermission.RECOVERY_CASE_WRITE, RecoveryPermission.RECOVERY_CASE_DECIDE
RESULT_READ = Audited("recovery_case.result_read", "recovery_case", "recovery_case_id")
RECEIPT_DOWNLOAD = Audited("custody_receipt.downloaded", "custody_receipt", "custody_receipt_id")
CERTIFICATE_DOWNLOAD = Audited("disposal_certificate.downloaded", "disposal_certificate", "disposal_certificate_id")


def reception_of(request: WebRequest, work: UnitOfWork) -> RecoveryReception:
    """The service on this installation's file store."""
    return RecoveryReception(work, file_store_of(runtime_of(request)))


def custody_of(request: WebRequest, work: UnitOfWork) -> Custody:
    """The service on this installation's file store."""
    return Custody(work, file_store_of(runtime_of(request)))


@get("/recovery-cases", permission=_READ, tags=TAGS)
async def list_cases(
    work: RequestWork,
    *,
    q: FromQuery[str] = "",
    client_id: FromQuery[UUID | None] = None,
    case_state: Annotated[RecoveryState | None, QueryParameter(name="state")] = None,
    sort: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Page[RecoverySummary]:
    """Cases, the newest first, or by `sort` (`number`, `-client_name`); of a client's people their own company's."""
    conditions = [matches_search(q, case_matches)] if q else []
    if client_id is not None:
        conditions.append(RecoveryCase.client_id == client_id)
    if case_state is not None:
        conditions.append(RecoveryCase.state == case_state)
    return await api_page(work, RECOVERIES, conditions=conditions, sort=sort, cursor=cursor)


@post("/recovery-cases", permission=_WORK, tags=TAGS)
@idempotent()
async def create_case(request: WebRequest, work: RequestWork, data: JSONBody[RecoveryCaseCreate]) -> RecoveryCaseView:
    """Open a case with the media that somebody gives away; whoever does is on it."""
    return await RecoveryCases(work).get(await reception_of(request, work).open(data))


@get(CASE, permission=_READ, tags=TAGS)
async def read_case(work: RequestWork, recovery_case_id: FromPath[UUID]) -> RecoveryCaseView:
    """One case: media, chain of custody, people, diagnosis, fee. Names of files stand under `files`."""
    return await RecoveryCases(work).get(recovery_case_id)


@post(f"{CASE}/photos", permission=_WORK, tags=TAGS, request_max_body_size=UPLOAD_BODY_LIMIT)
async def add_photos(request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID]) -> list[FileSummary]:
    """Keep photos of the media before the receipt is signed (multipart, field `photos`)."""
    files = await inspected_uploads(request, await uploads_of(request, "photos"))
    return await reception_of(request, work).add_photos(recovery_case_id, files)


@post(f"{CASE}/receipt", permission=_WORK, tags=TAGS, status_code=200)
@idempotent(200)
async def make_receipt(request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID]) -> ReceiptView:
    """The custody receipt as it is to be signed, brought up to date."""
    return await reception_of(request, work).make_receipt(recovery_case_id)


@post(f"{CASE}/receipt/signature", permission=_WORK, tags=TAGS, status_code=200)
@idempotent(200)
async def sign_receipt(
    request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID], data: JSONBody[ReceiptSigning]
) -> RecoveryCaseView:
    """The giver signs for exactly the receipt that was shown: the media are in custody."""
    await reception_of(request, work).sign(recovery_case_id, data)
    return await RecoveryCases(work).get(recovery_case_id)


@post(f"{CASE}/cancel", permission=_WORK, tags=TAGS, status_code=200)
@idempotent(200)
async def cancel_case(
    request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID], data: JSONBody[CaseReason]
) -> RecoveryCaseView:
    """The media stay with the client after all."""
    await reception_of(request, work).cancel(recovery_case_id, data)
    return await RecoveryCases(work).get(recovery_case_id)


@post(f"{CASE}/people", permission=_WRITE, tags=TAGS, status_code=200)
@idempotent(200)
async def join_case(
    request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID], data: JSONBody[PersonOnCase]
) -> RecoveryCaseView:
    """Put a colleague on the case."""
    await RecoveryPeople(work).join(recovery_case_id, data)
    return await RecoveryCases(work).get(recovery_case_id)


@delete(f"{CASE}/people/{{membership_id:uuid}}", permission=_WRITE, tags=TAGS)
async def leave_case(work: RequestWork, recovery_case_id: FromPath[UUID], membership_id: FromPath[UUID]) -> None:
    """A colleague is on the case no more."""
    await RecoveryPeople(work).leave(recovery_case_id, membership_id)


@post(f"{CASE}/diagnosis", permission=_WORK, tags=TAGS, status_code=200)
@idempotent(200)
async def diagnose_case(
    request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID], data: JSONBody[DiagnosisWrite]
) -> RecoveryCaseView:
    """Write down what was found, and how likely the data come back."""
    await RecoveryWork(work).diagnose(recovery_case_id, data)
    return await RecoveryCases(work).get(recovery_case_id)


@post(f"{CASE}/quote", permission=_WRITE, tags=TAGS, status_code=200)
@idempotent(200)
async def quote_case(
    request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID], data: JSONBody[RecoveryQuote]
) -> RecoveryCaseView:
    """Put the fee and its rule before the client's approver, as a quote."""
    await RecoveryQuoting(work).quote(recovery_case_id, data)
    return await RecoveryCases(work).get(recovery_case_id)


@post(f"{CASE}/start", permission=_WORK, tags=TAGS, status_code=200)
@idempotent(200)
async def start_case(
    request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID], data: JSONBody[CaseVersion]
) -> RecoveryCaseView:
    """Begin the work that the client approved."""
    await RecoveryWork(work).start(recovery_case_id, data)
    return await RecoveryCases(work).get(recovery_case_id)


@get(f"{CASE}/files", permission=_READ, tags=TAGS, audited=RESULT_READ)
async def read_files(work: RequestWork, recovery_case_id: FromPath[UUID]) -> list[RecoveredFileView]:
    """The list of results by the files' names: for people on the case, and those of the client who accept results;
    empty for others."""
    return await RecoveryCases(work).files(recovery_case_id)


@put(f"{CASE}/files", permission=_WORK, tags=TAGS)
async def write_files(
    work: RequestWork, recovery_case_id: FromPath[UUID], data: JSONBody[ResultWrite]
) -> RecoveryCaseView:
    """Write the list of results, in place of the one before."""
    await RecoveryWork(work).write_files(recovery_case_id, data)
    return await RecoveryCases(work).get(recovery_case_id)


@post(f"{CASE}/report", permission=_WORK, tags=TAGS, status_code=200)
@idempotent(200)
async def report_case(
    request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID], data: JSONBody[ResultReport]
) -> RecoveryCaseView:
    """Send the list of results to the client."""
    await RecoveryWork(work).report(recovery_case_id, data)
    return await RecoveryCases(work).get(recovery_case_id)


@post(f"{CASE}/accept", permission=_DECIDE, tags=TAGS, status_code=200)
@idempotent(200)
async def accept_result(
    request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID], data: JSONBody[ResultDecision]
) -> RecoveryCaseView:
    """The client accepts exactly the list that it was shown; the fee is due by the rule."""
    await RecoveryAnswers(work).accept(recovery_case_id, data)
    return await RecoveryCases(work).get(recovery_case_id)


@post(f"{CASE}/dispute", permission=_DECIDE, tags=TAGS, status_code=200)
@idempotent(200)
async def dispute_result(
    request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID], data: JSONBody[CaseReason]
) -> RecoveryCaseView:
    """The client sends the list back, with the reason."""
    await RecoveryAnswers(work).dispute(recovery_case_id, data)
    return await RecoveryCases(work).get(recovery_case_id)


@post(f"{CASE}/want-back", permission=_DECIDE, tags=TAGS, status_code=200)
@idempotent(200)
async def want_media_back(
    request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID], data: JSONBody[CaseReason]
) -> RecoveryCaseView:
    """The client wants its media back before there is a result."""
    await RecoveryAnswers(work).want_back(recovery_case_id, data)
    return await RecoveryCases(work).get(recovery_case_id)


@post(f"{CASE}/stop", permission=_WRITE, tags=TAGS, status_code=200)
@idempotent(200)
async def stop_recovery(
    request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID], data: JSONBody[CaseReason]
) -> RecoveryCaseView:
    """The company stops the case."""
    await RecoveryStops(work).stop(recovery_case_id, data)
    return await RecoveryCases(work).get(recovery_case_id)


@post(f"{CASE}/copies", permission=_WORK, tags=TAGS, status_code=200)
@idempotent(200)
async def add_copy(
    request: WebRequest, work: RequestWork, recovery_case_id: FromPath[UUID], data: JSONBody[CopyWrite]
) -> RecoveryCaseView:
    """A working copy came to be; it is in custody until it is destroyed."""
    await custody_of(request, work).add_copy(recovery_case_id, data)
    return await RecoveryCases(work).get(recovery_case_id)


@post(f"{MEDIUM}/handovers", permission=_WORK, tags=TAGS, status_code=200)
@idempotent(200)
async def hand_over(
    request: WebRequest,
    work: RequestWork,
    recovery_case_id: FromPath[UUID],
    recovery_medium_id: FromPath[UUID],
    data: JSONBody[Handover],
) -> RecoveryCaseView:
    """Hand a medium over to a colleague on the case, who signs."""
    await custody_of(request, work).hand_over(recovery_case_id, recovery_medium_id, data)
    return await RecoveryCases(work).get(recovery_case_id)


@post(f"{MEDIUM}/return", permission=_WORK, tags=TAGS, status_code=200)
@idempotent(200)
async def return_medium(
    request: WebRequest,
    work: RequestWork,
    recovery_case_id: FromPath[UUID],
    recovery_medium_id: FromPath[UUID],
    data: JSONBody[MediumReturn],
) -> RecoveryCaseView:
    """Give a medium back to the client; whoever takes it signs."""
    await custody_of(request, work).give_back(recovery_case_id, recovery_medium_id, data)
    return await RecoveryCases(work).get(recovery_case_id)


@post(f"{MEDIUM}/destruction-agreement", permission=_DECIDE, tags=TAGS, status_code=200)
@idempotent(200)
async def agree_to_destruction(
    request: WebRequest,
    work: RequestWork,
    recovery_case_id: FromPath[UUID],
    recovery_medium_id: FromPath[UUID],
    data: JSONBody[CaseVersion],
) -> RecoveryCaseView:
    """The client agrees that a medium is destroyed instead of coming back."""
    await RecoveryAnswers(work).agree_to_destruction(recovery_case_id, recovery_medium_id, data)
    return await RecoveryCases(work).get(recovery_case_id)


@post(f"{MEDIUM}/destruction", permission=_WORK, tags=TAGS, status_code=200)
@idempotent(200)
async def destroy_medium(
    request: WebRequest,
    work: RequestWork,
    recovery_case_id: FromPath[UUID],
    recovery_medium_id: FromPath[UUID],
    data: JSONBody[MediumDestruction],
) -> RecoveryCaseView:
    """Certify that a medium was destroyed before a witness."""
    await custody_of(request, work).destroy(recovery_case_id, recovery_medium_id, data)
    return await RecoveryCases(work).get(recovery_case_id)


async def receipt_answer(request: WebRequest, receipt_id: UUID) -> Response[bytes]:
    """The receipt's PDF."""

    async def read(work: UnitOfWork) -> Printable:
        return await RecoveryCases(work).receipt(receipt_id)

    return await document_answer(request, read)


async def certificate_answer(request: WebRequest, certificate_id: UUID) -> Response[bytes]:
    """The certificate's PDF."""

    async def read(work: UnitOfWork) -> Printable:
        return await RecoveryCases(work).certificate(certificate_id)

    return await document_answer(request, read)


@get(
    "/custody-receipts/{custody_receipt_id:uuid}/document",
    permission=_READ,
    tags=TAGS,
    audited=RECEIPT_DOWNLOAD,
    responses=binary("application/pdf", "The receipt."),
)
async def download_receipt(request: WebRequest, custody_receipt_id: FromPath[UUID]) -> Response[bytes]:
    """A custody receipt as PDF; an unsigned one has a line to sign by hand."""
    return await receipt_answer(request, custody_receipt_id)


@get(
    "/disposal-certificates/{disposal_certificate_id:uuid}/document",
    permission=_READ,
    tags=TAGS,
    audited=CERTIFICATE_DOWNLOAD,
    responses=binary("application/pdf", "The certificate."),
)
async def download_certificate(request: WebRequest, disposal_certificate_id: FromPath[UUID]) -> Response[bytes]:
    """That a medium went back or was destroyed, as PDF."""
    return await certificate_answer(request, disposal_certificate_id)


handlers = [*handlers_of(__name__), *saved_view_api(RECOVERIES, "/recovery-cases")]
