"""The queue as a list: views as tabs, filters, columns, and what can be done with many tickets at once.

Its rows come by the repository's prepared statements, so its filters name no conditions in SQL.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.agreements.sla import Priority
from app.assets.clients.models import Client
from app.desk.engineers import EngineerState
from app.desk.engineers.models import Engineer
from app.desk.tickets.lifecycle import OPEN_STATES, OPEN_VISIT_STATES, STATE_NAMES, TicketState, VisitMode
from app.desk.tickets.models import Ticket
from app.desk.tickets.queries.tickets import TicketQueries
from app.desk.tickets.repository import NULLABLE, SORT_COLUMNS
from app.desk.tickets.schemas import Assignment, TicketFilter, TicketMessage, TicketSummary, Unassignment, Waiting
from app.desk.tickets.visits.dispatch import DispatchService, default_visit_window
from app.desk.tickets.workflow.workflow import TriageService
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import BulkAction, BulkField, Choices, Column, Filter, Found, RecordList, Wanted
from app.platform.promises import WAIT_NAMES, WaitReason
from app.platform.web.form_values import CHOOSE, REQUIRED, FormValues
from rbac import Permission

UNASSIGNED: Final = (TicketState.NEW, TicketState.TRIAGED, TicketState.REOPENED)
OPEN: Final = tuple(sorted(OPEN_STATES))
DUE_SOON: Final = timedelta(hours=1)
ME: Final = "me"
_AT_WORK: Final = (
    TicketState.ASSIGNED,
    TicketState.ACCEPTED,
    TicketState.EN_ROUTE,
    TicketState.ON_SITE,
    TicketState.REMOTE,
)
_OVER: Final = (TicketState.CONFIRMED, TicketState.CLOSED, TicketState.CANCELLED)


class QueueView(NamedTuple):
    """A tab of the queue; `label` is a source text."""

    key: str
    label: str
    states: tuple[TicketState, ...]
    overdue: bool = False
    soon: bool = False
    counted: bool = True


QUEUE_VIEWS: Final = {
    view.key: view
    for view in (
        QueueView("open", N_("进行中"), OPEN),
        QueueView("overdue", N_("已超时"), OPEN, overdue=True),
        QueueView("soon", N_("1 小时内到时"), OPEN, soon=True),
        QueueView("unassigned", N_("待派单"), UNASSIGNED),
        QueueView("working", N_("处理中"), _AT_WORK),
        QueueView("waiting", N_("等待中"), (TicketState.WAITING,)),
        QueueView("resolved", N_("待确认"), (TicketState.RESOLVED,)),
        QueueView("done", N_("已结束"), _OVER, counted=False),
    )
}


def queue_view(values: Mapping[str, Any]) -> QueueView:
    """The tab that is open."""
    return QUEUE_VIEWS.get(values.get("view") or "open", QUEUE_VIEWS["open"])


def queue_filter(work: UnitOfWork, values: Mapping[str, Any], text: str, *, whole: bool = False) -> TicketFilter:
    """What the filters say; `whole`: over all states that the tabs count, whichever is open."""
    view, state, engineer = queue_view(values), values.get("state"), values.get("engineer")
    states: tuple[TicketState, ...] = (TicketState(state),) if state else view.states
    due_before = {view.overdue: work.now, view.soon: work.now + DUE_SOON}.get(True)
    return TicketFilter(
        states=(*OPEN, TicketState.RESOLVED) if whole else states,
        priorities=(values["priority"],) if values.get("priority") else (),
        client_id=values.get("client"),
        engineer_id=work.actor.engineer_id if engineer == ME else engineer,
        text=text,
        due_from=work.now if view.soon and not whole else None,
        due_before=None if whole else due_before,
    )


async def _rows(work: UnitOfWork, wanted: Wanted) -> Found[TicketSummary]:
    found = await TicketQueries(work).in_order(
        queue_filter(work, wanted.values, wanted.text), wanted.sort, place=wanted.place, limit=wanted.limit
    )
    return with_sort_values(found, wanted.sort)


def with_sort_values(rows: Sequence[TicketSummary], sort: str) -> Found[TicketSummary]:
    """The rows with what they are sorted by."""
    name = sort.removeprefix("-")
    return [(row, _PLACES[row.state] if name == "state" else getattr(row, name)) for row in rows]


_PLACES: Final = {state: place for place, state in enumerate(TicketState)}


def _engineer_id(text: str) -> UUID | str:
    return ME if text == ME else UUID(text)


async def _clients(work: UnitOfWork, _: Mapping[str, str]) -> Choices:
    statement = select(Client.id, Client.short_name).where(Client.state == "active").order_by(Client.short_name)
    return [(str(client_id), name) for client_id, name in await work.session.execute(statement)]


async def _engineers(work: UnitOfWork, _: Mapping[str, str]) -> Choices:
    own = [(ME, translator(work.actor.language)(N_("派给我的")))] if work.actor.may(Permission.VISIT_WORK) else []
    return [*own, *await _assignable(work)]


async def _assignable(work: UnitOfWork) -> Choices:
    statement = (
        select(Engineer.id, Engineer.display_name)
        .where(Engineer.state == EngineerState.ACTIVE)
        .order_by(Engineer.display_name, Engineer.id)
    )
    return [(str(engineer_id), name) for engineer_id, name in await work.session.execute(statement)]


async def _states(work: UnitOfWork, values: Mapping[str, str]) -> Choices:
    states, translate = queue_view(values).states, translator(work.actor.language)
    return [(state.value, translate(STATE_NAMES[state])) for state in states] if len(states) > 1 else []


class _AssignedBefore(msgspec.Struct, frozen=True, array_like=True):
    """What taking an assignment back needs: its visit, the ticket's version after it, what the ticket waited for, and
    the visits whose place it took, as (engineer, start, end, mode)."""

    version: int
    visit_id: UUID
    wait_reason: str
    replaced: list[tuple[UUID, datetime, datetime, VisitMode]]


async def _assign(_: WebRequest, work: UnitOfWork, ticket_id: UUID, form: FormValues) -> _AssignedBefore:
    if not form["engineer"]:
        raise Invalid(fields={"engineer": CHOOSE})
    start, end = default_visit_window(work.now)
    given = {"engineer_id": form["engineer"], "scheduled_start": start, "scheduled_end": end}
    try:
        assignment = msgspec.convert(given, Assignment)
    except msgspec.ValidationError as error:
        raise Invalid(fields={"engineer": CHOOSE}) from error
    before = await TicketQueries(work).ticket(ticket_id)
    visit_id = await DispatchService(work).assign(ticket_id, assignment)
    replaced = [
        (visit.engineer_id, visit.scheduled_start, visit.scheduled_end, VisitMode(visit.mode))
        for visit in before.visits
        if visit.state in OPEN_VISIT_STATES and visit.engineer_id is not None
    ]
    version = (await TicketQueries(work).ticket(ticket_id)).version
    return _AssignedBefore(version, visit_id, before.wait_reason, replaced)


async def _undo_assign(_: WebRequest, work: UnitOfWork, ticket_id: UUID, stored: Any) -> None:
    """The visits whose place the assignment took are planned again; they are to be accepted again, too."""
    before, dispatch = msgspec.convert(stored, _AssignedBefore), DispatchService(work)
    await dispatch.unassign(ticket_id, Unassignment(visit_id=before.visit_id, version=before.version))
    for engineer_id, start, end, mode in before.replaced:
        again = Assignment(engineer_id=engineer_id, scheduled_start=start, scheduled_end=end, mode=mode, beside=True)
        await dispatch.assign(ticket_id, again)
    if before.wait_reason:
        await TriageService(work).wait(ticket_id, Waiting(WaitReason(before.wait_reason)))


async def _wait(_: WebRequest, work: UnitOfWork, ticket_id: UUID, form: FormValues) -> int:
    """The version afterwards: only what nobody has touched since goes on again."""
    if form["reason"] not in set(WaitReason):
        raise Invalid(fields={"reason": CHOOSE})
    await TriageService(work).wait(ticket_id, Waiting(WaitReason(form["reason"]), form["note"].strip()))
    return (await TicketQueries(work).ticket(ticket_id)).version


async def _undo_wait(_: WebRequest, work: UnitOfWork, ticket_id: UUID, version: int) -> None:
    triage = TriageService(work)
    await triage.workflow.ticket(ticket_id, version)
    await triage.resume(ticket_id)


async def _resume(_: WebRequest, work: UnitOfWork, ticket_id: UUID, __: FormValues) -> tuple[int, str]:
    """The version afterwards, and what the ticket waited for."""
    reason = (await TicketQueries(work).ticket(ticket_id)).wait_reason
    await TriageService(work).resume(ticket_id)
    return (await TicketQueries(work).ticket(ticket_id)).version, reason


async def _undo_resume(_: WebRequest, work: UnitOfWork, ticket_id: UUID, before: tuple[int, str]) -> None:
    version, reason = before
    triage = TriageService(work)
    await triage.workflow.ticket(ticket_id, version)
    await triage.wait(ticket_id, Waiting(WaitReason(reason)))


async def _note(_: WebRequest, work: UnitOfWork, ticket_id: UUID, form: FormValues) -> None:
    text = form["text"].strip()
    if not text:
        raise Invalid(fields={"text": REQUIRED})
    await TriageService(work).add_note(ticket_id, TicketMessage(text))


def _column(key: str, label: str, **more: Any) -> Column:
    return Column(key=key, label=label, sort=SORT_COLUMNS.get(key), nullable=key in NULLABLE, **more)


TICKETS: Final = RecordList(
    key="tickets",
    label=N_("服务单"),
    base="/workspace/tickets",
    permission=Permission.TICKET_READ,
    record_kind="ticket",
    id=Ticket.id,
    title=Ticket.number,
    columns=(
        _column("priority", N_("级"), narrow=True, width=6),
        _column("subject", N_("问题"), main=True, width=40),
        _column("number", N_("单号"), shown=False, narrow=True),
        _column("client_name", N_("客户"), shown=False),
        _column("device_number", N_("设备"), shown=False, narrow=True),
        _column("contact_name", N_("报修人"), shown=False, narrow=True),
        _column("state", N_("状态"), names=STATE_NAMES, narrow=True, width=12),
        _column("due_at", N_("承诺"), note=N_("（工作时间）"), narrow=True),
        _column("engineer_name", N_("工程师"), narrow=True, width=12),
        _column("reported_at", N_("报修"), falling=True, narrow=True, optional=True),
        _column("resolved_at", N_("解决"), falling=True, narrow=True, shown=False),
        _column("rating", N_("评价"), falling=True, number=True, shown=False, width=8),
    ),
    sort="due_at",
    sort_by_values=lambda values: "-reported_at" if queue_view(values).key == "done" else "due_at",
    rows=_rows,
    filters=(
        Filter(key="view", names={view.key: view.label for view in QUEUE_VIEWS.values()}),
        Filter(key="client", label=N_("全部客户"), read=UUID, choices=_clients),
        Filter(key="engineer", label=N_("全部工程师"), read=_engineer_id, choices=_engineers),
        Filter(key="priority", label=N_("全部优先级"), names={each.value: each.value for each in Priority}),
        Filter(key="state", label=N_("全部状态"), names=STATE_NAMES, choices=_states),
    ),
    matches=None,
    search_label=N_("单号、问题、报修人、客户或设备"),
    bulk=(
        BulkAction(
            key="assign",
            label=N_("派单"),
            icon="user-check",
            permission=Permission.TICKET_ASSIGN,
            act=_assign,
            undo=_undo_assign,
            done=N_("已派出 %(count)s 张服务单，从下一刻钟起两小时。"),
            fields=(BulkField(name="engineer", label=N_("工程师"), choices=_assignable),),
        ),
        BulkAction(
            key="wait",
            label=N_("转为等待"),
            icon="clock-pause",
            permission=Permission.TICKET_TRIAGE,
            act=_wait,
            undo=_undo_wait,
            done=N_("%(count)s 张服务单已转为等待。"),
            fields=(
                BulkField(name="reason", label=N_("等什么"), names=WAIT_NAMES),
                BulkField(name="note", label=N_("给客户的说明")),
            ),
        ),
        BulkAction(
            key="resume",
            label=N_("恢复处理"),
            icon="player-play",
            permission=Permission.TICKET_TRIAGE,
            act=_resume,
            undo=_undo_resume,
            done=N_("%(count)s 张服务单已恢复处理。"),
        ),
        BulkAction(
            key="note",
            label=N_("内部备注"),
            icon="note",
            permission=Permission.NOTE_WRITE,
            act=_note,
            done=N_("%(count)s 张服务单加了备注。"),
            fields=(BulkField(name="text", label=N_("只有自己公司的人看得到"), longest=4_000),),
        ),
    ),
)
