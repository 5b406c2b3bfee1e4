"""Error responses: problem+json (RFC 9457), a fragment or a page, in the reader's language."""

from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Response
from litestar.exceptions import ClientException as LitestarClientException
from litestar.exceptions import (
    HTTPException,
    InternalServerException,
    MethodNotAllowedException,
    NotFoundException,
    PermissionDeniedException,
    ValidationException,
)
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.platform.http import security
from app.platform.http.authentication import preferred_language
from app.platform.http.validation_messages import readable
from app.platform.http.web_request import WebRequest
from app.platform.kernel import errors
from app.platform.kernel.logs import log
from app.platform.kernel.outages import Outage, outage_of
from app.platform.kernel.texts import N_, translator

_logger = log("app.platform.http")

STATUS: tuple[tuple[type[errors.DomainError], int], ...] = (
    (errors.NotFound, 404),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.Invalid, 422),
    (errors.Conflict, 409),
    (errors.TooManyAttempts, 429),
    (errors.Unavailable, 503),
    (errors.StorageFull, 507),
)

PageRenderer = Callable[[WebRequest, "Problem"], Response[Any]]
"""Draws a problem for a browser; the web shell fills this port."""


class BadRequest(errors.DomainError):
    """The request itself is malformed: not JSON, wrong types, unknown parameters."""

    code = "request.malformed"
    text = N_("请求的格式不正确。")


class TooLarge(errors.DomainError):
    """The body is larger than this address takes."""

    code = "request.too_large"
    text = N_("上传的内容太大。")


class FormExpired(errors.DomainError):
    """The form's protection token is missing or stale."""

    code = "request.form_expired"
    text = N_("页面停留太久,请刷新后再提交。")


class MethodNotAllowed(errors.DomainError):
    """This address exists but does not take this method."""

    code = "request.method_not_allowed"
    text = N_("这个地址不支持该操作。")


class Internal(errors.DomainError):
    """We made a mistake. The request id leads the operator to it."""

    code = "system.internal_error"
    text = N_("系统出了差错,我们已经记录下来。请稍后再试。")


class FieldProblem(msgspec.Struct, frozen=True):
    """One input at fault."""

    field: str
    message: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """RFC 9457 problem details. `type` is `urn:yinghuo:problem:<code>`; `errors` names fields at fault."""

    type: str
    title: str
    status: int
    code: str
    request_id: str
    errors: list[FieldProblem] = []
    retry_after: int | None = None


class ErrorRenderer:
    """Litestar's exception handlers, with one port for pages."""

    def __init__(self, page: PageRenderer) -> None:
        self._page = page

    def handlers(self) -> dict[Any, Any]:
        """What `Litestar(exception_handlers=…)` takes."""
        return {Exception: self.render, HTTPException: self.render}

    def render(self, request: WebRequest, error: Exception) -> Response[Any]:
        """The answer for `error`; unexpected ones are logged with their traceback, never shown."""
        known = as_domain_error(error)
        if known is None:
            _logger.error("unexpected error", exc_info=error)
            known = Internal()
        if isinstance(known, errors.StorageFull):
            request.app.state.readiness.note_storage_full()
        problem = describe(request, known, status_of(known))
        response = self._page(request, problem) if wants_page(request) else problem_response(problem)
        if problem.retry_after is not None:
            response.headers["retry-after"] = str(problem.retry_after)
        return response


def status_of(error: errors.DomainError) -> int:
    """The HTTP status of a domain error."""
    own = {BadRequest: 400, TooLarge: 413, FormExpired: 403, MethodNotAllowed: 405, Internal: 500}
    if type(error) in own:
        return own[type(error)]
    return next((status for kind, status in STATUS if isinstance(error, kind)), 400)


def as_domain_error(error: Exception) -> errors.DomainError | None:
    """Foreign errors, mapped once; None for what nobody expected."""
    match error:
        case errors.DomainError():
            return error
        case StaleDataError():
            return errors.StaleVersion()
        case IntegrityError():
            return errors.Conflict()
        case ValidationException():
            return errors.Invalid(fields=_validation_fields(error))
        case NotFoundException():
            return errors.NotFound()
        case MethodNotAllowedException():
            return MethodNotAllowed()
        case PermissionDeniedException(detail=security.REFUSAL):
            return FormExpired()
        case InternalServerException(detail="client disconnected prematurely"):
            # Whoever hangs up in the middle hears nothing, and is no fault of ours.
            return BadRequest()
        case HTTPException(status_code=413):
            return TooLarge()
        case LitestarClientException():
            return BadRequest()
        case _ if (outage := outage_of(error)) is not None:
            _logger.warning("outage", kind=outage, cause=type(error).__name__)
            return errors.StorageFull() if outage is Outage.FULL else errors.Unavailable()
        case _ if _refused_by_columns(error):
            _logger.warning("value refused by the database", exc_info=error)
            return errors.Invalid()
        case _:
            return None


def _refused_by_columns(error: Exception) -> bool:
    """Whether the database could not take a value as it was sent (SQLSTATE class 22, "data exception"): a NUL in a
    text, a date or number beyond what a column holds. Statements that skip SQLAlchemy raise the driver's own error."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(cause, "sqlstate", None) or "").startswith("22")


def _validation_fields(error: ValidationException) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in error.extra if isinstance(error.extra, list) else []:
        if isinstance(entry, dict):
            found[str(entry.get("key", "body"))] = readable(str(entry.get("message", "")))
    return found


def describe(request: WebRequest, error: errors.DomainError, status: int) -> Problem:
    """The problem in the reader's language."""
    translate = translator(preferred_language(request.scope))
    origin = request.scope["state"].get("origin")
    return Problem(
        type=f"urn:yinghuo:problem:{error.code}",
        title=translate(error.text, **error.parameters),
        status=status,
        code=error.code,
        request_id=(origin.request_id if origin else "") or "",
        errors=[FieldProblem(name, translate(text)) for name, text in error.fields.items()],
        retry_after=error.retry_after,
    )


def wants_page(request: WebRequest) -> bool:
    """Whether the caller is a browser looking at pages rather than a program."""
    return not request.scope["path"].startswith(("/api/", "/health/", "/metrics"))


def problem_response(problem: Problem) -> Response[Any]:
    """problem+json."""
    return Response(msgspec.json.encode(problem), status_code=problem.status, media_type="application/problem+json")
