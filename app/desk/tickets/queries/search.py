"""Search for tickets, devices, people and clients by one line of text (T1, the hot-line).

Substrings match, from one character on; matches at the beginning come first. Each kind is found by its own texts: a
caller's name finds the caller, not all of their tickets.
"""

import unicodedata
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, case, collate, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from app.assets.clients import client_matches
from app.assets.clients.models import Client, Contact, Department, Employee, Site
from app.assets.devices import device_matches
from app.assets.devices.models import Device
from app.desk.tickets.queries.tickets import TicketQueries
from app.desk.tickets.schemas import TicketFilter, TicketSummary
from app.platform.kernel.columns import columns_of
from app.platform.kernel.contact_details import ContactDetailInvalid, normalise_phone
from app.platform.kernel.text_search import MAX_SEARCH_LENGTH, contains, matches_search
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

RESULTS_PER_KIND = 8


class FoundDevice(msgspec.Struct, frozen=True):
    """A device found by number or serial number. Names are null where the reader may not see the record."""

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


class SearchResults(msgspec.Struct, frozen=True):
    """At most `RESULTS_PER_KIND` results of each kind. Kinds that the reader may not see are empty."""

    tickets: list[TicketSummary] = []
    devices: list[FoundDevice] = []
    people: list[FoundPerson] = []
    clients: list[FoundClient] = []


_DEVICE_COLUMNS = columns_of(
    FoundDevice, Device, client_name=Client.short_name, site_name=Site.name, holder_name=Employee.name
)


class SearchService:
    """Searches in what the actor may see."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def search(self, typed: str) -> SearchResults:
        """Results for `typed`; case, character width and outer spaces are ignored. Blank finds nothing."""
        self.work.actor.require(Permission.TICKET_READ)
        text = unicodedata.normalize("NFKC", typed).replace("\0", "").strip()[:MAX_SEARCH_LENGTH]
        if not text:
            return SearchResults()
        may_see_devices = self.work.actor.may(Permission.DEVICE_READ)
        may_see_clients = self.work.actor.may(Permission.CLIENT_READ)
        return SearchResults(
            tickets=await self._tickets(text),
            devices=await self._devices(text) if may_see_devices else [],
            people=await self._people(text) if may_see_clients else [],
            clients=await self._clients(text) if may_see_clients else [],
        )

    async def _tickets(self, text: str) -> list[TicketSummary]:
        return await TicketQueries(self.work).newest(TicketFilter(title=text), limit=RESULTS_PER_KIND)

    async def _devices(self, text: str) -> list[FoundDevice]:
        statement = (
            select(*_DEVICE_COLUMNS)
            .outerjoin(Client, Client.id == Device.client_id)
            .outerjoin(Site, and_(Site.client_id == Device.client_id, Site.id == Device.site_id))
            .outerjoin(Employee, and_(Employee.client_id == Device.client_id, Employee.id == Device.employee_id))
            .where(matches_search(text, device_matches))
            .order_by(_first(text, Device.number, Device.serial_number), Device.number, Device.id)
            .limit(RESULTS_PER_KIND)
        )
        return [FoundDevice(*row) for row in await self.work.session.execute(statement)]

    async def _people(self, text: str) -> list[FoundPerson]:
        phone = _phone(text)
        employees = (
            select(
                _first(text, Employee.name, Employee.phone).label("place_in_list"),
                *columns_of(
                    FoundPerson,
                    Employee,
                    kind=literal("employee").label("kind"),
                    client_name=Client.short_name,
                    place=Department.name.label("place"),
                ),
            )
            .outerjoin(Client, Client.id == Employee.client_id)
            .outerjoin(
                Department, and_(Department.client_id == Employee.client_id, Department.id == Employee.department_id)
            )
            .where(Employee.state == "active", _is_person(Employee, text, phone))
        )
        contacts = (
            select(
                _first(text, Contact.name, Contact.phone).label("place_in_list"),
                *columns_of(
                    FoundPerson,
                    Contact,
                    kind=literal("contact"),
                    vip=literal(False),  # noqa: FBT003 - a column of the union, not an argument
                    client_name=Client.short_name,
                    place=Contact.function,
                ),
            )
            .outerjoin(Client, Client.id == Contact.client_id)
            .where(Contact.state == "active", _is_person(Contact, text, phone))
        )
        found = union_all(
            employees.order_by("place_in_list", Employee.name, Employee.id).limit(RESULTS_PER_KIND),
            contacts.order_by("place_in_list", Contact.name, Contact.id).limit(RESULTS_PER_KIND),
        ).subquery()
        statement = select(found).order_by(found.c.place_in_list, found.c.name, found.c.id).limit(RESULTS_PER_KIND)
        return [FoundPerson(*row[1:]) for row in await self.work.session.execute(statement)]

    async def _clients(self, text: str) -> list[FoundClient]:
        statement = (
            select(*columns_of(FoundClient, Client))
            .where(Client.state == "active", matches_search(text, client_matches))
            .order_by(_first(text, Client.short_name, Client.name), Client.short_name, Client.id)
            .limit(RESULTS_PER_KIND)
        )
        return [FoundClient(*row) for row in await self.work.session.execute(statement)]


def _first(text: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[int]:
    """0 for what begins with the text, 1 for what has it elsewhere."""
    begins = or_(*(collate(column, "C").istartswith(text, autoescape=True) for column in columns))
    return case((begins, 0), else_=1)


def _is_person(person: type[Employee] | type[Contact], text: str, phone: str) -> ColumnElement[bool]:
    """Condition: a part of the name or telephone number, or the whole number in any usual spelling."""
    matches = matches_search(text, lambda word: contains(word, person.name, person.phone))
    return or_(matches, person.phone == phone) if phone else matches


def _phone(text: str) -> str:
    """`text` as a stored telephone number; empty where it is none."""
    try:
        return normalise_phone(text)
    except ContactDetailInvalid:
        return ""
