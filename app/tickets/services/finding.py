"""One line of typing finds what it may mean: a ticket's number, a device, a person, a client (T1, the hot-line).

Everything is found by equality or by a beginning, which indexes answer also under row-level security; only clients,
of whom a partner has hundreds, are found by any part of their name.
"""

import unicodedata
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from app.clients.models import Client, Contact, Department, Employee, Site
from app.devices.models import Device
from app.kernel.addresses import AddressRefused, normalise_phone
from app.kernel.work import UnitOfWork
from app.tickets.schemas import TicketFilter, TicketSummary
from app.tickets.services.reading import LAST_CHARACTER, ReadingService
from rbac import Permission

MOST_OF_A_KIND = 8
SHORTEST_PHONE = 3
"""Digits of an extension; fewer would find half the town."""
LONGEST_TEXT = 60


class FoundDevice(msgspec.Struct, frozen=True):
    """A device, by its number or serial number. Names are null where the record is not there for the reader."""

    id: UUID
    number: str
    category: str
    brand: str
    model: str
    state: str
    client_id: UUID
    client_name: str | None
    site_name: str | None
    holder_name: str | None


class FoundPerson(msgspec.Struct, frozen=True):
    """Somebody at a client who may be calling: an `employee` or a `contact`."""

    kind: str
    id: UUID
    name: str
    phone: str
    vip: bool
    client_id: UUID
    client_name: str | None
    place: str | None
    """An employee's department, a contact's function."""


class FoundClient(msgspec.Struct, frozen=True):
    """A client company."""

    id: UUID
    name: str
    short_name: str
    code: str


class Findings(msgspec.Struct, frozen=True):
    """What a text may mean, at most `MOST_OF_A_KIND` of each kind. Kinds that the reader may not see are empty."""

    tickets: list[TicketSummary] = []
    devices: list[FoundDevice] = []
    people: list[FoundPerson] = []
    clients: list[FoundClient] = []


_DEVICE_COLUMNS: tuple[Any, ...] = (
    Device.id,
    Device.number,
    Device.category,
    Device.brand,
    Device.model,
    Device.state,
    Device.client_id,
    Client.short_name,
    Site.name,
    Employee.name,
)


class FindingService:
    """Finds for whoever asks, inside what they may see."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def find(self, typed: str) -> Findings:
        """What `typed` may mean: case, full-width characters and outer space do not matter. Blank finds nothing."""
        self.work.actor.require(Permission.TICKET_READ)
        text = unicodedata.normalize("NFKC", typed).strip()[:LONGEST_TEXT]
        if not text:
            return Findings()
        may_see_devices = self.work.actor.may(Permission.DEVICE_READ)
        may_see_clients = self.work.actor.may(Permission.CLIENT_READ)
        return Findings(
            tickets=await self._tickets(text),
            devices=await self._devices("".join(text.split()).upper()) if may_see_devices else [],
            people=await self._people(text) if may_see_clients else [],
            clients=await self._clients(text) if may_see_clients else [],
        )

    async def _tickets(self, text: str) -> list[TicketSummary]:
        if not text.isascii():
            return []
        return await ReadingService(self.work).newest(TicketFilter(number=text), limit=MOST_OF_A_KIND)

    async def _devices(self, text: str) -> list[FoundDevice]:
        statement = (
            select(*_DEVICE_COLUMNS)
            .outerjoin(Client, Client.id == Device.client_id)
            .outerjoin(Site, and_(Site.client_id == Device.client_id, Site.id == Device.site_id))
            .outerjoin(Employee, and_(Employee.client_id == Device.client_id, Employee.id == Device.employee_id))
            .where(or_(_begins(Device.number, text), _begins(Device.serial_number, text)))
            .order_by(Device.number, Device.id)
            .limit(MOST_OF_A_KIND)
        )
        return [FoundDevice(*row) for row in await self.work.session.execute(statement)]

    async def _people(self, text: str) -> list[FoundPerson]:
        employees = (
            select(
                literal("employee").label("kind"),
                Employee.id,
                Employee.name.label("name"),
                Employee.phone,
                Employee.vip,
                Employee.client_id,
                Client.short_name,
                Department.name.label("place"),
            )
            .outerjoin(Client, Client.id == Employee.client_id)
            .outerjoin(
                Department, and_(Department.client_id == Employee.client_id, Department.id == Employee.department_id)
            )
            .where(Employee.state == "active", _is_person(Employee, text))
        )
        contacts = (
            select(
                literal("contact"),
                Contact.id,
                Contact.name,
                Contact.phone,
                literal(False),  # noqa: FBT003 - a column of the union, not an argument
                Contact.client_id,
                Client.short_name,
                Contact.function,
            )
            .outerjoin(Client, Client.id == Contact.client_id)
            .where(Contact.state == "active", _is_person(Contact, text))
        )
        found = union_all(employees.limit(MOST_OF_A_KIND), contacts.limit(MOST_OF_A_KIND)).subquery()
        statement = select(found).order_by(found.c.name, found.c.id).limit(MOST_OF_A_KIND)
        return [FoundPerson(*row) for row in await self.work.session.execute(statement)]

    async def _clients(self, text: str) -> list[FoundClient]:
        statement = (
            select(Client.id, Client.name, Client.short_name, Client.code)
            .where(
                Client.state == "active",
                or_(
                    Client.name.icontains(text, autoescape=True),
                    Client.short_name.icontains(text, autoescape=True),
                    Client.code == text.lower(),
                ),
            )
            .order_by(Client.short_name, Client.id)
            .limit(MOST_OF_A_KIND)
        )
        return [FoundClient(*row) for row in await self.work.session.execute(statement)]


def _begins(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """A beginning as a range, which an index answers where bytes are compared."""
    return column.between(text, text + LAST_CHARACTER)


def _is_person(person: type[Employee] | type[Contact], text: str) -> ColumnElement[bool]:
    """A name's beginning; for digits also a telephone number, whole in any usual spelling or its beginning."""
    ways = [_begins(person.name, text)]
    digits = "".join(text.split())
    if digits.replace("-", "").isdigit() and len(digits) >= SHORTEST_PHONE:
        ways += [person.phone == _phone(digits), _begins(person.phone, digits)]
    return or_(*ways)


def _phone(digits: str) -> str:
    try:
        return normalise_phone(digits)
    except AddressRefused:
        return digits
