"""Counters and timings for operators, in Prometheus' format."""

from functools import cache
from typing import Final

from prometheus_client import Counter, Histogram

_REQUESTS: Final = Counter("yinghuo_requests_total", "Answered requests", ("method", "route", "status"))
_SECONDS: Final = Histogram(
    "yinghuo_request_seconds",
    "Time to answer",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def count_answer(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request. `route` is the template of its path: no caller may invent names of series."""
    counter, histogram = _series(method, route, status)
    counter.inc()
    histogram.observe(seconds)


@cache
def _series(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return _REQUESTS.labels(method, route, str(status)), _SECONDS.labels(method, route)
