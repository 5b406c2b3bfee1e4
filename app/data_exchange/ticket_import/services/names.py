"""Names in logs: listing, candidates, and matching with a record, which updates the imported tickets."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.assets.clients.models import Client, Department, Employee, Site
from app.assets.devices.models import Device
from app.data_exchange.ticket_import.errors import MatchRefused
from app.data_exchange.ticket_import.models import ImportedName, ImportedTicket
from app.data_exchange.ticket_import.names import NameKind, comparable_name, device_number
from app.data_exchange.ticket_import.schemas import Candidate, Match, NameView
from app.desk.engineers.models import Engineer
from app.desk.tickets import TicketsReplayed
from app.desk.tickets.models import Ticket
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission

NAMES_SHOWN = 200
CANDIDATES_SHOWN = 20
TICKETS_PER_EVENT = 500

_RECORDS: Final[dict[NameKind, tuple[Any, InstrumentedAttribute[str]]]] = {
    NameKind.CLIENT: (Client, Client.name),
    NameKind.DEVICE: (Device, Device.number),
    NameKind.CALLER: (Employee, Employee.name),
    NameKind.ENGINEER: (Engineer, Engineer.display_name),
    NameKind.SITE: (Site, Site.name),
    NameKind.DEPARTMENT: (Department, Department.name),
}
_LINKS: Final = {
    NameKind.DEVICE: ImportedTicket.device_name_id,
    NameKind.CALLER: ImportedTicket.caller_name_id,
    NameKind.ENGINEER: ImportedTicket.engineer_name_id,
}
"""Kinds whose match updates imported tickets; the others affect later imports only."""

_MANY: Final = frozenset({NameKind.DEVICE, NameKind.CALLER})
_LAST_CHARACTER: Final = "\U0010ffff"
"""Sorts after everything that may follow a beginning."""


class NameService:
    """Names in the logs of one tenant."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def list_names(
        self, *, kind: NameKind | None = None, unmatched: bool = True, source: str = "", limit: int = NAMES_SHOWN
    ) -> list[NameView]:
        """Names, those of the most tickets first."""
        self._work.actor.require(Permission.TICKET_IMPORT)
        statement = _views()
        if kind is not None:
            statement = statement.where(ImportedName.kind == kind)
        if unmatched:
            statement = statement.where(ImportedName.record_id.is_(None))
        if source:
            statement = statement.where(ImportedName.source == source)
        rows = await self._work.session.execute(
            statement.order_by(_USES.desc(), ImportedName.kind, ImportedName.name, ImportedName.id).limit(limit)
        )
        return await self._to_views(list(rows))

    async def count(self) -> dict[NameKind, int]:
        """How many names of each kind nobody has recognised yet."""
        self._work.actor.require(Permission.TICKET_IMPORT)
        rows = await self._work.session.execute(
            select(ImportedName.kind, func.count(ImportedName.id))
            .where(ImportedName.record_id.is_(None))
            .group_by(ImportedName.kind)
        )
        return {NameKind(kind): count for kind, count in rows}

    async def get(self, name_id: UUID) -> NameView:
        """
        Raises:
            NotFound: no such name.
        """
        self._work.actor.require(Permission.TICKET_IMPORT)
        rows = list(await self._work.session.execute(_views().where(ImportedName.id == name_id)))
        if not rows:
            raise NotFound
        return (await self._to_views(rows))[0]

    async def candidates(self, name_id: UUID, text: str) -> Sequence[Candidate]:
        """Candidate records for the name, found by a part of their names.

        Raises:
            NotFound: no such name.
        """
        name, text = await self.get(name_id), text.replace("\0", "").strip()
        if name.kind in _MANY:
            return await self._beginning(name, text or name.name)
        model, called = _RECORDS[name.kind]
        statement = select(model.id, called).order_by(called, model.id)
        if name.client_id is not None:
            statement = statement.where(model.client_id == name.client_id)
        found = [Candidate(id_, label) for id_, label in await self._work.session.execute(statement)]
        wanted = comparable_name(text)
        return [each for each in found if wanted in comparable_name(each.name)][:CANDIDATES_SHOWN]

    async def _beginning(self, name: NameView, text: str) -> Sequence[Candidate]:
        """Devices and callers, of which a client has thousands: by prefix, which an index supports."""
        detail: Any
        if name.kind is NameKind.DEVICE:
            number = device_number(text)
            called, detail = Device.number, Device.brand + " " + Device.model
            ways = [_begins(Device.number, number), _begins(Device.serial_number, number)]
        else:
            called, detail = Employee.name, Employee.employee_number
            ways = [_begins(Employee.name, text), Employee.employee_number == text, Employee.phone == text]
        model, _ = _RECORDS[name.kind]
        found = (
            select(model.id, called, detail)
            .where(model.client_id == name.client_id, or_(*ways))
            .order_by(called, model.id)
        )
        rows = await self._work.session.execute(found.limit(CANDIDATES_SHOWN))
        return [Candidate(id_, label, detail) for id_, label, detail in rows]

    async def match(self, name_id: UUID, match: Match) -> NameView:
        """Match the name with a record: tickets imported under the name are updated, later imports use the match.

        The reporter of an imported ticket is not changed: timeline entries keep their owner.

        Raises:
            NotFound: no such name.
            MatchRefused: the record does not fit the name.
        """
        work = self._work
        work.actor.require(Permission.TICKET_IMPORT)
        work.require_writable()
        row: ImportedName | None = await work.session.scalar(
            select(ImportedName).where(ImportedName.id == name_id).with_for_update()
        )
        if row is None:
            raise NotFound
        kind = NameKind(row.kind)
        record = await self._record(kind, row.client_id, match.record_id)
        before, row.record_id = row.record_id, match.record_id
        row.matched_by = work.actor.display_name if match.record_id else ""
        row.matched_at = work.now if match.record_id else None
        tickets = await self._update_tickets(kind, row, record)
        work.audit(
            "ticket_import.name_matched",
            "imported_name",
            row.id,
            kind=kind,
            before=before,
            after=match.record_id,
            tickets=tickets,
        )
        await work.session.flush()
        return await self.get(name_id)

    async def _record(self, kind: NameKind, client_id: UUID | None, record_id: UUID | None) -> Any:
        """The record, looked up as the actor.

        Raises:
            MatchRefused: it does not exist here, or belongs to another client.
        """
        if record_id is None:
            return None
        model, _ = _RECORDS[kind]
        found = await self._work.session.scalar(select(model).where(model.id == record_id))
        if found is None or (client_id is not None and found.client_id != client_id):
            raise MatchRefused(fields={"record_id": MatchRefused.text})
        return found

    async def _update_tickets(self, kind: NameKind, name: ImportedName, record: Any) -> int:
        """Update the tickets imported under the name; returns their number."""
        link = _LINKS.get(kind)
        if link is None:
            return 0
        session = self._work.session
        known = list(await session.scalars(select(ImportedTicket).where(link == name.id).with_for_update()))
        if not known:
            return 0
        ids = [ticket.ticket_id for ticket in known]
        tickets = list(await session.scalars(select(Ticket).where(Ticket.id.in_(ids)).with_for_update()))
        versions = {each.ticket_id: each for each in known}
        for ticket in tickets:
            self._link(kind, ticket, name, record)
            untouched = versions[ticket.id].ticket_version == ticket.version
            ticket.version += 1
            if untouched:
                versions[ticket.id].ticket_version = ticket.version
        for begin in range(0, len(ids), TICKETS_PER_EVENT):
            self._work.publish(TicketsReplayed(ticket_ids=tuple(ids[begin : begin + TICKETS_PER_EVENT])))
        await session.flush()
        return len(tickets)

    def _link(self, kind: NameKind, ticket: Ticket, name: ImportedName, record: Any) -> None:
        if kind is NameKind.DEVICE:
            ticket.device_id = record.id if record else None
            if record is not None:
                ticket.site_id = ticket.site_id or record.site_id
                ticket.department_id = ticket.department_id or record.department_id
                ticket.product_category = ticket.product_category or record.category
        elif kind is NameKind.CALLER:
            ticket.contact_name = record.name if record else name.name[:60]
            if record is not None:
                ticket.department_id = ticket.department_id or record.department_id
        else:
            ticket.engineer_id = record.id if record else None

    async def _to_views(self, rows: list[Any]) -> list[NameView]:
        labels = await self._labels([row[0] for row in rows])
        return [
            view_of(
                NameView,
                name,
                kind=NameKind(name.kind),
                client_name=client_name,
                record_name=labels.get((name.kind, name.record_id)),
                tickets=uses,
            )
            for name, client_name, uses in rows
        ]

    async def _labels(self, names: list[ImportedName]) -> dict[tuple[str, UUID | None], str]:
        found: dict[tuple[str, UUID | None], str] = {}
        for kind, (model, called) in _RECORDS.items():
            ids = {name.record_id for name in names if name.kind == kind and name.record_id is not None}
            if ids:
                for id_, label in await self._work.session.execute(select(model.id, called).where(model.id.in_(ids))):
                    found[kind, id_] = label
        return found


_USES = (
    select(func.count(ImportedTicket.id))
    .where(
        ImportedTicket.tenant_id == ImportedName.tenant_id,
        or_(
            ImportedTicket.device_name_id == ImportedName.id,
            ImportedTicket.caller_name_id == ImportedName.id,
            ImportedTicket.engineer_name_id == ImportedName.id,
        ),
    )
    .correlate(ImportedName)
    .scalar_subquery()
)


def _begins(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    return column.between(text, text + _LAST_CHARACTER)


def _views() -> Select[Any]:
    return select(ImportedName, Client.short_name, _USES.label("uses")).outerjoin(
        Client, and_(Client.id == ImportedName.client_id)
    )
