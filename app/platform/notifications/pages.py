"""The bell, its page, the delivery log, and the mailbox of a demo."""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from markupsafe import Markup

from app.platform.http.authentication import actor_of
from app.platform.http.pagination import DEFAULT_LIMIT, Cursor
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications.delivery_log import CHANNEL_NAMES, FAILURE_NAMES, STATE_NAMES, DeliveryLog
from app.platform.notifications.mailbox import newest_messages
from app.platform.notifications.schemas import DeliveryState
from app.platform.notifications.service import NotificationService
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.pages import layout_of, page, translator_of
from rbac import Access, Permission

BELL_SLOT: Final = Markup('<div hx-get="/notifications/bell" hx-trigger="load" hx-swap="outerHTML"></div>')
"""Stands in the shell's `bell` slot and replaces itself by the bell."""

SHOWN: Final = 100

STATE_TONES: Final = {
    DeliveryState.QUEUED: "waiting",
    DeliveryState.SENT: "good",
    DeliveryState.FAILED: "bad",
    DeliveryState.MAILBOX: "info",
}


@get("/notifications/bell", permission=Access.SIGNED_IN, include_in_schema=False)
async def bell(request: WebRequest, work: RequestWork) -> Response[str]:
    """The bell with its newest lines; the shell loads it by this address."""
    return page(request, "notifications/bell.html", bell=await NotificationService(work).bell())


@get("/notifications", permission=Access.SIGNED_IN, include_in_schema=False)
async def all_notifications(request: WebRequest, work: RequestWork) -> Response[str]:
    """Everything in the bell, newest first."""
    lines = await NotificationService(work).newest(SHOWN)
    return page(
        request,
        "notifications/list.html",
        fragment="lines",
        lines=lines,
        unread=any(line.read_at is None for line in lines),
        layout=layout_of(actor_of(request)),
    )


@post(
    "/notifications/{notification_id:uuid}/open",
    permission=Access.SIGNED_IN,
    include_in_schema=False,
    own_session=True,
)
async def open_notification(request: WebRequest, notification_id: FromPath[UUID]) -> Response[Any]:
    """Mark a line as read and go where it leads."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        return (await NotificationService(work).read(notification_id)).link

    return await submit(request, act)


@post("/notifications/read", permission=Access.SIGNED_IN, include_in_schema=False, own_session=True)
async def read_all(request: WebRequest) -> Response[Any]:
    """Mark everything as read."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        await NotificationService(work).read_all()
        return "/notifications"

    return await submit(request, act)


@get(["/workspace/deliveries", "/hq/deliveries"], permission=Permission.DELIVERY_READ, include_in_schema=False)
async def delivery_log(
    request: WebRequest,
    work: RequestWork,
    chosen_state: Annotated[DeliveryState | None, QueryParameter(name="state")] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """What was sent to whom, newest first: partners' and headquarters' own."""
    before = Cursor.decode(cursor) if cursor else None
    found = await DeliveryLog(work).newest(
        state=chosen_state, before=(before.moment, before.id) if before else None, limit=DEFAULT_LIMIT + 1
    )
    shown, _ = found[:DEFAULT_LIMIT], translator_of(request)
    last = shown[-1] if len(found) > DEFAULT_LIMIT else None
    narrowed = f"state={chosen_state}&" if chosen_state else ""
    path = request.scope["path"]
    tabs = [{"key": "", "href": path, "label": _(N_("全部"))}]
    tabs += [{"key": state, "href": f"{path}?state={state}", "label": _(name)} for state, name in STATE_NAMES.items()]
    return page(
        request,
        "notifications/deliveries.html",
        deliveries=shown,
        states=tabs,
        chosen_state=chosen_state or "",
        state_words={state: (name, STATE_TONES[state]) for state, name in STATE_NAMES.items()},
        channel_names=CHANNEL_NAMES,
        failure_names=FAILURE_NAMES,
        next_href=f"?{narrowed}cursor={Cursor(last.created_at, last.id).encode()}" if last else "",
    )


@get("/mailbox", permission=Access.PUBLIC, include_in_schema=False)
async def mailbox(request: WebRequest, address: FromQuery[str] = "") -> Response[str]:
    """Messages kept instead of being sent; in a demo or a test only."""
    messages = await newest_messages(runtime_of(request), address or None)
    return page(request, "notifications/mailbox.html", fragment="messages", messages=messages)


handlers = handlers_of(__name__)
