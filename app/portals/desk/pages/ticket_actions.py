"""The desk's actions on a ticket, each one a form, answered with the updated ticket.

On a domain error, a version conflict with a colleague included, the form comes back with the submitted values over the
current ticket.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from app.desk.tickets import (
    Assignment,
    ConfirmationService,
    ConfirmedBy,
    DeskResolution,
    DispatchService,
    Move,
    Reason,
    TicketMessage,
    TicketQueries,
    Triage,
    TriageService,
    Unassignment,
    VisitService,
    Waiting,
)
from app.platform.http.registration import handlers_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import REQUIRED, FormValues
from app.platform.web.forms import submit
from app.platform.web.pages import translator_of
from app.portals.desk import forms, labels
from app.portals.desk.ticket_record import render_ticket
from rbac import Permission

TicketAction = Callable[[UnitOfWork, UUID, FormValues], Awaitable[None]]


async def _run_action(request: WebRequest, ticket_id: UUID, action: str, change: TicketAction) -> Response[Any]:
    """Run `change` and show the updated ticket."""
    _ = translator_of(request)

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await change(work, ticket_id, form)
        return f"/workspace/tickets/{ticket_id}?done={action}"

    async def show_again(work: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        response = await render_ticket(request, work, ticket_id, error, action=action, values=form)
        response.headers["hx-retarget"] = "#record"
        response.headers["hx-reswap"] = "outerHTML"
        return response

    async def show_done(work: UnitOfWork) -> Response[Any]:
        response = await render_ticket(request, work, ticket_id)
        response.headers["hx-trigger"] = json.dumps({"toast": {"text": _(labels.ACTION_MESSAGES[action])}})
        return response

    return await submit(request, act, show_again, render_done=show_done)


async def _triage(work: UnitOfWork, ticket_id: UUID, values: FormValues) -> None:
    await TriageService(work).triage(ticket_id, values.read(Triage, **forms.severity(values)))


async def _assign(work: UnitOfWork, ticket_id: UUID, values: FormValues) -> None:
    ticket = await TicketQueries(work).ticket(ticket_id)
    await DispatchService(work).assign(ticket_id, assignment_of(values, ticket.time_zone or PLATFORM_ZONE.key))


def assignment_of(values: FormValues, zone: str, **known: Any) -> Assignment:
    """The assignment from the form's engineer, time window and note; `known` is what the form does not say.

    Raises:
        Invalid: with the invalid field.
    """
    start, end = forms.visit_window(values, zone)
    return values.read(Assignment, scheduled_start=start, scheduled_end=end, **known)


async def _unassign(work: UnitOfWork, ticket_id: UUID, values: FormValues) -> None:
    await DispatchService(work).unassign(ticket_id, values.read(Unassignment))


async def _wait(work: UnitOfWork, ticket_id: UUID, values: FormValues) -> None:
    await TriageService(work).wait(ticket_id, values.read(Waiting, reason=values["wait_reason"]))


async def _resume(work: UnitOfWork, ticket_id: UUID, _: FormValues) -> None:
    await TriageService(work).resume(ticket_id)


async def _resolve(work: UnitOfWork, ticket_id: UUID, values: FormValues) -> None:
    if not values["work_minutes"].strip():
        raise Invalid(fields={"work_minutes": REQUIRED})
    await VisitService(work).resolve_from_desk(ticket_id, values.read(DeskResolution))


async def _cancel(work: UnitOfWork, ticket_id: UUID, values: FormValues) -> None:
    await TriageService(work).cancel(ticket_id, values.read(Reason))


async def _confirm(work: UnitOfWork, ticket_id: UUID, _: FormValues) -> None:
    await ConfirmationService(work).confirm(ticket_id, ConfirmedBy.CALL_BACK)


async def _reopen(work: UnitOfWork, ticket_id: UUID, values: FormValues) -> None:
    reason = values.read(Reason)
    await ConfirmationService(work).reopen(ticket_id, reason)


async def _reply(work: UnitOfWork, ticket_id: UUID, values: FormValues) -> None:
    await TriageService(work).reply(ticket_id, values.read(TicketMessage))


async def _note(work: UnitOfWork, ticket_id: UUID, values: FormValues) -> None:
    await TriageService(work).add_note(ticket_id, values.read(TicketMessage))


@post("/workspace/tickets/{ticket_id:uuid}/triage", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def triage(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Triage: categories, and impact and urgency, which give the priority."""
    return await _run_action(request, ticket_id, Move.TRIAGE, _triage)


@post("/workspace/tickets/{ticket_id:uuid}/assign", permission=Permission.TICKET_ASSIGN, include_in_schema=False)
async def assign(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Assign an engineer with a visit window."""
    return await _run_action(request, ticket_id, Move.ASSIGN, _assign)


@post("/workspace/tickets/{ticket_id:uuid}/unassign", permission=Permission.TICKET_ASSIGN, include_in_schema=False)
async def unassign(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Call off the visit that the ticket's state follows."""
    return await _run_action(request, ticket_id, Move.UNASSIGN, _unassign)


@post("/workspace/tickets/{ticket_id:uuid}/wait", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def wait(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Put the ticket on hold: client, approval, spare part or vendor."""
    return await _run_action(request, ticket_id, Move.WAIT, _wait)


@post("/workspace/tickets/{ticket_id:uuid}/resume", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def resume(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Resume the ticket after waiting."""
    return await _run_action(request, ticket_id, Move.RESUME, _resume)


@post("/workspace/tickets/{ticket_id:uuid}/resolve", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def resolve(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Resolve the ticket by telephone."""
    return await _run_action(request, ticket_id, Move.RESOLVE, _resolve)


@post("/workspace/tickets/{ticket_id:uuid}/cancel", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def cancel(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Cancel the ticket with a reason."""
    return await _run_action(request, ticket_id, Move.CANCEL, _cancel)


@post("/workspace/tickets/{ticket_id:uuid}/confirm", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def confirm(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Confirm the resolution after a call-back."""
    return await _run_action(request, ticket_id, Move.CONFIRM, _confirm)


@post("/workspace/tickets/{ticket_id:uuid}/reopen", permission=Permission.TICKET_TRIAGE, include_in_schema=False)
async def reopen(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Reopen the ticket with a reason."""
    return await _run_action(request, ticket_id, Move.REOPEN, _reopen)


@post("/workspace/tickets/{ticket_id:uuid}/reply", permission=Permission.TICKET_REPLY, include_in_schema=False)
async def reply(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Add a public reply."""
    return await _run_action(request, ticket_id, "reply", _reply)


@post("/workspace/tickets/{ticket_id:uuid}/note", permission=Permission.NOTE_WRITE, include_in_schema=False)
async def note(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Add an internal note."""
    return await _run_action(request, ticket_id, "note", _note)


handlers = handlers_of(__name__)
