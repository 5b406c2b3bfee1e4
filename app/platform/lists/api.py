"""Saved views of a list as JSON."""

from typing import Any
from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody

from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import Page
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.lists.declaration import RecordList
from app.platform.lists.schemas import SavedViewCreate, SavedViewSummary, SavedViewUpdate
from app.platform.lists.service import SavedViews


def saved_view_api(listing: RecordList[Any], path: str) -> list[Any]:
    """The handlers of a list's saved views below `path`, the list's own address in the API."""
    options: dict[str, Any] = {"permission": listing.permission, "tags": ["saved views"]}

    @get(f"{path}/views", operation_id=f"list_views_of_{listing.key}", **options)
    async def list_views(work: RequestWork) -> Page[SavedViewSummary]:
        """The caller's own views and those shared with the company, on one page. Follow one by its `query`."""
        return Page(await SavedViews(work, listing).all())

    @post(f"{path}/views", operation_id=f"create_view_of_{listing.key}", **options)
    @idempotent()
    async def create_view(request: WebRequest, work: RequestWork, data: JSONBody[SavedViewCreate]) -> SavedViewSummary:
        """Keep a view; sharing it takes `saved_view:write`."""
        return await SavedViews(work, listing).create(data)

    @put(f"{path}/views/{{view_id:uuid}}", operation_id=f"update_view_of_{listing.key}", **options)
    async def update_view(
        work: RequestWork, view_id: FromPath[UUID], data: JSONBody[SavedViewUpdate]
    ) -> SavedViewSummary:
        """Write the whole view; `version` is the one that was read."""
        return await SavedViews(work, listing).update(view_id, data)

    @delete(f"{path}/views/{{view_id:uuid}}", operation_id=f"delete_view_of_{listing.key}", **options)
    async def delete_view(work: RequestWork, view_id: FromPath[UUID]) -> None:
        """Delete a view; a shared one takes `saved_view:write`."""
        await SavedViews(work, listing).delete(view_id)

    return [list_views, create_view, update_view, delete_view]
