"""Views of an import: the run, and every issue at the cell that it is about. Pure."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from app.assets.devices.device_import.reading import ParsedFile, ParsedRow, ReadAs, RowIssue, Severity
from app.assets.devices.device_import.reading.workbook import cell_address
from app.assets.devices.models import ImportRun
from app.assets.devices.schemas import HeadingView, ImportView, IssueView
from app.platform.kernel.errors import NotFound


def to_view(run: ImportRun, client_name: str) -> ImportView:
    """The run as the API and the pages show it."""
    summary = run.summary
    return ImportView(
        id=run.id,
        client_id=client_of(run),
        client_name=client_name,
        kind=run.kind,
        file_name=run.file_name,
        state=run.state,
        sheet=run.sheet,
        rows_total=run.rows_total,
        rows_done=run.rows_done,
        counts=summary.get("counts", {}),
        written=summary.get("written", {}),
        problem=summary.get("problem", ""),
        new_sites=summary.get("new_sites", []),
        new_departments=summary.get("new_departments", []),
        new_employees=summary.get("new_employees", 0),
        completed_employees=summary.get("completed_employees", 0),
        read_as=msgspec.convert(summary.get("read_as"), ReadAs | None),
        headings=[HeadingView(*heading) for heading in run.mapping.get("headings", [])],
        issues=msgspec.convert(run.issues, list[IssueView]),
        created_by=run.created_by,
        created_at=run.created_at,
        finished_at=run.finished_at,
        version=run.version,
    )


def with_plan_issues(parsed: ParsedFile, issues: Mapping[tuple[str, int], tuple[RowIssue, ...]]) -> ParsedFile:
    """`parsed` with the warnings of the plan (sheet and row → issues), placed at their cells."""
    if not issues:
        return parsed
    sheets = {table.sheet.name: table for table in parsed.tables}
    rows: list[ParsedRow] = []
    for row in parsed.rows:
        more = issues.get((row.sheet, row.row_number))
        if more is None:
            rows.append(row)
            continue
        table = sheets[row.sheet]
        columns = {field: index for index, field in table.fields.items()}
        placed = tuple(
            msgspec.structs.replace(issue, cell=cell_address(row.row_number - 1, columns.get(issue.field, 0)))
            for issue in more
        )
        original = row.original or tuple(str(value) for value in table.sheet.rows[row.row_number - 1])
        rows.append(msgspec.structs.replace(row, issues=(*row.issues, *placed), original=original))
    return msgspec.structs.replace(parsed, rows=tuple(rows))


def issue_views(parsed: ParsedFile) -> list[IssueView]:
    """Every issue with its place, refusals first."""
    found = [
        IssueView(row.sheet, row.row_number, issue.cell, issue.field, issue.code, row.is_refused, issue.parameters)
        for row in parsed.rows
        for issue in row.issues
        if not row.is_refused or issue.severity is Severity.ERROR
    ]
    return sorted(found, key=lambda issue: not issue.refused)


def client_of(run: ImportRun) -> UUID:
    """Every list of devices is one client's.

    Raises:
        NotFound: it is not a list of devices.
    """
    if run.client_id is None:
        raise NotFound
    return run.client_id
