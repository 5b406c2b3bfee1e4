"""What this area keeps of an employee: reports, what they wrote, consents and signed reports."""

from typing import Any

from sqlalchemy import delete, select

from app.desk.tickets.models import (
    DataHandlingRecord,
    GoodwillWork,
    ServiceReport,
    Ticket,
    TicketEvent,
    TicketNote,
    Visit,
)
from app.platform.kernel.personal_data import Person


async def erase(person: Person) -> dict[str, int]:
    """Texts lose the person's words, names become the pseudonym; unsigned reports are deleted, and are made again on
    demand."""
    return {
        "ticket": await _tickets(person),
        "ticket_event": await _events(person),
        "ticket_note": await _notes(person),
        "goodwill_work": await _goodwill(person),
        "visit": await person.change(
            Visit,
            person.of_reporter(Visit),
            work_done=person.without(Visit.work_done),
            cause=person.without(Visit.cause),
        ),
        "data_handling_record": await person.change(
            DataHandlingRecord,
            person.of_reporter(DataHandlingRecord),
            person_name=person.without(DataHandlingRecord.person_name),
            remark=person.without(DataHandlingRecord.remark),
        ),
        "service_report": await person.count(
            delete(ServiceReport).where(*person.of_reporter(ServiceReport), ServiceReport.signed_at.is_(None))
        ),
    }


async def _tickets(person: Person) -> int:
    return await person.change(
        Ticket,
        person.of_reporter(Ticket),
        contact_name=person.pseudonym,
        contact_phone="",
        subject=person.without(Ticket.subject),
        description=person.without(Ticket.description),
    )


async def _events(person: Person) -> int:
    mine = person.of_reporter(TicketEvent)
    await person.change(TicketEvent, (*mine, TicketEvent.actor_kind == "reporter"), actor_name=person.pseudonym)
    return await person.change(TicketEvent, mine, text=person.without(TicketEvent.text))


async def _notes(person: Person) -> int:
    tickets = select(Ticket.id).where(*person.of_reporter(Ticket))
    about = (TicketNote.client_id == person.client_id, TicketNote.ticket_id.in_(tickets))
    return await person.change(TicketNote, about, text=person.without(TicketNote.text))


async def _goodwill(person: Person) -> int:
    tickets = select(Ticket.id).where(*person.of_reporter(Ticket))
    about = (GoodwillWork.client_id == person.client_id, GoodwillWork.ticket_id.in_(tickets))
    return await person.change(GoodwillWork, about, reason=person.without(GoodwillWork.reason))


async def tell(person: Person) -> dict[str, list[dict[str, Any]]]:
    """What the person reported, wrote, agreed to and signed; not what colleagues wrote for each other."""
    written = (*person.of_reporter(TicketEvent), TicketEvent.actor_kind == "reporter")
    signed = (*person.of_reporter(ServiceReport), ServiceReport.signed_at.is_not(None))
    return {
        "reports": await person.rows(
            Ticket.number,
            Ticket.reported_at,
            Ticket.subject,
            Ticket.description,
            Ticket.contact_name,
            Ticket.contact_phone,
            Ticket.state,
            where=person.of_reporter(Ticket),
            order=Ticket.reported_at,
        ),
        "words": await person.rows(
            TicketEvent.occurred_at,
            TicketEvent.kind,
            TicketEvent.text,
            where=written,
            order=TicketEvent.occurred_at,
        ),
        "consents": await person.rows(
            DataHandlingRecord.recorded_at,
            DataHandlingRecord.kind,
            DataHandlingRecord.person_name,
            where=person.of_reporter(DataHandlingRecord),
            order=DataHandlingRecord.recorded_at,
        ),
        "signed_reports": await person.rows(
            ServiceReport.number,
            ServiceReport.signed_by,
            ServiceReport.signed_at,
            where=signed,
            order=ServiceReport.signed_at,
        ),
    }
