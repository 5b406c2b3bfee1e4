"""Dependencies of the intake's handlers: its services, and the cookies of a reporter's session."""

import re
from typing import Any, Final

from litestar import Response
from litestar.datastructures import Cookie

from app.desk.intake.follow_links import FollowService
from app.desk.intake.schemas import ReporterSession
from app.desk.intake.sign_in import ReporterSignIn
from app.people.identity import IdentityDependencies
from app.platform.http.authentication import REPORTER_COOKIE
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest

REPORT_PAGE: Final = "/r/report"
KNOWN_BROWSER_COOKIE: Final = "yinghuo_known_device"
SIGN_IN_PATH_COOKIE: Final = "yinghuo_sign_in_path"
"""Path of this browser's last sign-in page, to which an ended session leads back."""

_YEAR_SECONDS: Final = 365 * 86_400
_SIGN_IN_PATH: Final = re.compile(r"/r(?:/q)?/[A-Za-z0-9-]{1,80}/[A-Za-z0-9_-]{1,80}")


def sign_in_of(request: WebRequest) -> ReporterSignIn:
    """Reporters' sign-in."""
    dependencies: IdentityDependencies = request.app.state.identity
    return ReporterSignIn(
        runtime_of(request).units_of_work,
        dependencies.store,
        dependencies.passwords,
        dependencies.throttle,
        dependencies.secret,
    )


def follow_of(request: WebRequest) -> FollowService:
    """Follow-up links."""
    return FollowService(runtime_of(request).units_of_work)


def user_agent_of(request: WebRequest) -> str:
    return request.headers.get("user-agent", "")


def set_session_cookie(request: WebRequest, response: Response[Any], session: ReporterSession, path: str) -> None:
    """Set the reporter's cookies (path `/r`): session, known browser and sign-in path."""
    _keep(request, response, REPORTER_COOKIE, session.token, session.expires_in)
    _keep(request, response, KNOWN_BROWSER_COOKIE, session.known_browser, _YEAR_SECONDS)
    if _SIGN_IN_PATH.fullmatch(path):
        _keep(request, response, SIGN_IN_PATH_COOKIE, path, _YEAR_SECONDS)


def known_browser_of(request: WebRequest) -> str:
    """The cookie of a browser that has given a PIN before."""
    return request.cookies.get(KNOWN_BROWSER_COOKIE, "")[:300]


def clear_session_cookie(request: WebRequest, response: Response[Any]) -> None:
    _keep(request, response, REPORTER_COOKIE, "", 0)


def sign_in_path_of(request: WebRequest) -> str:
    """The path of this browser's last sign-in page; `/r` where there is none."""
    path = request.cookies.get(SIGN_IN_PATH_COOKIE, "")
    return path if _SIGN_IN_PATH.fullmatch(path) else "/r"


def _keep(request: WebRequest, response: Response[Any], name: str, value: str, seconds: int) -> None:
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
