"""Pages of ticket imports in the workspace: upload, dry run, matching of names, confirmation, progress, report."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery

from app.agreements.sla import CalendarService, PolicyService
from app.assets.devices.web_interface import ClientChoices
from app.data_exchange.ticket_import.api import MOST_BODY_BYTES, export_response, report_response, ticket_import_service
from app.data_exchange.ticket_import.batches import RESULT_NAMES, Result
from app.data_exchange.ticket_import.errors import ColumnsMissing, LogRefused, NothingUploaded
from app.data_exchange.ticket_import.findings import OUTCOME_NAMES, Outcome
from app.data_exchange.ticket_import.mapping import parse_mapping, shipped_mappings
from app.data_exchange.ticket_import.names import KIND_NAMES, NameKind
from app.data_exchange.ticket_import.report import described, row_reports
from app.data_exchange.ticket_import.schemas import Match, TicketExport, TicketImportUpload, TicketImportView
from app.data_exchange.ticket_import.services.names import NameService
from app.data_exchange.ticket_import.states import STATE_NAMES, WORKING, TicketImportState
from app.platform.http.authentication import actor_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.encodings import ENCODING_NAMES, Encoding
from app.platform.kernel.errors import DomainError, Invalid, NotFound
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.forms import form_fields, render_form, submitted_form
from app.platform.web.pages import page, see_other, translator_of
from rbac import Permission

BASE = "/workspace/history"
OUTCOMES_SHOWN = 50
FIELDS = ("client", "mapping", "encoding", "time_zone", "policy", "calendar")
TIME_ZONES = (PLATFORM_ZONE.key, "Asia/Hong_Kong", "Asia/Tokyo", "Europe/London", "America/New_York", "UTC")
"""Suggestions; any name of the time zone database is accepted."""


@get(BASE, permission=Permission.TICKET_IMPORT, include_in_schema=False)
async def history_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The newest imports, and the upload form."""
    return await _list(request, work, {"time_zone": TIME_ZONES[0]})


@post(BASE, permission=Permission.TICKET_IMPORT, include_in_schema=False, request_max_body_size=MOST_BODY_BYTES)
async def upload_log(request: WebRequest) -> Response[Any]:
    """Store the log and start the dry run."""
    form = await request.form()
    values = {name: str(form.get(name) or "") for name in FIELDS}
    units_of_work = runtime_of(request).units_of_work
    try:
        wanted, content = await _wanted(form, values)
        async with units_of_work.begin(actor_of(request), origin_of(request)) as work:
            tried = await ticket_import_service(request, work).upload(wanted, content)
    except NotFound:
        raise
    except DomainError as error:
        async with units_of_work.begin(actor_of(request), origin_of(request)) as work:
            return await _list(request, work, values, error)
    return see_other(request, f"{BASE}/{tried.id}")


async def _wanted(form: Any, values: dict[str, str]) -> tuple[TicketImportUpload, bytes]:
    """
    Raises:
        NothingUploaded: the form came without a log.
        Invalid: the mapping file is no text.
    """
    log, own = form.get("file"), form.get("own_mapping")
    if not isinstance(log, UploadFile) or not log.filename:
        raise NothingUploaded(fields={"file": NothingUploaded.text})
    mapping = values["mapping"]
    if isinstance(own, UploadFile) and own.filename:
        try:
            mapping = (await own.read()).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Invalid from error
    wanted = TicketImportUpload(
        mapping=mapping,
        file_name=log.filename,
        client_id=_id(values["client"]),
        encoding=_encoding(values["encoding"]) or Encoding.AUTOMATIC,
        time_zone=values["time_zone"],
        policy_id=_id(values["policy"]),
        calendar_id=_id(values["calendar"]),
    )
    return wanted, await log.read()


def _encoding(chosen: str) -> Encoding | None:
    return Encoding(chosen) if chosen in set(Encoding) else None


def _id(text: str) -> UUID | None:
    """
    Raises:
        NotFound: no id of anything.
    """
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFound from error


async def _list(
    request: WebRequest, work: UnitOfWork, values: dict[str, str], error: DomainError | None = None
) -> Response[Any]:
    return render_form(
        request,
        "ticket_import/list.html",
        error,
        imports=await ticket_import_service(request, work).recent(),
        unmatched=sum((await NameService(work).count()).values()),
        clients=await ClientChoices(work).clients(),
        mappings=[(name, parse_mapping(text).title) for name, text in shipped_mappings().items()],
        policies=[(str(each.id), each.name) for each in await PolicyService(work).list()],
        calendars=[(str(each.id), each.name) for each in await CalendarService(work).list()],
        encodings=ENCODING_NAMES,
        time_zones=TIME_ZONES,
        values=values,
        state_names=STATE_NAMES,
        may_export=work.actor.may(Permission.TICKET_EXPORT),
        current_page="history",
    )


@get(f"{BASE}/{{ticket_import_id:uuid}}", permission=Permission.TICKET_IMPORT, include_in_schema=False)
async def import_page(
    request: WebRequest,
    work: RequestWork,
    ticket_import_id: FromPath[UUID],
    result: FromQuery[str] = "",
    after: FromQuery[int] = -1,
) -> Response[Any]:
    """One import with its state and report."""
    return await _import(request, work, ticket_import_id, result, after)


async def _import(
    request: WebRequest,
    work: UnitOfWork,
    ticket_import_id: UUID,
    result: str = "",
    after: int = -1,
    error: DomainError | None = None,
) -> Response[Any]:
    service = ticket_import_service(request, work)
    found = await service.get(ticket_import_id)
    results = (result,) if result in set(Result) else ()
    outcomes = await service.outcomes(ticket_import_id, after=after, results=results, limit=OUTCOMES_SHOWN + 1)
    shown, more = outcomes[:OUTCOMES_SHOWN], len(outcomes) > OUTCOMES_SHOWN
    _ = translator_of(request)
    return render_form(
        request,
        "ticket_import/import.html",
        error,
        found=found,
        working=found.state in WORKING,
        states=TicketImportState,
        state_names=STATE_NAMES,
        result=result if results else "",
        results=[(key, _(RESULT_NAMES[key]), found.counts.get(f"tickets_{key}", 0)) for key in Result],
        result_names=RESULT_NAMES,
        outcome_names=OUTCOME_NAMES,
        encodings=ENCODING_NAMES,
        outcomes=[(outcome, _row_remarks(outcome, _)) for outcome in shown],
        next_after=shown[-1].sequence if more else None,
        unmatched=[(kind, _(KIND_NAMES[kind]), count) for kind, count in (await NameService(work).count()).items()],
        current_page="history",
    )


def _row_remarks(outcome: Any, translate: Any) -> list[dict[str, Any]]:
    """The rows that have findings, with their texts."""
    return [
        {
            "row": row.row,
            "refused": row.outcome is Outcome.REFUSED,
            "words": [described(finding, translate) for finding in row.findings],
        }
        for row in row_reports(outcome)
        if row.findings
    ]


@get(f"{BASE}/{{ticket_import_id:uuid}}/progress", permission=Permission.TICKET_IMPORT, include_in_schema=False)
async def progress(request: WebRequest, work: RequestWork, ticket_import_id: FromPath[UUID]) -> Response[Any]:
    """Progress of the import; redirects to its page when it has ended."""
    found = await ticket_import_service(request, work).get(ticket_import_id)
    if found.state in WORKING:
        return page(request, "ticket_import/progress.html", found=found, states=TicketImportState)
    return see_other(request, f"{BASE}/{ticket_import_id}")


@post(f"{BASE}/{{ticket_import_id:uuid}}/confirm", permission=Permission.TICKET_IMPORT, include_in_schema=False)
async def confirm_import(request: WebRequest, work: RequestWork, ticket_import_id: FromPath[UUID]) -> Response[Any]:
    """Confirm the import."""
    return _back(request, await ticket_import_service(request, work).confirm(ticket_import_id, await _version(request)))


@post(f"{BASE}/{{ticket_import_id:uuid}}/check", permission=Permission.TICKET_IMPORT, include_in_schema=False)
async def check_again(request: WebRequest, ticket_import_id: FromPath[UUID]) -> Response[Any]:
    """Repeat the dry run, in the chosen encoding if there is one."""
    form, units_of_work = await form_fields(request, "version", "encoding"), runtime_of(request).units_of_work
    try:
        async with units_of_work.begin(actor_of(request), origin_of(request)) as work:
            service = ticket_import_service(request, work)
            found = await service.check_again(ticket_import_id, _number(form["version"]), _encoding(form["encoding"]))
    except (LogRefused, ColumnsMissing) as refused:
        async with units_of_work.begin(actor_of(request), origin_of(request)) as work:
            return await _import(request, work, ticket_import_id, error=refused)
    return _back(request, found)


@post(f"{BASE}/{{ticket_import_id:uuid}}/cancel", permission=Permission.TICKET_IMPORT, include_in_schema=False)
async def cancel_import(request: WebRequest, work: RequestWork, ticket_import_id: FromPath[UUID]) -> Response[Any]:
    """Cancel the import."""
    return _back(request, await ticket_import_service(request, work).cancel(ticket_import_id))


async def _version(request: WebRequest) -> int:
    return _number((await form_fields(request, "version"))["version"])


def _number(version: str) -> int:
    return int(version) if version.isascii() and version.isdigit() else 0


def _back(request: WebRequest, found: TicketImportView) -> Response[Any]:
    return see_other(request, f"{BASE}/{found.id}")


@get(f"{BASE}/{{ticket_import_id:uuid}}/report", permission=Permission.TICKET_IMPORT, include_in_schema=False)
async def report(request: WebRequest, work: RequestWork, ticket_import_id: FromPath[UUID]) -> Response[Any]:
    """The report as a workbook."""
    return await report_response(request, work, ticket_import_id)


@get(f"{BASE}/export", permission=Permission.TICKET_EXPORT, include_in_schema=False)
async def export(work: RequestWork, client: FromQuery[str] = "") -> Response[Any]:
    """Download the partner's own tickets as a log."""
    return await export_response(work, TicketExport(client_id=_id(client)))


@get(f"{BASE}/names", permission=Permission.TICKET_IMPORT, include_in_schema=False)
async def names_page(
    request: WebRequest, work: RequestWork, kind: FromQuery[str] = "", matched: FromQuery[str] = ""
) -> Response[Any]:
    """Names in logs, those of the most tickets first."""
    service, _ = NameService(work), translator_of(request)
    chosen = NameKind(kind) if kind in set(NameKind) else None
    counts = await service.count()
    return page(
        request,
        "ticket_import/names.html",
        names=await service.list_names(kind=chosen, unmatched=matched != "yes"),
        kind=kind if chosen else "",
        matched=matched == "yes",
        kinds=[(each, _(KIND_NAMES[each]), counts.get(each, 0)) for each in NameKind],
        kind_names=KIND_NAMES,
        current_page="history",
    )


@get(f"{BASE}/names/{{name_id:uuid}}", permission=Permission.TICKET_IMPORT, include_in_schema=False)
async def name_page(
    request: WebRequest, work: RequestWork, name_id: FromPath[UUID], q: FromQuery[str] = ""
) -> Response[Any]:
    """One name with its candidate records."""
    return await _name(request, work, name_id, q)


@post(f"{BASE}/names/{{name_id:uuid}}", permission=Permission.TICKET_IMPORT, include_in_schema=False)
async def match_name(request: WebRequest, name_id: FromPath[UUID]) -> Response[Any]:
    """Match the name with a record."""
    form, units_of_work = await submitted_form(request), runtime_of(request).units_of_work
    try:
        async with units_of_work.begin(actor_of(request), origin_of(request)) as work:
            await NameService(work).match(name_id, Match(record_id=_id(form["record_id"])))
    except NotFound:
        raise
    except DomainError as error:
        async with units_of_work.begin(actor_of(request), origin_of(request)) as work:
            return await _name(request, work, name_id, form["q"], error)
    return see_other(request, f"{BASE}/names")


async def _name(
    request: WebRequest, work: UnitOfWork, name_id: UUID, q: str, error: DomainError | None = None
) -> Response[Any]:
    service = NameService(work)
    return render_form(
        request,
        "ticket_import/name.html",
        error,
        found=await service.get(name_id),
        candidates=await service.candidates(name_id, q),
        q=q,
        kind_names=KIND_NAMES,
        current_page="history",
    )


handlers = [
    history_page,
    upload_log,
    import_page,
    progress,
    confirm_import,
    check_again,
    cancel_import,
    report,
    export,
    names_page,
    name_page,
    match_name,
]
