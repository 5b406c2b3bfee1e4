"""HTML responses: a whole page, or the block that HTMX asked for."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from litestar import Response
from litestar.response import Redirect

from app.platform.http.authentication import actor_of
from app.platform.http.errors import Problem
from app.platform.http.security import csrf_token
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.errors import SecondFactorDue
from app.platform.kernel.texts import N_, SOURCE_LANGUAGE, Translator, translator
from app.platform.web.rendering import Renderer

LayoutContext = Callable[[WebRequest], Mapping[str, Any]]
"""Returns the layout's variables (navigation, account, slots) for the actor; `app.asgi` provides the implementation."""


def page(
    request: WebRequest,
    template: str,
    *,
    fragment: str | None = None,
    status: int = 200,
    **context: Any,
) -> Response[str]:
    """Render `template`; an HTMX request gets only the block named `fragment`, where given."""
    renderer: Renderer = request.app.state.renderer
    layout_context: LayoutContext = request.app.state.layout_context
    actor = actor_of(request)
    values = {
        "csrf_token": csrf_token(request.scope),
        "theme": request.cookies.get("theme", "auto"),
        "now": request.app.state.runtime.clock.now(),
        "actor": actor,
        "path": request.scope["path"],
        **layout_context(request),
        **context,
    }
    if fragment is not None and wants_fragment(request):
        text = renderer.block(template, fragment, values, actor.language)
    else:
        text = renderer.page(template, values, actor.language)
    return Response(text, media_type="text/html", status_code=status, headers={"vary": "HX-Request, Cookie"})


def layout_of(actor: Actor) -> str:
    """The layout of the actor's portal, for pages that several portals share."""
    if actor.kind is ActorKind.PROVIDER and set(actor.roles) == {"engineer"}:
        return "layout/phone.html"
    return "layout/portal.html" if actor.kind is ActorKind.CLIENT else "layout/workspace.html"


def wants_fragment(request: WebRequest) -> bool:
    """Whether HTMX asks for a part of the page; a history restore needs the whole page."""
    headers = request.headers
    return headers.get("hx-request") == "true" and headers.get("hx-history-restore-request") != "true"


def moved(request: WebRequest, former: str, present: str) -> Response[Any]:
    """From a page's former address, bookmarked or in an e-mail, to the present one."""
    query = f"?{request.url.query}" if request.url.query else ""
    return Redirect(f"{present}{request.url.path.removeprefix(former)}{query}", status_code=301)


def see_other(request: WebRequest, path: str) -> Response[Any]:
    """Redirect after a POST (303, or `HX-Redirect` for HTMX). `path` must be our own, never user input."""
    if request.headers.get("hx-request") == "true":
        return Response(b"", status_code=200, media_type="text/html", headers={"hx-redirect": path})
    return Redirect(path, status_code=303)


def translator_of(request: WebRequest) -> Translator:
    """The translation function for the actor's language."""
    return translator(actor_of(request).language)


HEADINGS = {
    401: N_("请先登录"),
    403: N_("没有权限"),
    404: N_("没有找到"),
    429: N_("请稍等片刻"),
    500: N_("系统出了差错"),
    503: N_("系统暂时繁忙"),
    507: N_("存储空间已满"),
}


def error_page(request: WebRequest, problem: Problem) -> Response[Any]:
    """A problem as an error page with next steps, or as a toast for HTMX."""
    if problem.code == SecondFactorDue.code:
        return see_other(request, "/account/second-factor")
    renderer: Renderer = request.app.state.renderer
    actor: Actor | None = request.scope["state"].get("actor")
    language = actor.language if actor is not None else SOURCE_LANGUAGE
    if request.headers.get("hx-request") == "true":
        text = renderer.page("toast.html", {"text": problem.title}, language)
        headers = {"hx-retarget": "[data-toasts]", "hx-reswap": "beforeend"}
        return Response(text, media_type="text/html", status_code=problem.status, headers=headers)
    translate = translator(language)
    steps = []
    if problem.status == HTTPStatus.UNAUTHORIZED:
        steps.append({"href": _sign_in_and_return(request), "label": translate(N_("去登录"))})
    steps.append({"href": "/", "label": translate(N_("回到首页"))})
    text = renderer.page(
        "error.html",
        {
            "heading": translate(HEADINGS.get(problem.status, N_("没有成功"))),
            "explanation": problem.title,
            "next_steps": steps,
            "request_id": problem.request_id,
            "theme": request.cookies.get("theme", "auto"),
            "csrf_token": csrf_token(request.scope),
            "path": request.scope["path"],
        },
        language,
    )
    return Response(text, media_type="text/html", status_code=problem.status)


def _sign_in_and_return(request: WebRequest) -> str:
    """The sign-in address with `next`: the requested page, or for a POST the page of the form, which keeps its draft.

    The sign-in page accepts only own paths.
    """
    path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
    if request.method != "GET":
        sent_from = urlsplit(request.headers.get("referer", ""))
        path, query = sent_from.path, sent_from.query
    return "/sign-in?" + urlencode({"next": path + (f"?{query}" if query else "")}) if path else "/sign-in"
