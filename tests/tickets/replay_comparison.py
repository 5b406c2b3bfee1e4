"""Comparing tickets made by the services with the same tickets written by the replay, table by table."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.agreements.sla.models import ClockInterval, ClockRecord, Escalation
from app.demo.simulation import Simulation
from app.desk.surveys import RatingCreate, SurveyChannel, SurveyService, replay_answers
from app.desk.surveys.models import SurveyResponse
from app.desk.tickets import (
    Assignment,
    ConfirmationService,
    DeskResolution,
    DispatchService,
    Reason,
    Resolution,
    TicketCreate,
    TicketCreation,
    TicketMessage,
    TicketsReplayed,
    Triage,
    TriageService,
    Unassignment,
    VisitMode,
    VisitService,
    Waiting,
)
from app.desk.tickets.models import Ticket, TicketEvent, TicketNote, Visit
from app.desk.tickets.replay import (
    Accepted,
    AnyStep,
    Arrived,
    Assigned,
    Cancelled,
    Confirmed,
    Connected,
    Declined,
    Departed,
    Noted,
    Person,
    Rated,
    Reopened,
    Replay,
    ReplayedTicket,
    Replied,
    Resolved,
    TicketTimeline,
    Triaged,
    Unassigned,
    WaitBegun,
    WaitEnded,
)
from app.platform.kernel.actor import Actor
from app.platform.kernel.model import Model, TenantModel
from app.platform.kernel.outbox import LANES, ConsumedEvent, DueEntry, OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.worker import all_consumers, all_sweeps
from billing.coverage.models import TicketCoverage, TicketCoverageReason
from billing.rating.models import Charge, RatedRecord
from migrations.registry import mapped_classes
from tenants.partner_metrics.models import QualityRollup
from tests.factories.background import deliver_event
from tests.factories.network import ClientCompany, Network, PartnerCompany

NOT_COMPARED_TABLES = (OutboxEvent, ConsumedEvent)
"""Tables that are not compared: a replay publishes one event for the batch instead of one for each step."""

OF_LIVED_TICKETS = frozenset(
    model.__tablename__ for model in (TicketCoverage, TicketCoverageReason, RatedRecord, Charge)
)
"""Tables that only lived tickets fill: nothing of a replayed past falls due (docs/ticket-import.md), so contracts are
not asked about it and its work is not rated. Any row of them for a replayed past is a difference."""

NOT_COMPARED_COLUMNS: dict[type[Model], tuple[str, ...]] = {
    Ticket: ("follow_token",),  # a secret of its own
    QualityRollup: ("updated_at",),  # when the figures were brought up to date, not when something happened
}
"""Columns that are not compared."""


@dataclass
class ReplayPartner:
    """One partner with the people and things that a timeline names; two of them differ in their ids only."""

    company: PartnerCompany
    client: ClientCompany
    device_id: UUID
    reporter: Actor
    engineers: tuple[Actor, Actor]

    @classmethod
    async def make(cls, network: Network, **terms: Any) -> "ReplayPartner":
        company = await network.partner()
        await network.service_level(company, **terms)
        client = await network.client(company)
        device_id, reporter = await network.device(client, "PC-0361")
        first, second = [await network.engineer(company, name) for name in ("张师傅", "黄师傅")]
        return cls(company, client, device_id, reporter, (first, second))

    @property
    def actors(self) -> list[Actor]:
        return [self.reporter, self.client.contact, self.company.dispatcher, self.company.owner, *self.engineers]

    def actor(self, person: Person) -> Actor:
        """The actor of a timeline's person."""
        return next(each for each in self.actors if Person.of(each) == person)


class ServiceRun:
    """Runs timelines through the services, each step at its own time, with everything that falls due in between."""

    def __init__(self, runtime: Runtime, clock: SettableClock, replay_partner: ReplayPartner) -> None:
        self.runtime, self.clock, self.replay_partner = runtime, clock, replay_partner
        self.simulation = Simulation(runtime, clock, all_consumers(), all_sweeps())
        self.tickets: dict[int, UUID] = {}
        self.visits: dict[int, UUID] = {}
        self.begun: set[UUID] = set()

    async def live(self, timelines: Sequence[TicketTimeline], until: datetime) -> None:
        acts: list[tuple[datetime, int, int, AnyStep | None]] = []
        for number, timeline in enumerate(timelines):
            acts.append((timeline.reported_at, number, -1, None))
            acts += [(step.at, number, place, step) for place, step in enumerate(timeline.steps)]
        for moment, number, _, step in sorted(acts, key=lambda act: act[:3]):
            await self.simulation.advance_to(moment)
            if step is None:
                await self._report(number, timelines[number])
            else:
                await self._take(number, step)
        await self.simulation.advance_to(until)

    async def _report(self, number: int, timeline: TicketTimeline) -> None:
        async with self.runtime.units_of_work.begin(self.replay_partner.actor(timeline.reported_by)) as work:
            made = await TicketCreation(work).create(
                TicketCreate(
                    subject=timeline.subject,
                    client_id=timeline.client_id,
                    device_id=timeline.device_id,
                    description=timeline.description,
                    impact=timeline.impact,
                    urgency=timeline.urgency,
                    symptom=timeline.symptom,
                    contact_name=timeline.contact_name,
                    contact_phone=timeline.contact_phone,
                ),
                timeline.channel,
            )
        self.tickets[number] = made.id

    async def _take(self, number: int, step: AnyStep) -> None:
        ticket_id, actor = self.tickets[number], self.replay_partner.actor(step.by)
        async with self.runtime.units_of_work.begin(actor) as work:
            triage_service, visits, confirmation = TriageService(work), VisitService(work), ConfirmationService(work)
            visit_id = self.visits.get(number)
            match step:
                case Triaged():
                    classification = Triage(step.service_category, step.product_category, step.impact, step.urgency)
                    await triage_service.triage(ticket_id, classification)
                case Assigned(engineer_id=UUID() as engineer_id):
                    wish = Assignment(
                        engineer_id, step.scheduled_start, step.scheduled_end, VisitMode(step.mode), step.note
                    )
                    self.visits[number] = await DispatchService(work).assign(ticket_id, wish)
                case Accepted() if visit_id:
                    await visits.accept(visit_id)
                case Declined() if visit_id:
                    await visits.decline(visit_id, Reason(step.reason))
                    del self.visits[number]
                case Unassigned():
                    await DispatchService(work).unassign(ticket_id, Unassignment(reason=step.reason))
                    del self.visits[number]
                case Departed() if visit_id:
                    await visits.depart(visit_id)
                case Arrived() if visit_id:
                    await visits.arrive(visit_id)
                    self.begun.add(visit_id)
                case Connected() if visit_id:
                    await visits.connect(visit_id)
                    self.begun.add(visit_id)
                case WaitBegun():
                    await triage_service.wait(ticket_id, Waiting(step.reason, step.note))
                    if visit_id in self.begun:
                        del self.visits[number]  # work that began ends with the waiting
                case WaitEnded():
                    await triage_service.resume(ticket_id)
                case Resolved():
                    done = Resolution(step.work_done, step.cause, step.work_minutes)
                    if visit_id:
                        await visits.resolve(visit_id, done)
                        del self.visits[number]
                    else:
                        by_desk = DeskResolution(step.work_done, step.cause, step.work_minutes)
                        await visits.resolve_from_desk(ticket_id, by_desk)
                case Confirmed():
                    await confirmation.confirm(ticket_id, step.how)
                case Reopened():
                    await confirmation.reopen(ticket_id, Reason(step.reason))
                case Cancelled():
                    await triage_service.cancel(ticket_id, Reason(step.reason))
                case Replied():
                    await triage_service.reply(ticket_id, TicketMessage(step.text))
                case Noted():
                    await triage_service.add_note(ticket_id, TicketMessage(step.text))
                case Rated():
                    channel = SurveyChannel(step.channel)
                    await SurveyService(work).rate(ticket_id, RatingCreate(step.score, step.comment), channel)
                case _:
                    raise AssertionError(step)


async def replayed(
    runtime: Runtime, replay_partner: ReplayPartner, timelines: Sequence[TicketTimeline]
) -> list[ReplayedTicket]:
    """Write the timelines in bulk and update headquarters' figures."""
    async with runtime.units_of_work.begin(replay_partner.company.system) as work:
        tickets = await Replay(work, audit_moves=True).write(timelines)
        await replay_answers(work, tickets, audit_moves=True)
    await bring_figures_up_to_date(runtime, replay_partner.company.id)
    return tickets


async def bring_figures_up_to_date(runtime: Runtime, tenant_id: UUID) -> None:
    """Hand the batches' events to their consumer."""
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        events = list(
            await work.session.scalars(select(OutboxEvent.id).where(OutboxEvent.topic == TicketsReplayed.topic))
        )
    for event_id in events:
        await deliver_event(runtime, tenant_id, event_id, "partner_metrics.record_replay")


Rows = dict[str, list[dict[str, Any]]]


async def records(runtime: Runtime, replay_partner: ReplayPartner) -> Rows:
    """Everything that the tenant's tables hold, by table, with ids replaced by what they stand for."""
    names = _names_of(replay_partner)
    found: dict[type[TenantModel], list[dict[str, Any]]] = {}
    async with runtime.units_of_work.begin(replay_partner.company.system) as work:
        for _, model in sorted(mapped_classes().items()):
            if not issubclass(model, TenantModel) or model in NOT_COMPARED_TABLES:
                continue
            columns = [getattr(model, column.key) for column in model.__mapper__.column_attrs]
            rows = await work.session.execute(select(*columns).order_by(model.id))
            found[model] = [dict(row._mapping) for row in rows]
    names |= _names_of_rows(found)
    counted = {model: [row for row in rows if _counts(model, row)] for model, rows in found.items()}
    return {
        model.__tablename__: _ordered(model, [_comparable(model, row, names) for row in rows])
        for model, rows in counted.items()
        if rows and model.__tablename__ not in FIXTURE_TABLES
    }


FIXTURE_TABLES = frozenset(
    {
        "calendar_exception",
        "client",
        "department",
        "device",
        "employee",
        "engineer",
        "membership",
        "reporter",
        "service_calendar",
        "service_calendar_version",
        "site",
        "sla_assignment",
        "sla_policy",
        "sla_policy_version",
        "tenant_profile",
    }
)
"""Tables of the fixtures, which are not compared."""


def _counts(model: type[Model], row: dict[str, Any]) -> bool:
    return model is not DueEntry or row["kind"] not in LANES


def _names_of(replay_partner: ReplayPartner) -> dict[UUID, str]:
    names = {
        replay_partner.company.id: "tenant",
        replay_partner.client.id: "client",
        replay_partner.client.site_id: "site",
        replay_partner.client.department_id: "department",
        replay_partner.device_id: "device",
    }
    for place, actor in enumerate(replay_partner.actors):
        for what in ("account_id", "membership_id", "reporter_id"):
            if (id_ := getattr(actor, what)) is not None:
                names[id_] = f"{what} {place}"
    return names


def _names_of_rows(found: dict[type[TenantModel], list[dict[str, Any]]]) -> dict[UUID, str]:
    names: dict[UUID, str] = {}
    for model, rows in found.items():
        if model.__tablename__.endswith("_version"):
            names |= {row["id"]: model.__tablename__ for row in rows}
    names |= {row["id"]: row["number"] for row in found[Ticket]}
    names |= {row["id"]: f"{names[row['ticket_id']]} {row['kind']}" for row in found[ClockRecord]}
    seen: defaultdict[str, int] = defaultdict(int)
    for row in found[Visit]:
        ticket = names[row["ticket_id"]]
        seen[ticket] += 1
        names[row["id"]] = f"{ticket} visit {seen[ticket]}"
    return names


_NAMED = frozenset({Ticket, ClockRecord, Visit})
_TIMELINES = frozenset({TicketEvent, TicketNote})


def _comparable(model: type[Model], row: dict[str, Any], names: dict[UUID, str]) -> dict[str, Any]:
    row_by_name = {
        name: _named(value, names) for name, value in row.items() if name not in NOT_COMPARED_COLUMNS.get(model, ())
    }
    if model not in _NAMED and row.get("id") not in names:
        del row_by_name["id"]
    return row_by_name


def _named(value: Any, names: dict[UUID, str]) -> Any:
    return names.get(value, f"unknown {value}") if isinstance(value, UUID) else value


def _ordered(model: type[Model], rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Timelines in the order in which they are read (rows came by id); everything else in any one order."""
    if model in _TIMELINES:
        return sorted(rows, key=lambda row: (row["ticket_id"], row["occurred_at"]))
    return sorted(rows, key=lambda row: sorted((name, str(value)) for name, value in row.items()))


def differences(lived: Rows, written: Rows) -> list[str]:
    """The differences: table, column, both values."""
    lived_tables = lived.keys() - OF_LIVED_TICKETS
    found = [f"{table}: lived only: {lived[table]}" for table in lived_tables - written.keys()]
    found += [f"{table}: written only: {written[table]}" for table in written.keys() - lived_tables]
    for table in lived_tables & written.keys():
        if len(lived[table]) != len(written[table]):
            found.append(f"{table}: {len(lived[table])} rows lived, {len(written[table])} written")
        for before, after in zip(lived[table], written[table], strict=False):
            found += [
                f"{table} {before.get('id') or before.get('ticket_id')}: {name} {before[name]!r} {after.get(name)!r}"
                for name in before
                if before[name] != after.get(name)
            ]
    return sorted(found)


WRITTEN = (
    Ticket,
    TicketEvent,
    TicketNote,
    Visit,
    ClockRecord,
    ClockInterval,
    Escalation,
    SurveyResponse,
)
"""Tables that a good set of courses fills: a comparison of nothing with nothing proves nothing."""
