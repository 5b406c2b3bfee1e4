"""Dependencies of the intake's handlers: its services, and the cookies of a reporter's session."""

import re
from typing import Any, Final

from litestar import Request, Response
from litestar.datastructures import Cookie

from app.http.authentication import REPORTER_COOKIE
from app.http.work import runtime_of
from app.identity import IdentityParts
from app.intake.following import FollowService
from app.intake.schemas import ReporterSession
from app.intake.sign_in import ReporterSignIn

Asked = Request[Any, Any, Any]

REPORT_PAGE: Final = "/r/report"
KNOWN_BROWSER_COOKIE: Final = "yinghuo_known_device"
DOOR_COOKIE: Final = "yinghuo_door"
"""Path of this browser's last sign-in page, to which an ended session leads back."""

_YEAR_SECONDS: Final = 365 * 86_400
_DOOR: Final = re.compile(r"/r(?:/q)?/[A-Za-z0-9-]{1,80}/[A-Za-z0-9_-]{1,80}")


def sign_in_of(request: Asked) -> ReporterSignIn:
    """Reporters' sign-in."""
    parts: IdentityParts = request.app.state.identity
    return ReporterSignIn(runtime_of(request).works, parts.store, parts.passwords, parts.throttle, parts.secret)


def follow_of(request: Asked) -> FollowService:
    """Follow-up links."""
    return FollowService(runtime_of(request).works)


def user_agent_of(request: Asked) -> str:
    return request.headers.get("user-agent", "")


def keep_session(request: Asked, response: Response[Any], session: ReporterSession, door: str) -> None:
    """Set the reporter's cookies (path `/r`): session, known browser and sign-in path."""
    _keep(request, response, REPORTER_COOKIE, session.token, session.expires_in)
    _keep(request, response, KNOWN_BROWSER_COOKIE, session.known_browser, _YEAR_SECONDS)
    if _DOOR.fullmatch(door):
        _keep(request, response, DOOR_COOKIE, door, _YEAR_SECONDS)


def known_browser_of(request: Asked) -> str:
    """The cookie of a browser that has given a PIN before."""
    return request.cookies.get(KNOWN_BROWSER_COOKIE, "")[:300]


def drop_session(request: Asked, response: Response[Any]) -> None:
    _keep(request, response, REPORTER_COOKIE, "", 0)


def door_of(request: Asked) -> str:
    """The path of this browser's last sign-in page; `/r` where there is none."""
    door = request.cookies.get(DOOR_COOKIE, "")
    return door if _DOOR.fullmatch(door) else "/r"


def _keep(request: Asked, response: Response[Any], name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        Cookie(
            key=name,
            value=value,
            max_age=seconds,
            path="/r",
            httponly=True,
            samesite="lax",
            secure=runtime_of(request).settings.secure_cookies,
        )
    )
