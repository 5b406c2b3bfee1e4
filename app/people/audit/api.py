"""The audit log as JSON, and as a file."""

from datetime import datetime
from typing import Annotated, Final
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from app.people.audit.schemas import Anchor, AuditFilter, AuditLine
from app.people.audit.services.anchoring import anchors_of
from app.people.audit.services.audit_log import AuditLog
from app.people.audit.services.exporting import ExportFormat, export
from app.platform.http.audited_reads import Audited
from app.platform.http.openapi_description import binary
from app.platform.http.pagination import DEFAULT_LIMIT, MAXIMUM_LIMIT, Cursor, Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.kernel.texts import N_, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

SearchText = Annotated[str, QueryParameter(name="q", max_length=80)]
ActionName = Annotated[str, QueryParameter(max_length=80)]
RecordKind = Annotated[str, QueryParameter(max_length=60)]
Limit = Annotated[int, QueryParameter(ge=1, le=MAXIMUM_LIMIT)]
ChosenFormat = Annotated[ExportFormat, QueryParameter(name="format")]
TAGS: Final = ["audit"]

EXPORTED: Final = Audited(
    "audit_log.exported",
    "audit_entry",
    query=("q", "member", "action", "record_kind", "record", "since", "until", "period", "format"),
)
_MEDIA_TYPES: Final = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_NAME: Final = N_("操作记录")


@get("/audit-entries", permission=Permission.AUDIT_LOG_READ, tags=TAGS)
async def list_audit_entries(
    work: RequestWork,
    q: SearchText = "",
    member: FromQuery[UUID | None] = None,
    action: ActionName = "",
    record_kind: RecordKind = "",
    record: FromQuery[UUID | None] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[AuditLine]:
    """Who did what to which record from where, newest first. A client sees what its own people did. An `action` that
    ends with a dot stands for its whole area; `q` is part of a person's name or a record's id."""
    wanted = AuditFilter(
        words=q,
        membership_id=member,
        action=action,
        record_kind=record_kind,
        record_id=record,
        since=since,
        until=until,
    )
    return await page_of(work, wanted, cursor, limit)


async def page_of(work: UnitOfWork, wanted: AuditFilter, cursor: str | None, limit: int) -> Page[AuditLine]:
    """One page of the log and the cursor of the next."""
    place = Cursor.decode(cursor) if cursor else None
    found = await AuditLog(work).newest(wanted, before=(place.moment, place.id) if place else None, limit=limit + 1)
    if len(found) <= limit:
        return Page(found)
    return Page(found[:limit], Cursor(found[limit - 1].occurred_at, found[limit - 1].id).encode())


@get(
    "/audit-entries/export",
    permission=Permission.AUDIT_LOG_READ,
    tags=TAGS,
    audited=EXPORTED,
    responses=binary("*/*", "The lines as CSV or as a workbook."),
)
async def export_audit_entries(
    work: RequestWork,
    q: SearchText = "",
    member: FromQuery[UUID | None] = None,
    action: ActionName = "",
    record_kind: RecordKind = "",
    record: FromQuery[UUID | None] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    chosen: ChosenFormat = ExportFormat.CSV,
) -> Response[bytes]:
    """The same lines as a file (`csv` or `xlsx`), at most 50,000; the export itself is written down."""
    wanted = AuditFilter(
        words=q,
        membership_id=member,
        action=action,
        record_kind=record_kind,
        record_id=record,
        since=since,
        until=until,
    )
    return await exported(work, wanted, chosen)


async def exported(work: UnitOfWork, wanted: AuditFilter, chosen: ExportFormat) -> Response[bytes]:
    """The file as a download, in the reader's language."""
    translate = translator(work.actor.language)
    content = await export(work, wanted, chosen, translate)
    name = f"{translate(_NAME)}-{work.now:%Y%m%d}.{chosen}"
    disposition = f"attachment; filename=\"audit.{chosen}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=_MEDIA_TYPES[chosen], headers={"content-disposition": disposition})


@get("/audit-anchors", permission=Permission.AUDIT_LOG_READ, tags=TAGS)
async def list_audit_anchors(work: RequestWork, limit: Limit = DEFAULT_LIMIT) -> list[Anchor]:
    """Where the company's chain ended on its last days, newest first: worth keeping outside of this system."""
    return await anchors_of(work, limit)


handlers = handlers_of(__name__)
