"""What the web process uses of lists: their pages, their addresses, their pages in the API."""

from app.platform.lists.api import saved_view_api
from app.platform.lists.pages import list_handlers, list_page
from app.platform.lists.paging import api_page
from app.platform.lists.presenting import ListPage
from app.platform.lists.schemas import SavedViewCreate
from app.platform.lists.service import SavedViews

__all__ = [
    "ListPage",
    "SavedViewCreate",
    "SavedViews",
    "api_page",
    "list_handlers",
    "list_page",
    "saved_view_api",
]
