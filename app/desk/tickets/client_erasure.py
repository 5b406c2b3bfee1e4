"""What becomes of a client's tickets when its company is forgotten: what was wrong and what was done stays, who called
and who spoke does not."""

from app.desk.tickets.models import DataHandlingRecord, Ticket, TicketEvent
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.client_company import Company


async def tickets(company: Company) -> int:
    """Whoever was to be called back, also those who are no employees in our records."""
    return await company.change(
        Ticket,
        company.own(Ticket),
        contact_name="",
        contact_phone="",
        subject=company.without(Ticket.subject),
        description=company.without(Ticket.description),
    )


async def ticket_events(company: Company) -> int:
    """The client's people bear the company's pseudonym, an employee who was erased before their own."""
    of_client = (*company.own(TicketEvent), TicketEvent.actor_kind == ActorKind.CLIENT)
    await company.change(TicketEvent, of_client, actor_name=company.pseudonym)
    return await company.change(TicketEvent, company.own(TicketEvent), text=company.without(TicketEvent.text))


async def data_handling_records(company: Company) -> int:
    """That somebody agreed stays, not who."""
    return await company.change(
        DataHandlingRecord,
        company.own(DataHandlingRecord),
        person_name=company.pseudonym,
        remark=company.without(DataHandlingRecord.remark),
    )
