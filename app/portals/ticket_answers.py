"""What a client's people answer on the page of a ticket: a message with photos, that it is not fixed, a rating."""

from uuid import UUID

from app.desk.surveys import RatingCreate, SurveyChannel, SurveyService
from app.desk.tickets import AttachmentService, ConfirmationService, Reason, TicketMessage, TriageService
from app.platform.files import file_store_of
from app.platform.files.web_interface import inspected_uploads, uploads_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues

LONGEST_MESSAGE = 2_000
LONGEST_REASON = 500
MOST_PHOTOS = 5


async def take_message(request: WebRequest, work: UnitOfWork, ticket_id: UUID, form: FormValues) -> None:
    """Add a public message, photos, or both.

    Raises:
        Invalid: neither, or a message that is too long.
    """
    message, uploads = form["words"].strip(), await uploads_of(request, "photos")
    if not message and not uploads:
        raise Invalid(fields={"words": N_("请写一句话，或者放一张照片。")})
    if len(message) > LONGEST_MESSAGE:
        raise Invalid(fields={"words": N_("太长了，请控制在 2000 字以内。")})
    if message:
        await TriageService(work).reply(ticket_id, TicketMessage(message))
    if uploads:
        files = await inspected_uploads(request, uploads)
        await AttachmentService(work, file_store_of(runtime_of(request))).attach(ticket_id, files)


async def take_reopening(work: UnitOfWork, ticket_id: UUID, form: FormValues) -> None:
    """Reopen the ticket with a reason.

    Raises:
        Invalid: no reason, or one that is too long.
    """
    reason = form["reason"].strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(fields={"reason": N_("请说一下哪里还没好，500 字以内。")})
    await ConfirmationService(work).reopen(ticket_id, Reason(reason))


async def take_rating(work: UnitOfWork, ticket_id: UUID, form: FormValues, channel: SurveyChannel) -> None:
    """Rate the service from 1 to 5.

    Raises:
        Invalid: any other score.
    """
    if form["score"] not in {"1", "2", "3", "4", "5"}:
        raise Invalid(fields={"score": N_("请点一个表情。")})
    await SurveyService(work).rate(ticket_id, RatingCreate(int(form["score"])), channel)
