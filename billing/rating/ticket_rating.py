"""Rating the work of tickets: what their finished visits, incidents and approved quotes cost, each once.

Whatever happens to a ticket, in whatever order it is heard of, leads here: what is due by the facts of the moment is
compared with what stands charged. The same facts again change nothing.
"""

from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.desk.tickets.models import Ticket
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts import AgreedDays, agreed_with_clients, holding_at
from billing.rating.book_prices import HourPrices
from billing.rating.charging import Charged, Source, settle
from billing.rating.held_records import ToHold, hold_records
from billing.rating.models import RatedRecord
from billing.rating.outcomes import Outcome, Unrated
from billing.rating.prepaid_work import PrepaidWork
from billing.rating.quoted import charge_of
from billing.rating.schemas import ChargeDue
from billing.rating.service_hours import calendars_of
from billing.rating.vocabulary import SourceKind
from billing.rating.work_facts import TicketFacts, VisitFacts, facts_of
from billing.rating.work_prices import Decided, book_charge, charges_of_visit, decide, decide_by, incident_charges
from billing.terms import PerIncident, PrepaidBlock


class _Priced(NamedTuple):
    """One visit with what is due of it."""

    visit: VisitFacts
    decided: Decided
    due: list[ChargeDue]


async def rate_tickets(work: UnitOfWork, ticket_ids: Collection[UUID]) -> Charged:
    """Rate what is finished of these tickets, which are held until the commit.

    What the company's own people may see does not matter here: the platform rates.
    """
    rows = await work.session.execute(
        select(Ticket.id, Ticket.client_id, Ticket.reported_at).where(Ticket.id.in_(ticket_ids))
    )
    wanted = [ToHold(SourceKind.TICKET, row.id, row.client_id, platform_day(row.reported_at), row.id) for row in rows]
    held = await hold_records(work, wanted, Outcome.CHARGED)
    tickets = [each for each in await facts_of(work, [source_id for _, source_id in held]) if each.visits]
    return await _Rating(work, held).rate(tickets)


class _Rating:
    """Rates tickets whose records are held."""

    def __init__(self, work: UnitOfWork, held: dict[Source, RatedRecord]) -> None:
        self._work, self._held = work, held
        self._agreed: dict[UUID, list[AgreedDays]] = {}
        self._digests: dict[UUID, str] = {}
        """By the id of the ticket, or of one of its visits."""
        self._holding: dict[UUID, list[AgreedDays]] = {}
        """By the id of a visit."""
        self._hours = HourPrices(work)
        self._prepaid = PrepaidWork(work)

    async def rate(self, tickets: Sequence[TicketFacts]) -> Charged:
        work = self._work
        self._agreed = await agreed_with_clients(work, {ticket.client_id for ticket in tickets})
        changed = [ticket for ticket in tickets if await self._is_changed(ticket)]
        if not changed:
            return Charged()
        self._held |= await hold_records(work, [*_visits_to_hold(changed)], Outcome.UNRATED)
        agreed = [each for ticket in changed for each in self._agreed[ticket.client_id]]
        calendars = await calendars_of(
            work, {named for each in agreed if (named := each.version.terms.calendar_version_id) is not None}
        )
        await self._prepaid.read(agreed)
        sources: list[Source] = []
        due: list[ChargeDue] = []
        goodwill: dict[Source, str] = {}
        # In the order of the work: what was done first draws first from what was paid ahead.
        for ticket in sorted(changed, key=lambda each: (each.visits[0].finished_at, each.id)):
            priced = [await self._visit(ticket, visit, calendars) for visit in ticket.visits]
            sources += [(SourceKind.TICKET, ticket.id), *((SourceKind.VISIT, each.id) for each in ticket.visits)]
            sources += [(SourceKind.QUOTE_LINE, line.line_id) for line in ticket.approved]
            due += [charge for each in priced for charge in each.due] + _of_the_whole(ticket, priced)
            goodwill |= _goodwill(ticket, priced)
            record = self._held[SourceKind.TICKET, ticket.id]
            record.facts, record.rated_at = self._digest(ticket), work.now
        await work.session.flush()
        return await settle(work, sources, due, goodwill)

    async def _is_changed(self, ticket: TicketFacts) -> bool:
        """Whether it differs from what it was rated by, or something was missing then."""
        record = self._held[SourceKind.TICKET, ticket.id]
        return record.facts != self._digest(ticket) or record.outcome == Outcome.UNRATED

    def _digest(self, ticket: TicketFacts, visit: VisitFacts | None = None) -> str:
        """Of the facts of a ticket, or of one of its visits, with the contracts that hold."""
        of = visit.id if visit else ticket.id
        if of not in self._digests:
            visits = (visit,) if visit else ticket.visits
            held = {each.version.version_id: each for one in visits for each in self._on_day_of(ticket, one)}
            agreed = [
                (each.version.version_id, each.days, each.resting)
                for each in self._agreed[ticket.client_id]
                if each.version.version_id in held
            ]
            facts: Any = [msgspec.structs.replace(ticket, visits=visits, resolved_at=None) if visit else ticket, agreed]
            self._digests[of] = sha256(msgspec.json.encode(facts, order="deterministic")).hexdigest()
        return self._digests[of]

    def _on_day_of(self, ticket: TicketFacts, visit: VisitFacts) -> list[AgreedDays]:
        """What holds with the client on the day on which the visit ended, in each contract's zone."""
        if visit.id not in self._holding:
            self._holding[visit.id] = holding_at(self._agreed[ticket.client_id], visit.finished_at)
        return self._holding[visit.id]

    async def _visit(self, ticket: TicketFacts, visit: VisitFacts, calendars: Any) -> _Priced:
        """Decide what a visit costs, and write down what became of it."""
        record = self._held[SourceKind.VISIT, visit.id]
        agreed, facts = self._agreed[ticket.client_id], self._digest(ticket, visit)
        kept = self._prepaid.kept(record, agreed, visit.finished_at) if record.facts == facts else None
        if kept is not None:
            decided = decide_by(ticket, visit, kept.agreed, kept.line, calendars)
        else:
            await self._prepaid.give_back(record)
            left = self._prepaid.left_on(agreed, visit.finished_at)
            holding = self._on_day_of(ticket, visit)
            decided = decide(ticket, visit, holding, calendars, left, charge_rework=bool(record.charged_because))
        missing = 0
        if decided.draws:
            missing = await self._prepaid.draw(record, decided, again=kept is not None)
            if missing and isinstance(decided.line, PrepaidBlock) and decided.line.overage is None:
                decided = msgspec.structs.replace(decided, outcome=Outcome.UNRATED, reason=Unrated.PREPAID_USED_UP)
        due = charges_of_visit(ticket, visit, decided, missing)
        if decided.outcome is Outcome.CHARGED and decided.agreed is None:
            decided, due = await self._by_book(ticket, visit, decided)
        self._write(record, ticket, visit, decided, facts)
        return _Priced(visit, decided, due)

    async def _by_book(
        self, ticket: TicketFacts, visit: VisitFacts, decided: Decided
    ) -> tuple[Decided, list[ChargeDue]]:
        price = await self._hours.of(ticket.service_category, ticket.day_of(visit.finished_at))
        if price is not None:
            return decided, [book_charge(ticket, visit, price)]
        outcome = Outcome.GOODWILL if visit.goodwill else Outcome.UNRATED
        return msgspec.structs.replace(decided, outcome=outcome, reason=Unrated.PRICE_MISSING), []

    def _write(self, record: RatedRecord, ticket: TicketFacts, visit: VisitFacts, decided: Decided, facts: str) -> None:
        version = decided.agreed.version if decided.agreed else None
        record.day = decided.work.matter.day if decided.work else ticket.day_of(visit.finished_at)
        record.outcome, record.reason = decided.outcome, decided.reason
        record.contract_version_id = version.version_id if version else None
        record.line_key = decided.line.key if decided.line else ""
        record.minutes_inside, record.minutes_outside = decided.minutes
        record.facts, record.rated_at = facts, self._work.now
        of_ticket = self._held[SourceKind.TICKET, ticket.id]
        first = ticket.visits[0].id == visit.id
        # A ticket of which something is missing is rated again whenever it is looked at.
        missing = decided.outcome is Outcome.UNRATED or (not first and of_ticket.outcome == Outcome.UNRATED)
        of_ticket.outcome = Outcome.UNRATED if missing else Outcome.CHARGED


def _visits_to_hold(tickets: Sequence[TicketFacts]) -> list[ToHold]:
    return [
        ToHold(SourceKind.VISIT, visit.id, ticket.client_id, ticket.day_of(visit.finished_at), ticket.id)
        for ticket in tickets
        for visit in ticket.visits
    ]


def _of_the_whole(ticket: TicketFacts, priced: Sequence[_Priced]) -> list[ChargeDue]:
    """What a ticket costs once it has been resolved, however many visits it took, and if it is opened again."""
    if ticket.resolved_at is None:
        return []
    by_incident = next((each.decided for each in priced if isinstance(each.decided.line, PerIncident)), None)
    last = ticket.day_of(ticket.visits[-1].finished_at)
    quoted = [
        msgspec.structs.replace(
            charge_of(line, last),
            site_id=ticket.site_id,
            department_id=ticket.department_id,
            device_id=ticket.device_id,
        )
        for line in ticket.approved
    ]
    owed = [] if by_incident is None or ticket.settled_before else incident_charges(ticket, by_incident)
    return [*owed, *quoted]


def _goodwill(ticket: TicketFacts, priced: Sequence[_Priced]) -> dict[Source, str]:
    """What is waived from the beginning: visits that were finished so; the price of the incident where all were."""
    waived: dict[Source, str] = {
        (SourceKind.VISIT, each.visit.id): each.visit.goodwill for each in priced if each.visit.goodwill
    }
    charged = [each.visit for each in priced if each.decided.outcome is not Outcome.REWORK]
    if charged and all(visit.goodwill for visit in charged):
        waived[SourceKind.TICKET, ticket.id] = charged[0].goodwill
    return waived
