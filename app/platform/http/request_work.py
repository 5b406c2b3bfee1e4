"""The only generator dependency: one unit of work per request, committed before the answer leaves."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from litestar.di import NamedDependency

from app.platform.http.audited_reads import record_read
from app.platform.http.authentication import actor_of
from app.platform.http.request_context import origin_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork

RequestWork = NamedDependency[UnitOfWork]
"""Annotate a handler's `work` parameter with it."""


def runtime_of(request: WebRequest) -> Runtime:
    """The process's runtime."""
    runtime: Runtime = request.app.state.runtime
    return runtime


async def provide_work(request: WebRequest) -> AsyncGenerator[UnitOfWork, None]:
    """Litestar renders the response, then ends this generator, then sends: a failed commit is a failed request.

    Errors must be raised. A handler that *returned* an error response would commit half a change.
    """
    async with runtime_of(request).units_of_work.begin(actor_of(request), origin_of(request)) as work:
        yield work
        await record_read(request, work)


@asynccontextmanager
async def public_work(request: WebRequest) -> AsyncIterator[UnitOfWork]:
    """A unit of work before headquarters' public records, whoever looks: a partner's people see the same public pages
    as a visitor, and apply as one."""
    visitor = Actor.visitor(actor_of(request).language)
    async with runtime_of(request).units_of_work.begin(visitor, origin_of(request)) as work:
        yield work
