"""Counters and timings for operators, in Prometheus' format."""

from functools import cache
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from app.platform.http.readiness import Readiness

_REQUESTS: Final = Counter("yinghuo_requests_total", "Answered requests", ("method", "route", "status"))
_SECONDS: Final = Histogram(
    "yinghuo_request_seconds",
    "Time to answer",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

_OLDEST_EVENT: Final = Gauge("yinghuo_oldest_event_seconds", "How long the longest waiting event is due")
_OLDEST_ENTRY: Final = Gauge("yinghuo_oldest_entry_seconds", "How long the longest waiting other work is due")
_COMPONENT: Final = Gauge(
    "yinghuo_component_up", "Whether a part does its work: 0 for down, stuck or full", ("component",)
)
_OUT_OF_WORK: Final = frozenset({"down", "stuck", "full"})


def observe_readiness(found: Readiness) -> None:
    """Show what readiness has found as figures."""
    _OLDEST_EVENT.set(found.oldest_event_seconds)
    _OLDEST_ENTRY.set(found.oldest_entry_seconds)
    for component in ("database", "redis", "relay", "worker", "storage"):
        _COMPONENT.labels(component).set(getattr(found, component) not in _OUT_OF_WORK)


def count_answer(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request. `route` is the template of its path: no caller may invent names of series."""
    counter, histogram = _series(method, route, status)
    counter.inc()
    histogram.observe(seconds)


@cache
def _series(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return _REQUESTS.labels(method, route, str(status)), _SECONDS.labels(method, route)
