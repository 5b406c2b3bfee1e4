"""Figures of areas for operators, in Prometheus' format: asked when they are read, and not for long."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import cache
from typing import Final, NamedTuple

from prometheus_client import Gauge

from app.platform.kernel.outages import outage_of
from app.platform.kernel.runtime import Runtime

TIMEOUT_SECONDS: Final = 0.7


class OperatorFigure(NamedTuple):
    """One figure of the whole installation, and what tells it."""

    name: str
    documentation: str
    read: Callable[[Runtime], Awaitable[float]]


async def observe_figures(runtime: Runtime, figures: Iterable[OperatorFigure]) -> None:
    """Show each as it is now; what cannot be asked at the moment stays as it was."""
    for each in figures:
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                _gauge(each.name, each.documentation).set(await each.read(runtime))
        except Exception as failure:
            if not isinstance(failure, TimeoutError) and outage_of(failure) is None:
                raise


@cache
def _gauge(name: str, documentation: str) -> Gauge:
    return Gauge(name, documentation)
