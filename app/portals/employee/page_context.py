"""What the employee portal's handlers share: the reporter, the device of the session, rendering."""

from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

from litestar import Response

from app.desk.intake.web_interface import PartnerInfo, sign_in_path_of
from app.people.identity import SignInStore
from app.platform.http.authentication import actor_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.errors import DomainError, Unauthenticated
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.forms import render_form
from app.platform.web.pages import see_other


def reporter_of(request: WebRequest) -> Actor:
    """The signed-in reporter; sessions of staff and contacts do not count here.

    Raises:
        Unauthenticated
    """
    actor = actor_of(request)
    if actor.kind is not ActorKind.REPORTER:
        raise Unauthenticated
    return actor


async def device_of(request: WebRequest) -> UUID | None:
    """The device that this session was opened at."""
    store: SignInStore = request.app.state.signin
    session_id = reporter_of(request).session_id
    return await store.device_of(session_id) if session_id is not None else None


def redirect_to_sign_in(request: WebRequest, _: Exception) -> Response[Any]:
    """Redirect to the PIN page through which this browser signed in before."""
    return see_other(request, sign_in_path_of(request))


def render_page(
    request: WebRequest, template: str, page_context: PartnerInfo, error: DomainError | None = None, **context: Any
) -> Response[Any]:
    """Render an employee page with the partner's name, hot-line and time zone; `error` is why its form was refused."""
    return render_form(
        request,
        template,
        error,
        company=page_context.partner_name,
        hot_line=page_context.hot_line,
        zone=page_context.time_zone,
        live_source="/r/live",
        **context,
    )


def transaction_of(request: WebRequest) -> AbstractAsyncContextManager[UnitOfWork]:
    """A unit of work of the reporter."""
    return runtime_of(request).units_of_work.begin(reporter_of(request), origin_of(request))
