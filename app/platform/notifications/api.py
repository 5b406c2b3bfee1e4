"""The bell, the delivery log and the mailbox as JSON."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from app.platform.http.pagination import DEFAULT_LIMIT, MAXIMUM_LIMIT, Cursor, Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.notifications.delivery_log import DeliveryLog
from app.platform.notifications.mailbox import newest_messages
from app.platform.notifications.schemas import DeliveryState, DeliveryView, MailboxMessage, NotificationView
from app.platform.notifications.service import NotificationService
from rbac import Access, Permission


@get("/notifications", permission=Access.SIGNED_IN)
async def list_notifications(
    work: RequestWork,
    cursor: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MAXIMUM_LIMIT)] = DEFAULT_LIMIT,
) -> Page[NotificationView]:
    """The caller's own bell, newest first."""
    before = Cursor.decode(cursor) if cursor else None
    items = await NotificationService(work).newest(limit + 1, (before.moment, before.id) if before else None)
    more = len(items) > limit
    items = items[:limit]
    return Page(items, Cursor(items[-1].created_at, items[-1].id).encode() if more else None)


@post("/notifications/{notification_id:uuid}/read", permission=Access.SIGNED_IN, status_code=200, own_session=True)
async def read_notification(work: RequestWork, notification_id: FromPath[UUID]) -> NotificationView:
    """Mark one line of the caller's bell as read."""
    return await NotificationService(work).read(notification_id)


@post("/notifications/read", permission=Access.SIGNED_IN, status_code=204, own_session=True)
async def read_notifications(work: RequestWork) -> None:
    """Mark the caller's whole bell as read."""
    await NotificationService(work).read_all()


@get("/deliveries", permission=Permission.DELIVERY_READ)
async def list_deliveries(
    work: RequestWork,
    chosen_state: Annotated[DeliveryState | None, QueryParameter(name="state")] = None,
    cursor: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MAXIMUM_LIMIT)] = DEFAULT_LIMIT,
) -> Page[DeliveryView]:
    """What was sent to whom and with what success, newest first; addresses are masked, contents never shown."""
    before = Cursor.decode(cursor) if cursor else None
    items = await DeliveryLog(work).newest(
        state=chosen_state, before=(before.moment, before.id) if before else None, limit=limit + 1
    )
    more = len(items) > limit
    items = items[:limit]
    return Page(items, Cursor(items[-1].created_at, items[-1].id).encode() if more else None)


@get("/mailbox", permission=Access.PUBLIC)
async def list_mailbox(request: WebRequest, address: FromQuery[str | None] = None) -> list[MailboxMessage]:
    """Messages kept instead of being sent; in a demo or a test only."""
    return await newest_messages(runtime_of(request), address)


handlers = handlers_of(__name__)
