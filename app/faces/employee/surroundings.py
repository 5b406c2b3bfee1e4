"""What the employee portal's handlers share: the reporter, the device of the session, rendering."""

from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

from litestar import Request, Response

from app.http.authentication import actor_of
from app.http.requests import origin_of
from app.http.work import runtime_of
from app.identity import SignInStore
from app.intake import Surroundings
from app.intake.parts import door_of
from app.kernel.actor import Actor, ActorKind
from app.kernel.errors import DomainError, Unauthenticated
from app.kernel.work import UnitOfWork
from app.web.pages import page, see_other, speaker

Asked = Request[Any, Any, Any]


def reporter_of(request: Asked) -> Actor:
    """The signed-in reporter; sessions of staff and contacts do not count here.

    Raises:
        Unauthenticated
    """
    actor = actor_of(request)
    if actor.kind is not ActorKind.REPORTER:
        raise Unauthenticated
    return actor


async def device_of(request: Asked) -> UUID | None:
    """The device that this session was opened at."""
    store: SignInStore = request.app.state.signin
    session_id = reporter_of(request).session_id
    return await store.device_of(session_id) if session_id is not None else None


def to_the_door(request: Asked, _: Exception) -> Response[Any]:
    """Redirect to the PIN page through which this browser signed in before."""
    return see_other(request, door_of(request))


def draw(
    request: Asked, template: str, around: Surroundings, *, status: int = 200, problem: str = "", **context: Any
) -> Response[Any]:
    """Render an employee page with the partner's name, hot-line and time zone; `problem` is the error text."""
    return page(
        request,
        template,
        status=status,
        company=around.partner_name,
        hot_line=around.hot_line,
        zone=around.time_zone,
        problem=problem,
        live_source="/r/live",
        **context,
    )


def told(request: Asked, error: DomainError | None) -> str:
    """The error's text in the reader's language; empty without an error."""
    return "" if error is None else speaker(request)(error.text, **error.parameters)


def transaction_of(request: Asked) -> AbstractAsyncContextManager[UnitOfWork]:
    """A unit of work of the request's actor, for handlers that show their form again when the first one failed."""
    return runtime_of(request).works.begin(reporter_of(request), origin_of(request))
