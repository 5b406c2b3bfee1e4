"""Structured logs: one event a line, no personal data, every line of a request or task with its id.

Our own events go straight to standard error: every request writes one, and the standard library's way would cost it
more than its session's look-up. What libraries log through the standard library comes out in the same shape.
"""

import logging
import sys
from typing import Any, BinaryIO, Literal, cast

import msgspec
import structlog
from structlog.typing import FilteringBoundLogger

_encode = msgspec.json.Encoder(enc_hook=str).encode


def configure_logs(log_format: Literal["json", "console"], level: str) -> None:
    """Events from `level` on, as JSON or to be read by people."""
    stamped: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
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
            foreign_pre_chain=[_add_channel, *stamped],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def log(name: str) -> FilteringBoundLogger:
    """The logger of one module; `name` stands in its lines as `channel`."""
    logger: FilteringBoundLogger = structlog.get_logger(channel=name)
    return logger


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
