"""Home and directory."""

from typing import Annotated
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import QueryParameter

from app.platform.http.registration import handlers_of
from app.platform.http.request_work import public_work
from app.platform.http.web_request import WebRequest
from app.platform.web.pages import page
from app.portals.public import join_pages
from app.portals.public.layout import public_layout_context
from rbac import Access
from tenants.partners import SERVICE_CATEGORIES, Directory, city

DIRECTORY_PAGE = 30


@get("/", permission=Access.PUBLIC, include_in_schema=False)
async def home(request: WebRequest) -> Response[str]:
    """The home page with the cities that have partners."""
    async with public_work(request) as work:
        directory = Directory(work)
        cities = await directory.cities()
    return page(request, "public/home.html", cities=cities, **public_layout_context(request))


@get("/partners", permission=Access.PUBLIC, include_in_schema=False)
async def partners(
    request: WebRequest,
    city_code: Annotated[str, QueryParameter(name="city", max_length=6)] = "",
    category: Annotated[str, QueryParameter(max_length=40)] = "",
    cursor: Annotated[str, QueryParameter(max_length=120)] = "",
) -> Response[str]:
    """The directory of authorised partners, filtered by city and service category."""
    async with public_work(request) as work:
        directory = Directory(work)
        entries, next_cursor = await directory.entries(
            city_code=city_code, category=category, cursor=cursor, limit=DIRECTORY_PAGE
        )
        cities = await directory.cities()
    next_query = urlencode({"city": city_code, "category": category, "cursor": next_cursor}) if next_cursor else ""
    return page(
        request,
        "public/directory.html",
        entries=entries,
        cities=cities,
        categories=SERVICE_CATEGORIES,
        city_of=city,
        city_code=city_code,
        category=category,
        next_href=f"/partners?{next_query}" if next_query else "",
        **public_layout_context(request, "partners"),
    )


handlers = [*handlers_of(__name__), *join_pages.handlers]
