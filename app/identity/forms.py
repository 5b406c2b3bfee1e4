"""What identity's page handlers share: reading forms, drawing refusals, cookies."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie

from app.http.authentication import SESSION_COOKIE
from app.http.errors import status_of
from app.http.work import runtime_of
from app.identity.schemas import SignedIn
from app.kernel.errors import DomainError, TooManyAttempts
from app.web.pages import page, speaker

Asked = Request[Any, Any, Any]
YEAR_SECONDS = 365 * 86_400


async def typed(request: Asked, *names: str) -> dict[str, str]:
    """The form's fields with these names; what is missing is empty. Files are not read."""
    form = await request.form()
    found = {name: form.get(name, "") for name in names}
    return {name: value if isinstance(value, str) else "" for name, value in found.items()}


async def chosen(request: Asked, name: str) -> list[str]:
    """Every ticked box called `name`."""
    return [value for value in (await request.form()).getall(name, []) if isinstance(value, str)]


def redraw(request: Asked, template: str, error: DomainError | None, **context: Any) -> Response[str]:
    """The page with what was typed, and what is wrong with it."""
    translate = speaker(request)
    problem: Mapping[str, Any] = {"text": "", "fields": {}}
    if error is not None:
        fields = {name: translate(text) for name, text in error.fields.items()}
        problem = {"text": translate(error.text, **error.parameters), "fields": fields}
    response = page(request, template, status=200 if error is None else status_of(error), problem=problem, **context)
    if isinstance(error, TooManyAttempts):
        response.headers["retry-after"] = str(error.retry_after)
    return response


def keep_cookie(
    request: Asked,
    response: Response[Any],
    name: str,
    value: str,
    seconds: int,
    *,
    path: str = "/",
    script: bool = False,
) -> None:
    """Set a cookie that stays on this site; `script` ones may be read by the page's own script."""
    response.set_cookie(
        Cookie(
            key=name,
            value=value,
            max_age=seconds,
            path=path,
            httponly=not script,
            samesite="lax",
            secure=runtime_of(request).settings.secure_cookies,
        )
    )


def keep_session(request: Asked, response: Response[Any], signed_in: SignedIn) -> None:
    """The browser's session cookie."""
    keep_cookie(request, response, SESSION_COOKIE, signed_in.session.token, signed_in.session.expires_in)
    if "language" not in request.cookies:
        keep_cookie(request, response, "language", signed_in.language, YEAR_SECONDS, script=True)


def drop_session(request: Asked, response: Response[Any]) -> None:
    keep_cookie(request, response, SESSION_COOKIE, "", 0)
