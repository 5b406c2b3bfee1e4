"""Pages of ticket imports in the workspace: upload, dry run, matching of names, confirmation, progress, report."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.agreements.sla import CalendarService, PolicyService
from app.assets.devices.web_interface import ClientChoices
from app.data_exchange.ticket_import.api import MOST_BODY_BYTES, export_response, report_response, ticket_import_service
from app.data_exchange.ticket_import.batches import RESULT_NAMES, Result
from app.data_exchange.ticket_import.errors import NothingUploaded
from app.data_exchange.ticket_import.findings import OUTCOME_NAMES, Outcome
from app.data_exchange.ticket_import.mapping import parse_mapping, shipped_mappings
from app.data_exchange.ticket_import.names import KIND_NAMES, NameKind
from app.data_exchange.ticket_import.report import described, row_reports
from app.data_exchange.ticket_import.schemas import Match, TicketExport, TicketImportUpload
from app.data_exchange.ticket_import.services.names import NameService
from app.data_exchange.ticket_import.states import STATE_NAMES, WORKING, TicketImportState
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.encodings import ENCODING_NAMES, Encoding
from app.platform.kernel.errors import DomainError, Invalid, NotFound
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import moved, page, see_other, translator_of
from rbac import Permission

BASE = "/workspace/ticket-imports"
FORMER_BASE = "/workspace/history"
OUTCOMES_SHOWN = 50
FIELDS = ("client", "mapping", "encoding", "time_zone", "policy", "calendar")
TIME_ZONES = (PLATFORM_ZONE.key, "Asia/Hong_Kong", "Asia/Tokyo", "Europe/London", "America/New_York", "UTC")
"""Suggestions; any name of the time zone database is accepted."""


@get(BASE, permission=Permission.TICKET_IMPORT, include_in_schema=False)
async def ticket_imports_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The newest imports, and the upload form."""
    return await _list(request, work, FormValues({"time_zone": TIME_ZONES[0]}))


@post(BASE, permission=Permission.TICKET_IMPORT, include_in_schema=False, request_max_body_size=MOST_BODY_BYTES)
async def upload_log(request: WebRequest) -> Response[Any]:
    """Store the log and start the dry run."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        tried = await ticket_import_service(request, work).upload(*await _wanted(form))
        return f"{BASE}/{tried.id}"

    return await submit(request, act, partial(_list, request))


async def _wanted(form: FormValues) -> tuple[TicketImportUpload, bytes]:
    """
    Raises:
        NothingUploaded: the form came without a log.
        Invalid: the mapping file is no text.
    """
    log, own = form.upload("file"), form.upload("own_mapping")
    if log is None:
        raise NothingUploaded(fields={"file": NothingUploaded.text})
    mapping = form["mapping"]
    if own is not None:
        try:
            mapping = (await own.read()).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Invalid from error
    wanted = TicketImportUpload(
        mapping=mapping,
        file_name=log.filename,
        client_id=_id(form["client"]),
        encoding=_encoding(form["encoding"]) or Encoding.AUTOMATIC,
        time_zone=form["time_zone"],
        policy_id=_id(form["policy"]),
        calendar_id=_id(form["calendar"]),
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
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
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
        current_page="ticket-imports",
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
        current_page="ticket-imports",
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
async def confirm_import(request: WebRequest, ticket_import_id: FromPath[UUID]) -> Response[Any]:
    """Confirm the import."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await ticket_import_service(request, work).confirm(ticket_import_id, form.whole_number("version"))
        return f"{BASE}/{ticket_import_id}"

    return await submit(request, act)


@post(f"{BASE}/{{ticket_import_id:uuid}}/check", permission=Permission.TICKET_IMPORT, include_in_schema=False)
async def check_again(request: WebRequest, ticket_import_id: FromPath[UUID]) -> Response[Any]:
    """Repeat the dry run, in the chosen encoding if there is one."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        service = ticket_import_service(request, work)
        await service.check_again(ticket_import_id, form.whole_number("version"), _encoding(form["encoding"]))
        return f"{BASE}/{ticket_import_id}"

    async def show_again(work: UnitOfWork, _: FormValues, error: DomainError) -> Response[Any]:
        return await _import(request, work, ticket_import_id, error=error)

    return await submit(request, act, show_again)


@post(f"{BASE}/{{ticket_import_id:uuid}}/cancel", permission=Permission.TICKET_IMPORT, include_in_schema=False)
async def cancel_import(request: WebRequest, ticket_import_id: FromPath[UUID]) -> Response[Any]:
    """Cancel the import."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        await ticket_import_service(request, work).cancel(ticket_import_id)
        return f"{BASE}/{ticket_import_id}"

    return await submit(request, act)


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
        current_page="ticket-imports",
    )


@get(f"{BASE}/names/{{name_id:uuid}}", permission=Permission.TICKET_IMPORT, include_in_schema=False)
async def name_page(
    request: WebRequest, work: RequestWork, name_id: FromPath[UUID], q: FromQuery[str] = ""
) -> Response[Any]:
    """One name with its candidate records."""
    return await _name(request, name_id, work, FormValues({"q": q}))


@post(f"{BASE}/names/{{name_id:uuid}}", permission=Permission.TICKET_IMPORT, include_in_schema=False)
async def match_name(request: WebRequest, name_id: FromPath[UUID]) -> Response[Any]:
    """Match the name with a record."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await NameService(work).match(name_id, Match(record_id=_id(form["record_id"])))
        return f"{BASE}/names"

    return await submit(request, act, partial(_name, request, name_id))


async def _name(
    request: WebRequest, name_id: UUID, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    service = NameService(work)
    return render_form(
        request,
        "ticket_import/name.html",
        error,
        found=await service.get(name_id),
        candidates=await service.candidates(name_id, values["q"]),
        q=values["q"],
        kind_names=KIND_NAMES,
        current_page="ticket-imports",
    )


@get([FORMER_BASE, f"{FORMER_BASE}/{{path:path}}"], permission=Permission.TICKET_IMPORT, include_in_schema=False)
async def former_address(request: WebRequest) -> Response[Any]:
    """Where these pages stood before."""
    return moved(request, FORMER_BASE, BASE)


handlers = handlers_of(__name__)
