"""The routes of the employee portal below `/r`, and the public follow page."""

from typing import Any

from litestar import Response, Router, get
from litestar.params import FromPath

from app.faces.employee import report_pages, ticket_pages, words
from app.faces.employee.surroundings import Asked, to_the_door
from app.intake.parts import follow_of
from app.kernel.errors import Unauthenticated
from app.web.pages import page, speaker
from rbac import Access


@get("/r/follow/{tenant:str}/{follow_token:str}", permission=Access.PUBLIC, include_in_schema=False)
async def follow_page(request: Asked, tenant: FromPath[str], follow_token: FromPath[str]) -> Response[Any]:
    """A ticket's public state for whoever has the link; nothing of who, what or where."""
    public = await follow_of(request).state(tenant, follow_token)
    translate = speaker(request)
    now = request.app.state.runtime.clock.now()
    arrival = None if public.arrival_due_at is None else words.Arrival(public.arrival_due_at, planned=False)
    coming = public.state in words.COMING
    return page(
        request,
        "employee/follow.html",
        public=public,
        word=translate(words.SHORT[public.state]),
        tone=words.TONES.get(public.state, "info"),
        explanation=words.arrival_words(public.state, arrival, now, translate),
        arrival=arrival.at if coming and arrival is not None and arrival.at >= now else None,
        steps=words.steps(public.state),
    )


handlers = [
    follow_page,
    Router(
        path="/r",
        route_handlers=[*report_pages.handlers, *ticket_pages.handlers],
        exception_handlers={Unauthenticated: to_the_door},
    ),
]
