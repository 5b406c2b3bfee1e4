"""The audit of reads: a handler declares it (`audited=Audited(…)`), the request's unit of work writes the entry.

Changes are audited by the use case that makes them. Handlers that only hand something out (files, documents, exports,
records shown to headquarters) declare it here; a test finds those that do not.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app.platform.http.web_request import WebRequest
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.context import as_platform

OPTION: Final = "audited"


@dataclass(frozen=True, slots=True)
class Audited:
    """`parameter` is the path parameter with the record's id; `query` are query parameters to be kept in the entry's
    details (filters and format of an export)."""

    action: str
    record_kind: str
    parameter: str = ""
    query: tuple[str, ...] = ()


async def record_read(request: WebRequest, work: UnitOfWork) -> None:
    """Write the audit entry that the handler declares, if any, in the transaction of `work`."""
    declared: Audited | None = request.route_handler.opt.get(OPTION)
    if declared is None:
        return
    named = request.path_params.get(declared.parameter) if declared.parameter else None
    details = {name: request.query_params[name][:80] for name in declared.query if request.query_params.get(name)}
    async with as_platform(work):
        work.audit(declared.action, declared.record_kind, named if isinstance(named, UUID) else None, **details)
