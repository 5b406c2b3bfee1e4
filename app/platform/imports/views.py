"""Views of an import: the run, and every issue at the cell that it is about. Pure."""

from collections.abc import Mapping, Sequence

import msgspec

from app.platform.imports.declaration import RowPlace
from app.platform.imports.models import ImportRun
from app.platform.imports.reading.delimited import ReadAs
from app.platform.imports.reading.issues import RowIssue, Severity
from app.platform.imports.reading.rows import ParsedFile, ParsedRow
from app.platform.imports.reading.workbook import cell_address
from app.platform.imports.schemas import HeadingView, ImportView, IssueView


def to_view(run: ImportRun, client_name: str) -> ImportView:
    """The run as the API and the pages show it."""
    summary = run.summary
    return ImportView(
        id=run.id,
        client_id=run.client_id,
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
        not_listed=summary.get("not_listed", 0),
        prefers_list=summary.get("basis", {}).get("prefers_list", False),
        is_forgotten=summary.get("is_forgotten", False),
        read_as=msgspec.convert(summary.get("read_as"), ReadAs | None),
        headings=[HeadingView(*heading) for heading in run.mapping.get("headings", [])],
        issues=msgspec.convert(run.issues, list[IssueView]),
        created_by=run.created_by,
        created_at=run.created_at,
        finished_at=run.finished_at,
        version=run.version,
    )


def with_plan_issues(parsed: ParsedFile, issues: Mapping[RowPlace, Sequence[RowIssue]]) -> ParsedFile:
    """`parsed` with what the plan says of the rows, placed at their cells; an error refuses its row."""
    if not issues:
        return parsed
    sheets = {table.sheet.name: table for table in parsed.tables}
    rows: list[ParsedRow] = []
    for row in parsed.rows:
        more = issues.get(row.place)
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
        is_refused = any(issue.severity is Severity.ERROR for issue in placed)
        rows.append(
            msgspec.structs.replace(
                row, values=None if is_refused else row.values, issues=(*row.issues, *placed), original=original
            )
        )
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
