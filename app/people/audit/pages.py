"""The log as a page, in the workspace, at headquarters and in the client portal: filter, look, take a copy."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from app.people.audit.api import EXPORTED, ActionName, ChosenFormat, RecordKind, SearchText, exported, page_of
from app.people.audit.details import details_text
from app.people.audit.labels import action_label, action_labels, actor_label, groups, record_label
from app.people.audit.record_numbers import read_record_numbers
from app.people.audit.schemas import AuditFilter, AuditLine
from app.people.audit.services.anchoring import anchors_of
from app.people.audit.services.exporting import ExportFormat
from app.platform.http.authentication import actor_of
from app.platform.http.pagination import DEFAULT_LIMIT
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.texts import N_
from app.platform.web.pages import page, translator_of
from rbac import Permission

Period = Annotated[str, QueryParameter(max_length=4)]

PERIODS: Final = {"1": N_("最近一天"), "7": N_("最近 7 天"), "30": N_("最近 30 天"), "365": N_("最近一年")}
"""Days back from now."""
SHOWN_ANCHORS: Final = 31

OF_A_RECORD: Final = "audit"
"""The element on a record's page that asks for what the log holds of the record, and the block that answers."""

_PORTALS: Final = ("/workspace", "/hq", "/portal")
_LAYOUTS: Final = {ActorKind.CLIENT: "layout/portal.html"}


def _paths(rest: str = "") -> Sequence[str]:
    return [f"{portal}/audit{rest}" for portal in _PORTALS]


@get(_paths(), permission=Permission.AUDIT_LOG_READ, include_in_schema=False)
async def audit_page(
    request: WebRequest,
    work: RequestWork,
    q: SearchText = "",
    action: ActionName = "",
    record_kind: RecordKind = "",
    record: FromQuery[UUID | None] = None,
    period: Period = "",
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """The newest first."""
    wanted = _wanted(work.now, q, action, record_kind, record, period)
    found = await page_of(work, wanted, cursor, DEFAULT_LIMIT)
    translate, base = translator_of(request), request.scope["path"]
    active_filters = {"q": q, "action": action, "record_kind": record_kind, "record": record or "", "period": period}
    of_a_record = request.headers.get("hx-target") == OF_A_RECORD
    query = urlencode({name: value for name, value in active_filters.items() if value})
    return page(
        request,
        "audit/log.html",
        fragment=OF_A_RECORD if of_a_record else None,
        of_a_record=of_a_record,
        layout=_LAYOUTS.get(actor_of(request).kind, "layout/workspace.html"),
        base=base,
        lines=[(line, _who(line, translate), action_label(line.action, translate)) for line in found.items],
        numbers=await read_record_numbers(work.session, request.app.state.record_numbers, found.items),
        record_label=lambda kind: record_label(kind, translate),
        details=lambda line: details_text(line.details, translate),
        words=q,
        areas=[(prefix, translate(group.label)) for prefix, group in groups().items()]
        + ([(action, action_label(action, translate))] if action in action_labels() else []),
        action=action,
        periods=[(days, translate(name)) for days, name in PERIODS.items()],
        period=period,
        record=record,
        query=query,
        next_href=f"{base}?{query}&cursor={found.next_cursor}" if found.next_cursor else "",
        has_anchors=actor_of(request).client_id is None,
    )


@get(_paths("/export"), permission=Permission.AUDIT_LOG_READ, include_in_schema=False, audited=EXPORTED)
async def export_page(
    work: RequestWork,
    q: SearchText = "",
    action: ActionName = "",
    record_kind: RecordKind = "",
    record: FromQuery[UUID | None] = None,
    period: Period = "",
    chosen: ChosenFormat = ExportFormat.XLSX,
) -> Response[bytes]:
    """What the page shows, all of it, as a file."""
    return await exported(work, _wanted(work.now, q, action, record_kind, record, period), chosen)


@get(["/workspace/audit/anchors", "/hq/audit/anchors"], permission=Permission.AUDIT_LOG_READ, include_in_schema=False)
async def anchors_page(request: WebRequest, work: RequestWork) -> Response[str]:
    """The last month's anchors, to print or copy."""
    return page(request, "audit/anchors.html", anchors=await anchors_of(work, SHOWN_ANCHORS))


def _wanted(now: datetime, words: str, action: str, record_kind: str, record: UUID | None, period: str) -> AuditFilter:
    since = now - timedelta(days=int(period)) if period in PERIODS else None
    return AuditFilter(words=words, action=action, record_kind=record_kind, record_id=record, since=since)


def _who(line: AuditLine, translate: Any) -> str:
    return line.actor or actor_label(line.actor_kind, translate)


handlers = handlers_of(__name__)
