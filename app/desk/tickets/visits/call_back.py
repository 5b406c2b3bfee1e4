"""Contact to call back about a ticket: the first of its people whose telephone number is known."""

from uuid import UUID

import msgspec
from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.assets.clients.models import Contact, Employee
from app.assets.devices.models import Device
from app.desk.tickets.models import Ticket
from app.people.identity.models import Reporter
from app.platform.kernel.row_scope import WHOLE_TENANT


class CallBackContact(msgspec.Struct, frozen=True):
    """Name and telephone number of the contact; both empty where no number is known."""

    name: str = ""
    phone: str = ""


async def call_back_contact(session: AsyncSession, ticket_id: UUID) -> CallBackContact:
    """The ticket's own contact, else the employee who reported, else the device's holder, else the client's contact.

    Read without the reader's row scope: whoever may read the ticket may see this contact.
    """
    reporting, holding = aliased(Employee), aliased(Employee)
    people = (
        select(
            Ticket.client_id,
            Ticket.site_id,
            Ticket.contact_name,
            Ticket.contact_phone,
            reporting.name.label("reporting_name"),
            reporting.phone.label("reporting_phone"),
            holding.name.label("holding_name"),
            holding.phone.label("holding_phone"),
        )
        .outerjoin(Reporter, and_(Reporter.tenant_id == Ticket.tenant_id, Reporter.id == Ticket.reporter_id))
        .outerjoin(
            reporting,
            and_(
                reporting.tenant_id == Reporter.tenant_id,
                reporting.client_id == Reporter.client_id,
                reporting.id == Reporter.employee_id,
            ),
        )
        .outerjoin(Device, and_(Device.tenant_id == Ticket.tenant_id, Device.id == Ticket.device_id))
        .outerjoin(
            holding,
            and_(
                holding.tenant_id == Device.tenant_id,
                holding.client_id == Device.client_id,
                holding.id == Device.employee_id,
            ),
        )
        .where(Ticket.id == ticket_id)
    )
    row = (await session.execute(people, execution_options=WHOLE_TENANT)).first()
    if row is None:
        return CallBackContact()
    for name, phone in (
        (row.contact_name or row.reporting_name, row.contact_phone),
        (row.reporting_name, row.reporting_phone),
        (row.holding_name, row.holding_phone),
    ):
        if phone:
            return CallBackContact(name or "", phone)
    contact = (
        await session.execute(
            select(Contact.name, Contact.phone)
            .where(Contact.client_id == row.client_id, Contact.state == "active", Contact.phone != "")
            .order_by((Contact.site_id == row.site_id).desc().nulls_last(), Contact.id)
            .limit(1),
            execution_options=WHOLE_TENANT,
        )
    ).first()
    return CallBackContact() if contact is None else CallBackContact(contact.name, contact.phone)
