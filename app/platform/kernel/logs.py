"""Structured logs: one event a line, no personal data, every line of a request or task with its id.

Exceptions are logged without their messages, which may quote personal data (`app.platform.kernel.safe_tracebacks`).

Our own events go straight to standard error: every request writes one, and the standard library's way would cost it
more than its session's look-up. What libraries log through the standard library comes out in the same shape.
"""

import logging
import sys
import time
from typing import Any, BinaryIO, Final, Literal, cast

import msgspec
import structlog
from structlog.typing import FilteringBoundLogger

from app.platform.kernel.safe_tracebacks import safe_traceback

MINUTE: Final = 60.0
_NOISY_LOGGERS: Final = {
    # Writes the whole policy when it starts.
    "casbin": logging.WARNING,
}
_OWN_HANDLERS: Final = ("_granian", "granian.access")
"""Loggers of libraries that would write by themselves, in another shape and with the words of exceptions."""

_encode = msgspec.json.Encoder(enc_hook=str).encode


def configure_logs(log_format: Literal["json", "console"], level: str) -> None:
    """Events from `level` on, as JSON or to be read by people."""
    stamped: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _describe_failure,
    ]
    as_line = _json_line if log_format == "json" else _readable_line()
    structlog.configure(
        processors=[*stamped, as_line],
        logger_factory=structlog.BytesLoggerFactory(cast("BinaryIO", sys.stderr.buffer)),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, as_line, _as_text],
            foreign_pre_chain=[_add_channel, _shorten, *stamped],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, least in _NOISY_LOGGERS.items():
        logging.getLogger(name).setLevel(least)
    for name in _OWN_HANDLERS:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True


def log(name: str) -> FilteringBoundLogger:
    """The logger of one module; `name` stands in its lines as `channel`."""
    logger: FilteringBoundLogger = structlog.get_logger(channel=name)
    return logger


class OncePerMinute:
    """Limits a repeated log message to once a minute per key."""

    def __init__(self) -> None:
        self._said: dict[str, float] = {}

    def __call__(self, what: str) -> bool:
        """Whether `what` may be logged now; counts it as logged if so."""
        now = time.monotonic()
        if now - self._said.get(what, -MINUTE) < MINUTE:
            return False
        self._said[what] = now
        return True


def _describe_failure(_: Any, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    failure = event.pop("exc_info", None)
    if isinstance(failure, tuple):
        failure = failure[1]
    elif failure is True:
        failure = sys.exc_info()[1]
    if isinstance(failure, BaseException):
        event["exception"] = safe_traceback(failure)
    return event


def _shorten(_: Any, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """The event loop writes, below its first line, objects with all that they hold: the words of exceptions too."""
    if event["channel"] == "asyncio":
        event["event"] = str(event["event"]).partition("\n")[0]
    return event


def _add_channel(_: Any, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    event["channel"] = event["_record"].name
    return event


def _json_line(_: Any, __: str, event: structlog.types.EventDict) -> bytes:
    return _encode(event)


def _readable_line() -> structlog.types.Processor:
    draw = structlog.dev.ConsoleRenderer(colors=False)

    def render(logger: Any, method: str, event: structlog.types.EventDict) -> bytes:
        return str(draw(logger, method, event)).encode()

    return render


def _as_text(_: Any, __: str, line: Any) -> str:
    return bytes(line).decode()
