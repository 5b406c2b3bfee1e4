"""Reads that are written down: a handler says so (`audited=Audited(…)`), the unit of work does it.

What changes something is written down by the use case that changes it. What only hands something out (files, documents,
exports, records shown to headquarters) has no such place; its handler declares it, and a test finds those that do not.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Request

from app.kernel.work import UnitOfWork
from tenants.context import written_by_platform

OPTION: Final = "audited"


@dataclass(frozen=True, slots=True)
class Audited:
    """`parameter` is the part of the path that names the record; `query` are parameters of the address that belong to
    the story (the filters and format of an export)."""

    action: str
    record_kind: str
    parameter: str = ""
    query: tuple[str, ...] = ()


async def write_down(request: Request[Any, Any, Any], work: UnitOfWork) -> None:
    """Write what the handler declares, if it declares something, in the transaction of `work`."""
    declared: Audited | None = request.route_handler.opt.get(OPTION)
    if declared is None:
        return
    named = request.path_params.get(declared.parameter) if declared.parameter else None
    told = {name: request.query_params[name][:80] for name in declared.query if request.query_params.get(name)}
    async with written_by_platform(work):
        work.audit(declared.action, declared.record_kind, named if isinstance(named, UUID) else None, **told)
