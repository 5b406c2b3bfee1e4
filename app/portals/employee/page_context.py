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
from app.platform.web.pages import page, see_other, translator_of


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
    request: WebRequest,
    template: str,
    page_context: PartnerInfo,
    *,
    status: int = 200,
    problem: str = "",
    **context: Any,
) -> Response[Any]:
    """Render an employee page with the partner's name, hot-line and time zone; `problem` is the error text."""
    return page(
        request,
        template,
        status=status,
        company=page_context.partner_name,
        hot_line=page_context.hot_line,
        zone=page_context.time_zone,
        problem=problem,
        live_source="/r/live",
        **context,
    )


def error_text(request: WebRequest, error: DomainError | None) -> str:
    """The error's text in the reader's language; empty without an error."""
    return "" if error is None else translator_of(request)(error.text, **error.parameters)


def transaction_of(request: WebRequest) -> AbstractAsyncContextManager[UnitOfWork]:
    """A unit of work of the request's actor, for handlers that show their form again when the first one failed."""
    return runtime_of(request).units_of_work.begin(reporter_of(request), origin_of(request))
