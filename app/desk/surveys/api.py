"""The JSON API of ratings."""

from uuid import UUID

from litestar import post
from litestar.params import FromPath, JSONBody

from app.desk.surveys.schemas import Rating, RatingCreate, SurveyChannel
from app.desk.surveys.service import SurveyService
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.kernel.actor import ActorKind
from rbac import Permission

_CHANNELS = {ActorKind.REPORTER: SurveyChannel.EMPLOYEE, ActorKind.CLIENT: SurveyChannel.PORTAL}


@post("/tickets/{ticket_id:uuid}/rating", permission=Permission.TICKET_CONFIRM, tags=["surveys"])
async def rate_ticket(work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[RatingCreate]) -> Rating:
    """Rate the service, 1 (bad) to 5 (very good). The first score counts; a comment may follow."""
    return await SurveyService(work).rate(ticket_id, data, _CHANNELS.get(work.actor.kind, SurveyChannel.API))


handlers = handlers_of(__name__)
