"""The component gallery for developers; not served in production."""

from litestar import Response, get
from litestar.params import FromPath

from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import NotFound
from app.platform.web.gallery import PAGES, context
from app.platform.web.rendering import Renderer
from rbac import Access


@get("/gallery/{name:str}", permission=Access.PUBLIC, include_in_schema=False)
async def gallery_page(request: WebRequest, name: FromPath[str]) -> Response[str]:
    """One page of the gallery.

    Raises:
        NotFound: no such page, or this is a production installation.
    """
    if name not in PAGES or request.app.state.runtime.settings.environment == "production":
        raise NotFound
    renderer: Renderer = request.app.state.renderer
    values = {**context(), "theme": request.cookies.get("theme", "auto")}
    return Response(renderer.page(PAGES[name], values, actor_of(request).language), media_type="text/html")


handlers = handlers_of(__name__)
