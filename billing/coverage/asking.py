"""Asking the contracts about tickets, after the commit that made or changed them; one answer at a time for a ticket."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import and_, select
from sqlalchemy.dialects.postgresql import insert

from app.agreements.catalogue import Symptom, classify
from app.assets.devices.models import Device
from app.desk.tickets import OPEN_STATES
from app.desk.tickets.models import Ticket
from app.platform.kernel.live_updates import Change
from app.platform.kernel.row_scope import WHOLE_TENANT
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts import CoverageAnswer, CoverageQuestion, coverage_answer
from billing.coverage.models import TicketCoverage, TicketCoverageReason
from billing.coverage.schemas import AskedAbout
from billing.coverage.texts import OVERRIDE, client_note
from billing.terms import CoverageState

_SYMPTOMS: Final = frozenset(Symptom)

_TICKETS: Final = select(
    Ticket.id,
    Ticket.client_id,
    Ticket.device_id,
    Ticket.site_id,
    Ticket.service_category,
    Ticket.product_category,
    Ticket.symptom,
    Ticket.reported_at,
    Device.category.label("device_category"),
).outerjoin(Device, and_(Device.tenant_id == Ticket.tenant_id, Device.id == Ticket.device_id))


class Answered(NamedTuple):
    """What is written down as the answer about a ticket."""

    state: CoverageState
    reason: str
    asked: AskedAbout
    contract: CoverageAnswer | None = None
    explanation: str = ""
    decided_by: UUID | None = None
    decided_by_name: str = ""


async def ask_about(
    work: UnitOfWork, ticket_ids: Collection[UUID], *, anew: bool = False, over_members: bool = False
) -> None:
    """Answer for tickets whose question is another than the last one, or `anew` for all of them: where the contracts
    have changed. What a member said stands until the question is another, or `over_members` until somebody asks again.

    A row of the ticket's coverage is locked before the ticket is read: of two who answer at once the later one has
    read what the earlier one had not.
    """
    rows = await locked_coverage(work, ticket_ids)
    last = await _last_reasons(work, rows)
    tickets = await work.session.execute(_TICKETS.where(Ticket.id.in_(rows)), execution_options=WHOLE_TENANT)
    for ticket in sorted(tickets, key=lambda each: each.id):
        before, asked = last.get(ticket.id), question_of(ticket)
        same = before is not None and before.question == msgspec.to_builtins(asked)
        if before is not None and same and (not anew or (before.reason == OVERRIDE and not over_members)):
            continue
        answer = await coverage_answer(work, _to_contracts(ticket, asked))
        if same and before is not None and _says_the_same(before, answer):
            continue
        await write_answer(work, rows[ticket.id], Answered(answer.state, answer.reason, asked, answer))


async def open_tickets_of(work: UnitOfWork, client_ids: Collection[UUID]) -> Sequence[UUID]:
    """The tickets of these clients whose work is not done: those that a change of the contract still concerns."""
    found = await work.session.scalars(
        select(Ticket.id).where(Ticket.client_id.in_(client_ids), Ticket.state.in_(OPEN_STATES)).order_by(Ticket.id)
    )
    return found.all()


async def locked_coverage(work: UnitOfWork, ticket_ids: Collection[UUID]) -> dict[UUID, TicketCoverage]:
    """The rows of these tickets, made where there are none, locked in one order until the end of the transaction."""
    known = TicketCoverage.ticket_id.in_(ticket_ids)
    have = set(await work.session.scalars(select(TicketCoverage.ticket_id).where(known)))
    missing = await work.session.execute(
        select(Ticket.id, Ticket.client_id).where(Ticket.id.in_(set(ticket_ids) - have)).order_by(Ticket.id)
    )
    rows = [_empty(work, ticket_id, client_id) for ticket_id, client_id in missing]
    if rows:
        await work.session.execute(insert(TicketCoverage).values(rows).on_conflict_do_nothing())
    found = await work.session.scalars(
        select(TicketCoverage).where(known).order_by(TicketCoverage.ticket_id).with_for_update()
    )
    return {row.ticket_id: row for row in found}


async def write_answer(work: UnitOfWork, row: TicketCoverage, answer: Answered) -> None:
    """Put the answer and its reason under the locked row; open pages of the ticket draw it."""
    number = answer.contract.contract_number if answer.contract else ""
    revision = row.revision + 1
    work.session.add(
        TicketCoverageReason(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=row.client_id,
            ticket_id=row.ticket_id,
            revision=revision,
            answer=answer.state,
            reason=answer.reason,
            contract_id=answer.contract.contract_id if answer.contract else None,
            contract_version_id=answer.contract.version_id if answer.contract else None,
            contract_number=number,
            line_key=answer.contract.line_key if answer.contract else "",
            line_name=answer.contract.line_name if answer.contract else "",
            question=msgspec.to_builtins(answer.asked),
            explanation=answer.explanation,
            decided_at=work.now,
            decided_by=answer.decided_by,
            decided_by_name=answer.decided_by_name,
        )
    )
    row.answer, row.note = answer.state, client_note(answer.state, answer.reason)
    row.contract_number, row.decided_at, row.revision = number, work.now, revision
    await work.session.flush()
    work.announce(Change(kind="ticket", id=row.ticket_id, client_id=row.client_id))


def question_of(ticket: Any) -> AskedAbout:
    """What is asked about a ticket; of one that nobody has classified the categories follow from symptom and device."""
    service, product = ticket.service_category, ticket.product_category
    if service:
        return AskedAbout(ticket.device_id, ticket.site_id, service, product)
    symptom = Symptom(ticket.symptom) if ticket.symptom in _SYMPTOMS else Symptom.OTHER
    guess = classify(symptom, ticket.device_category or "")
    return AskedAbout(
        ticket.device_id, ticket.site_id, guess.service_category, product or guess.product_category, proposed=True
    )


def _to_contracts(ticket: Any, asked: AskedAbout) -> CoverageQuestion:
    return CoverageQuestion(
        client_id=ticket.client_id,
        site_id=asked.site_id,
        device_id=asked.device_id,
        product_category=asked.product_category,
        service_category=asked.service_category,
        at=ticket.reported_at,
    )


async def _last_reasons(work: UnitOfWork, rows: Mapping[UUID, TicketCoverage]) -> dict[UUID, TicketCoverageReason]:
    found = await work.session.scalars(
        select(TicketCoverageReason)
        .join(
            TicketCoverage,
            and_(
                TicketCoverage.tenant_id == TicketCoverageReason.tenant_id,
                TicketCoverage.ticket_id == TicketCoverageReason.ticket_id,
                TicketCoverage.revision == TicketCoverageReason.revision,
            ),
        )
        .where(TicketCoverageReason.ticket_id.in_(rows))
    )
    return {reason.ticket_id: reason for reason in found}


def _says_the_same(before: TicketCoverageReason, answer: CoverageAnswer) -> bool:
    said = (before.answer, before.reason, before.contract_version_id, before.line_key)
    return said == (answer.state, answer.reason, answer.version_id, answer.line_key)


def _empty(work: UnitOfWork, ticket_id: UUID, client_id: UUID) -> dict[str, object]:
    return {
        "tenant_id": work.tenant_id,
        "id": work.new_id(),
        "client_id": client_id,
        "ticket_id": ticket_id,
        "answer": "",
        "note": "",
        "contract_number": "",
        "decided_at": work.now,
        "revision": 0,
    }
