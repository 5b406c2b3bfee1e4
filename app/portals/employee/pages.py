"""The routes of the employee portal below `/r`, and the public follow page."""

from typing import Any

from litestar import Response, Router, get
from litestar.params import FromPath

from app.desk.intake.web_interface import follow_of
from app.platform.http.registration import handlers_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import Unauthenticated
from app.platform.web.pages import page, translator_of
from app.portals.employee import labels, report_pages, ticket_pages
from app.portals.employee.page_context import redirect_to_sign_in
from rbac import Access


@get("/r/follow/{tenant:str}/{follow_token:str}", permission=Access.PUBLIC, include_in_schema=False)
async def follow_page(request: WebRequest, tenant: FromPath[str], follow_token: FromPath[str]) -> Response[Any]:
    """A ticket's public state for whoever has the link; nothing of who, what or where."""
    public = await follow_of(request).state(tenant, follow_token)
    translate = translator_of(request)
    now = request.app.state.runtime.clock.now()
    arrival = None if public.arrival_due_at is None else labels.Arrival(public.arrival_due_at, planned=False)
    awaiting_arrival = public.state in labels.AWAITING_ARRIVAL
    return page(
        request,
        "employee/follow.html",
        public=public,
        word=translate(labels.STATE_LABELS[public.state]),
        tone=labels.TONES.get(public.state, "info"),
        explanation=labels.arrival_label(public.state, arrival, now, translate),
        arrival=arrival.at if awaiting_arrival and arrival is not None and arrival.at >= now else None,
        steps=labels.steps(public.state),
    )


handlers = [
    *handlers_of(__name__),
    Router(
        path="/r",
        route_handlers=[*report_pages.handlers, *ticket_pages.handlers],
        exception_handlers={Unauthenticated: redirect_to_sign_in},
    ),
]
