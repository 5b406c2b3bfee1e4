"""Counters and timings for operators, in Prometheus' format."""

from prometheus_client import Counter, Histogram

REQUESTS = Counter("yinghuo_requests_total", "Answered requests", ("method", "route", "status"))
SECONDS = Histogram(
    "yinghuo_request_seconds",
    "Time to answer",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
