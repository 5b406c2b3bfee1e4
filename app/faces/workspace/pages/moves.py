"""The desk's actions on a ticket, each one a form, answered with the updated ticket.

On a domain error, a version conflict with a colleague included, the form comes back with the submitted values over the
current ticket.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.params import FromPath

from app.faces.workspace import forms, words
from app.faces.workspace.forms import Problem, Values
from app.faces.workspace.record import record_context
from app.http.authentication import actor_of
from app.http.errors import status_of
from app.http.idempotency import submitted_once
from app.http.requests import origin_of
from app.http.work import runtime_of
from app.kernel.errors import DomainError, Forbidden, NotFound
from app.kernel.work import UnitOfWork
from app.tickets import (
    Assignment,
    ConfirmationService,
    ConfirmedBy,
    CourseService,
    DispatchService,
    Move,
    ReadingService,
    Reason,
    Resolution,
    Triage,
    VisitService,
    Waiting,
    Words,
)
from app.web.moments import DEFAULT_ZONE
from app.web.pages import page, see_other, speaker, wants_fragment
from rbac import Permission

Asked = Request[Any, Any, Any]
Change = Callable[[UnitOfWork, UUID, Values], Awaitable[None]]


async def _take(request: Asked, ticket_id: UUID, action: str, change: Change) -> Response[Any]:
    """Run `change` in its own unit of work, once per form key, and show the updated ticket."""
    works, actor, origin = runtime_of(request).works, actor_of(request), origin_of(request)
    values = await forms.typed(request)
    _ = speaker(request)
    try:
        async with works.begin(actor, origin) as work:

            async def once() -> str:
                await change(work, ticket_id, values)
                return f"/workspace/tickets/{ticket_id}?done={action}"

            address = await submitted_once(request, work, once)
    except (NotFound, Forbidden):
        raise
    except DomainError as error:
        async with works.begin(actor, origin) as work:
            context = await record_context(
                work, ticket_id, _, action=action, values=values, problem=Problem.of(error, _)
            )
        template = "workspace/record.html" if wants_fragment(request) else "workspace/ticket.html"
        response: Response[Any] = page(request, template, status=status_of(error), toasts=[], **context)
        response.headers["hx-retarget"] = "#record"
        response.headers["hx-reswap"] = "outerHTML"
        return response
    if not wants_fragment(request):
        return see_other(request, address)
    async with works.begin(actor, origin) as work:
        context = await record_context(work, ticket_id, _)
    response = page(request, "workspace/record.html", **context)
    response.headers["hx-trigger"] = json.dumps({"toast": {"text": _(words.DONE[action])}})
    return response


async def _triage(work: UnitOfWork, ticket_id: UUID, values: Values) -> None:
    given = {**values, **forms.severity(values)}
    chosen = {field: given.get(field, "") for field in ("service_category", "product_category", "impact", "urgency")}
    await CourseService(work).triage(ticket_id, forms.built(Triage, {**chosen, **_version(values)}))


async def _assign(work: UnitOfWork, ticket_id: UUID, values: Values) -> None:
    ticket = await ReadingService(work).ticket(ticket_id)
    await DispatchService(work).assign(ticket_id, assignment_of(values, ticket.time_zone or DEFAULT_ZONE))


def assignment_of(values: Values, zone: str) -> Assignment:
    """The assignment from the form's engineer, time window and note.

    Raises:
        Invalid: with the invalid field.
    """
    start, end = forms.window(values, zone)
    return forms.built(
        Assignment,
        {
            "engineer_id": values.get("engineer_id", ""),
            "scheduled_start": start,
            "scheduled_end": end,
            "mode": values.get("mode") or "on_site",
            "note": values.get("note", ""),
            **_version(values),
        },
    )


def _version(values: Values) -> dict[str, str]:
    """The ticket version on which the form was rendered; optional for programs that post forms."""
    return {"version": values["version"]} if values.get("version") else {}


async def _wait(work: UnitOfWork, ticket_id: UUID, values: Values) -> None:
    given = {"reason": values.get("wait_reason", ""), "note": values.get("note", "")}
    await CourseService(work).wait(ticket_id, forms.built(Waiting, given))


async def _resume(work: UnitOfWork, ticket_id: UUID, _: Values) -> None:
    await CourseService(work).resume(ticket_id)


async def _resolve(work: UnitOfWork, ticket_id: UUID, values: Values) -> None:
    given = {
        "work_done": values.get("work_done", ""),
        "cause": values.get("cause", ""),
        "work_minutes": values.get("work_minutes") or "0",
    }
    await VisitService(work).resolve_by_phone(ticket_id, forms.built(Resolution, given))


async def _cancel(work: UnitOfWork, ticket_id: UUID, values: Values) -> None:
    await CourseService(work).cancel(ticket_id, forms.built(Reason, {"reason": values.get("reason", "").strip()}))


async def _confirm(work: UnitOfWork, ticket_id: UUID, _: Values) -> None:
    await ConfirmationService(work).confirm(ticket_id, ConfirmedBy.CALL_BACK)


async def _reopen(work: UnitOfWork, ticket_id: UUID, values: Values) -> None:
    reason = forms.built(Reason, {"reason": values.get("reason", "").strip()})
    await ConfirmationService(work).reopen(ticket_id, reason)


async def _reply(work: UnitOfWork, ticket_id: UUID, values: Values) -> None:
    await CourseService(work).reply(ticket_id, forms.built(Words, {"text": values.get("text", "").strip()}))


async def _note(work: UnitOfWork, ticket_id: UUID, values: Values) -> None:
    await CourseService(work).add_note(ticket_id, forms.built(Words, {"text": values.get("text", "").strip()}))


@post("/workspace/tickets/{ticket_id:uuid}/triage", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def triage(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Triage: categories, and impact and urgency, which give the priority."""
    return await _take(request, ticket_id, Move.TRIAGE, _triage)


@post("/workspace/tickets/{ticket_id:uuid}/assign", permission=Permission.TICKET_ASSIGN, include_in_schema=False)
async def assign(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Assign an engineer with a visit window."""
    return await _take(request, ticket_id, Move.ASSIGN, _assign)


@post("/workspace/tickets/{ticket_id:uuid}/wait", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def wait(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Put the ticket on hold: client, approval, spare part or vendor."""
    return await _take(request, ticket_id, Move.WAIT, _wait)


@post("/workspace/tickets/{ticket_id:uuid}/resume", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def resume(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Resume the ticket after waiting."""
    return await _take(request, ticket_id, Move.RESUME, _resume)


@post("/workspace/tickets/{ticket_id:uuid}/resolve", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def resolve(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Resolve the ticket by telephone."""
    return await _take(request, ticket_id, Move.RESOLVE, _resolve)


@post("/workspace/tickets/{ticket_id:uuid}/cancel", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def cancel(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Cancel the ticket with a reason."""
    return await _take(request, ticket_id, Move.CANCEL, _cancel)


@post("/workspace/tickets/{ticket_id:uuid}/confirm", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def confirm(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Confirm the resolution after a call-back."""
    return await _take(request, ticket_id, Move.CONFIRM, _confirm)


@post("/workspace/tickets/{ticket_id:uuid}/reopen", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def reopen(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Reopen the ticket with a reason."""
    return await _take(request, ticket_id, Move.REOPEN, _reopen)


@post("/workspace/tickets/{ticket_id:uuid}/reply", permission=Permission.TICKET_REPLY, include_in_schema=False)
async def reply(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Add a public reply."""
    return await _take(request, ticket_id, "reply", _reply)


@post("/workspace/tickets/{ticket_id:uuid}/note", permission=Permission.NOTE_WRITE, include_in_schema=False)
async def note(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Add an internal note."""
    return await _take(request, ticket_id, "note", _note)


handlers = [triage, assign, wait, resume, resolve, cancel, confirm, reopen, reply, note]
