"""Resolving the names of a batch to records: matched before, recognised as equal, or kept as placeholders."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from app.clients.models import Client, Department, Employee, Site
from app.devices.models import Device
from app.engineers.models import Engineer
from app.history.courses import Meant
from app.history.drafts import Draft
from app.history.models import HistoryName
from app.history.names import LONGEST, NameKind, device_number, plain
from app.identity import Reporter
from app.kernel.work import UnitOfWork

BY_EQUALITY = "="
"""`matched_by` of names recognised automatically, because exactly one record has the name."""


class Key(NamedTuple):
    """Kind, client (None for clients and engineers) and text of a name."""

    kind: NameKind
    client_id: UUID | None
    name: str


class Place(NamedTuple):
    """Ids of a name's row and of the record that it refers to."""

    id: UUID
    record_id: UUID | None


class Named(NamedTuple):
    """Row ids of the names in a draft."""

    device: UUID | None
    caller: UUID | None
    engineer: UUID | None


class Directory:
    """Resolves the names of one batch in few statements."""

    def __init__(self, work: UnitOfWork, source: str, client_id: UUID | None) -> None:
        self._work = work
        self._source = source
        self._client_id = client_id
        self._places: dict[Key, Place] = {}
        self._devices: dict[UUID | None, Any] = {}
        self._callers: dict[UUID | None, Any] = {}

    async def load(self, drafts: Sequence[Draft]) -> None:
        """Load the records of the drafts' names; new names are stored."""
        await self._clients(draft.client for draft in drafts)
        wanted: set[Key] = set()
        for draft in drafts:
            client_id = self.client_of(draft)
            wanted |= {Key(NameKind.ENGINEER, None, name[:LONGEST]) for name in draft.engineers}
            if client_id is not None:
                told = (
                    (NameKind.DEVICE, draft.device),
                    (NameKind.CALLER, draft.caller),
                    (NameKind.SITE, draft.site),
                    (NameKind.DEPARTMENT, draft.department),
                )
                wanted |= {Key(kind, client_id, name[:LONGEST]) for kind, name in told if name}
        await self._remember(wanted)
        await self._details()

    def client_of(self, draft: Draft) -> UUID | None:
        """The client of the ticket, as far as known."""
        if self._client_id is not None or not draft.client:
            return self._client_id
        place = self._places.get(Key(NameKind.CLIENT, None, draft.client[:LONGEST]))
        return place.record_id if place else None

    def named(self, draft: Draft, client_id: UUID) -> Named:
        """The row ids of the draft's names."""
        last = draft.engineers[-1] if draft.engineers else ""
        return Named(
            self._id(NameKind.DEVICE, client_id, draft.device),
            self._id(NameKind.CALLER, client_id, draft.caller),
            self._id(NameKind.ENGINEER, None, last),
        )

    def meant(self, draft: Draft, client_id: UUID) -> Meant:
        """The records that the draft's names refer to."""
        device = self._devices.get(self._record(NameKind.DEVICE, client_id, draft.device))
        caller = self._callers.get(self._record(NameKind.CALLER, client_id, draft.caller))
        site_id = self._record(NameKind.SITE, client_id, draft.site)
        department_id = self._record(NameKind.DEPARTMENT, client_id, draft.department)
        if draft.told is None:
            # Our own logs are complete; for others site and department follow from device and caller.
            site_id = site_id or (device.site_id if device else None)
            department_id = department_id or next((each.department_id for each in (caller, device) if each), None)
        engineers = {name: self._record(NameKind.ENGINEER, None, name) for name in draft.engineers}
        return Meant(
            client_id=client_id,
            reporter_id=caller.reporter_id if caller else None,
            caller_name=caller.name if caller else draft.caller,
            device_id=device.id if device else None,
            site_id=site_id,
            department_id=department_id,
            vip=bool(caller and caller.vip),
            product_category=device.category if device else "",
            engineers={name: id_ for name, id_ in engineers.items() if id_ is not None},
        )

    def _id(self, kind: NameKind, client_id: UUID | None, name: str) -> UUID | None:
        place = self._places.get(Key(kind, client_id, name[:LONGEST])) if name else None
        return place.id if place else None

    def _record(self, kind: NameKind, client_id: UUID | None, name: str) -> UUID | None:
        place = self._places.get(Key(kind, client_id, name[:LONGEST])) if name else None
        return place.record_id if place else None

    # --- remembering ---------------------------------------------------------------------------

    async def _clients(self, names: Iterable[str]) -> None:
        if self._client_id is None:
            await self._remember({Key(NameKind.CLIENT, None, name[:LONGEST]) for name in names if name})

    async def _remember(self, wanted: set[Key]) -> None:
        """Read the stored names; missing and unmatched ones are compared with the records."""
        if not wanted:
            return
        await self._read(wanted)
        open_ = [key for key in wanted if key not in self._places or self._places[key].record_id is None]
        found = await recognised(self._work, open_)
        rows = [
            {
                "tenant_id": self._work.tenant_id,
                "id": self._work.new_id(),
                "source": self._source,
                "kind": key.kind,
                "client_id": key.client_id,
                "name": key.name,
                "record_id": found.get(key),
                "matched_by": BY_EQUALITY if key in found else "",
                "matched_at": self._work.now if key in found else None,
            }
            for key in sorted(open_, key=lambda key: (key.kind, str(key.client_id), key.name))
            if key not in self._places or key in found
        ]
        if not rows:
            return
        statement = insert(HistoryName)
        statement = statement.on_conflict_do_update(
            constraint="uq_history_name",
            set_={name: statement.excluded[name] for name in ("record_id", "matched_by", "matched_at")},
            where=HistoryName.record_id.is_(None),
        )
        await self._work.session.execute(statement, rows)
        await self._read(wanted)

    async def _read(self, wanted: Collection[Key]) -> None:
        names = {key.name for key in wanted}
        rows = await self._work.session.execute(
            select(
                HistoryName.kind, HistoryName.client_id, HistoryName.name, HistoryName.id, HistoryName.record_id
            ).where(
                HistoryName.source == self._source,
                HistoryName.kind.in_({key.kind for key in wanted}),
                HistoryName.name.in_(names),
            )
        )
        for kind, client_id, name, id_, record_id in rows:
            self._places[Key(NameKind(kind), client_id, name)] = Place(id_, record_id)

    async def _details(self) -> None:
        """Load the columns of devices and callers that tickets need."""
        session = self._work.session
        ids = self._recognised(NameKind.DEVICE)
        devices = await session.execute(
            select(Device.id, Device.site_id, Device.department_id, Device.category).where(Device.id.in_(ids))
        )
        self._devices = {row.id: row for row in devices}
        callers = await session.execute(
            select(Employee.id, Employee.name, Employee.department_id, Employee.vip, Reporter.id.label("reporter_id"))
            .outerjoin(Reporter, (Reporter.client_id == Employee.client_id) & (Reporter.employee_id == Employee.id))
            .where(Employee.id.in_(self._recognised(NameKind.CALLER)))
        )
        self._callers = {row.id: row for row in callers}

    def _recognised(self, kind: NameKind) -> set[UUID]:
        return {
            place.record_id for key, place in self._places.items() if key.kind is kind and place.record_id is not None
        }


async def recognised(work: UnitOfWork, wanted: Collection[Key]) -> Mapping[Key, UUID]:
    """The names that exactly one record has, with the record's id."""
    by_kind: defaultdict[NameKind, list[Key]] = defaultdict(list)
    for key in wanted:
        by_kind[key.kind].append(key)
    ways = {
        NameKind.CLIENT: _clients_called,
        NameKind.DEVICE: _devices_called,
        NameKind.CALLER: _callers_called,
        NameKind.ENGINEER: _engineers_called,
        NameKind.SITE: _sites_called,
        NameKind.DEPARTMENT: _departments_called,
    }
    found: dict[Key, UUID] = {}
    for kind, keys in by_kind.items():
        bearers: defaultdict[tuple[UUID | None, str], set[UUID]] = defaultdict(set)
        for client_id, name, record_id in await ways[kind](work, keys):
            bearers[client_id, _compared(kind, name)].add(record_id)
        for key in keys:
            records = bearers.get((key.client_id, _compared(kind, key.name)), set())
            if len(records) == 1:
                found[key] = next(iter(records))
    return found


def _compared(kind: NameKind, name: str) -> str:
    return device_number(name) if kind is NameKind.DEVICE else plain(name)


_Bearer = tuple[UUID | None, str, UUID]


async def _clients_called(work: UnitOfWork, _keys: Sequence[Key]) -> list[_Bearer]:
    """By code, short name or full name."""
    rows = await work.session.execute(select(Client.id, Client.code, Client.short_name, Client.name))
    return [(None, name, row[0]) for row in rows for name in {plain(each) for each in row[1:] if each}]


async def _devices_called(work: UnitOfWork, keys: Sequence[Key]) -> list[_Bearer]:
    numbers = {device_number(key.name)[:40] for key in keys}
    rows = await work.session.execute(
        select(Device.client_id, Device.number, Device.id).where(
            Device.client_id.in_({key.client_id for key in keys}), Device.number.in_(numbers)
        )
    )
    return [(client_id, number, id_) for client_id, number, id_ in rows]


async def _callers_called(work: UnitOfWork, keys: Sequence[Key]) -> list[_Bearer]:
    """By name or employee number."""
    names = {key.name for key in keys} | {" ".join(key.name.split()) for key in keys}
    rows = await work.session.execute(
        select(Employee.client_id, Employee.id, Employee.name, Employee.employee_number).where(
            Employee.client_id.in_({key.client_id for key in keys}),
            or_(Employee.name.in_(names), Employee.employee_number.in_(names)),
        )
    )
    return [(client_id, name, id_) for client_id, id_, *names_ in rows for name in names_ if name]


async def _engineers_called(work: UnitOfWork, _keys: Sequence[Key]) -> list[_Bearer]:
    rows = await work.session.execute(select(Engineer.display_name, Engineer.id))
    return [(None, name, id_) for name, id_ in rows]


async def _sites_called(work: UnitOfWork, keys: Sequence[Key]) -> list[_Bearer]:
    rows = await work.session.execute(
        select(Site.client_id, Site.name, Site.id).where(Site.client_id.in_({key.client_id for key in keys}))
    )
    return [(client_id, name, id_) for client_id, name, id_ in rows]


async def _departments_called(work: UnitOfWork, keys: Sequence[Key]) -> list[_Bearer]:
    rows = await work.session.execute(
        select(Department.client_id, Department.name, Department.id).where(
            Department.client_id.in_({key.client_id for key in keys})
        )
    )
    return [(client_id, name, id_) for client_id, name, id_ in rows]
