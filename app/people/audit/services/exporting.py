"""The log as a CSV or XLSX file (I7)."""

import csv
from collections.abc import Iterator, Sequence
from enum import StrEnum
from io import StringIO
from typing import Final

import msgspec

from app.people.audit.labels import action_label, actor_label, record_label
from app.people.audit.schemas import AuditFilter, AuditLine
from app.people.audit.services.audit_log import AuditLog
from app.platform.kernel.texts import N_, Translator
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import write_workbook

BATCH: Final = 1000
MOST_LINES: Final = 50_000
"""Lines of one file; who needs more exports by period."""

HEADINGS: Final = (
    N_("时间"),
    N_("人员"),
    N_("操作"),
    N_("记录类别"),
    N_("记录编号"),
    N_("内容"),
    N_("网络地址"),
    N_("请求编号"),
    N_("操作代码"),
    N_("条目编号"),
)
_SHEET: Final = N_("操作记录")
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")
_WIDTHS: Final = (20, 20, 20, 20, 38, 48, 20, 20, 20, 20)


class ExportFormat(StrEnum):
    """What kind of file."""

    CSV = "csv"
    XLSX = "xlsx"


async def export(work: UnitOfWork, wanted: AuditFilter, kind: ExportFormat, translate: Translator) -> bytes:
    """The newest `MOST_LINES` entries that `wanted` describes. No cell can run as a formula.

    Raises:
        Forbidden: without `audit_log:read`.
    """
    reading = AuditLog(work)
    lines: list[AuditLine] = []
    while len(lines) < MOST_LINES:
        before = (lines[-1].occurred_at, lines[-1].id) if lines else None
        found = await reading.newest(wanted, before=before, limit=BATCH)
        lines += found
        if len(found) < BATCH:
            break
    table = _table(lines[:MOST_LINES], translate)
    if kind is ExportFormat.CSV:
        return _csv(table)
    return write_workbook(translate(_SHEET), next(table), table, _WIDTHS)


def _table(lines: Sequence[AuditLine], translate: Translator) -> Iterator[tuple[str, ...]]:
    yield tuple(translate(heading) for heading in HEADINGS)
    for line in lines:
        yield (
            line.occurred_at.astimezone(PLATFORM_ZONE).strftime("%Y-%m-%d %H:%M:%S"),
            line.actor or actor_label(line.actor_kind, translate),
            action_label(line.action, translate),
            record_label(line.record_kind, translate),
            str(line.record_id or ""),
            msgspec.json.encode(line.details).decode() if line.details else "",
            line.network_address or "",
            line.request_id or "",
            line.action,
            str(line.id),
        )


def _csv(table: Iterator[tuple[str, ...]]) -> bytes:
    """With a byte order mark, or Excel takes Chinese for something else; risky beginnings behind an apostrophe."""
    output = StringIO(newline="")
    writer = csv.writer(output)
    for row in table:
        writer.writerow([f"'{value}" if value.startswith(_RISKY) else value for value in row])
    return output.getvalue().encode("utf-8-sig")
