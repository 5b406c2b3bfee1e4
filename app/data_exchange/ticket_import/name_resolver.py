"""Resolving the names of a batch to records: matched before, recognised as equal, or kept as placeholders."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from app.assets.clients.models import Client, Department, Employee, Site
from app.assets.devices.models import Device
from app.data_exchange.ticket_import.drafts import Draft
from app.data_exchange.ticket_import.models import ImportedName
from app.data_exchange.ticket_import.names import LONGEST, NameKind, comparable_name, device_number
from app.data_exchange.ticket_import.timelines import ResolvedNames
from app.desk.engineers.models import Engineer
from app.people.identity import Reporter
from app.platform.kernel.unit_of_work import UnitOfWork

BY_EQUALITY = "="
"""`matched_by` of names recognised automatically, because exactly one record has the name."""


class NameKey(NamedTuple):
    """Kind, client (None for clients and engineers) and text of a name."""

    kind: NameKind
    client_id: UUID | None
    name: str


class NameMatch(NamedTuple):
    """Ids of a name's row and of the record that it refers to."""

    id: UUID
    record_id: UUID | None


class NameRows(NamedTuple):
    """Row ids of the names in a draft."""

    device: UUID | None
    caller: UUID | None
    engineer: UUID | None


class NameResolver:
    """Resolves the names of one batch in few statements."""

    def __init__(self, work: UnitOfWork, source: str, client_id: UUID | None) -> None:
        self._work = work
        self._source = source
        self._client_id = client_id
        self._matches: dict[NameKey, NameMatch] = {}
        self._devices: dict[UUID | None, Any] = {}
        self._callers: dict[UUID | None, Any] = {}

    async def load(self, drafts: Sequence[Draft]) -> None:
        """Load the records of the drafts' names; new names are stored."""
        await self._clients(draft.client for draft in drafts)
        wanted: set[NameKey] = set()
        for draft in drafts:
            client_id = self.client_of(draft)
            wanted |= {NameKey(NameKind.ENGINEER, None, name[:LONGEST]) for name in draft.engineers}
            if client_id is not None:
                names_of_client = (
                    (NameKind.DEVICE, draft.device),
                    (NameKind.CALLER, draft.caller),
                    (NameKind.SITE, draft.site),
                    (NameKind.DEPARTMENT, draft.department),
                )
                wanted |= {NameKey(kind, client_id, name[:LONGEST]) for kind, name in names_of_client if name}
        await self._match_names(wanted)
        await self._details()

    def client_of(self, draft: Draft) -> UUID | None:
        """The client of the ticket, as far as known."""
        if self._client_id is not None or not draft.client:
            return self._client_id
        match = self._matches.get(NameKey(NameKind.CLIENT, None, draft.client[:LONGEST]))
        return match.record_id if match else None

    def name_rows(self, draft: Draft, client_id: UUID) -> NameRows:
        """The row ids of the draft's names."""
        last = draft.engineers[-1] if draft.engineers else ""
        return NameRows(
            self._id(NameKind.DEVICE, client_id, draft.device),
            self._id(NameKind.CALLER, client_id, draft.caller),
            self._id(NameKind.ENGINEER, None, last),
        )

    def resolve(self, draft: Draft, client_id: UUID) -> ResolvedNames:
        """The records that the draft's names refer to."""
        device = self._devices.get(self._record(NameKind.DEVICE, client_id, draft.device))
        caller = self._callers.get(self._record(NameKind.CALLER, client_id, draft.caller))
        site_id = self._record(NameKind.SITE, client_id, draft.site)
        department_id = self._record(NameKind.DEPARTMENT, client_id, draft.department)
        if draft.native is None:
            # Our own logs are complete; for others site and department follow from device and caller.
            site_id = site_id or (device.site_id if device else None)
            department_id = department_id or next((each.department_id for each in (caller, device) if each), None)
        engineers = {name: self._record(NameKind.ENGINEER, None, name) for name in draft.engineers}
        return ResolvedNames(
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
        match = self._matches.get(NameKey(kind, client_id, name[:LONGEST])) if name else None
        return match.id if match else None

    def _record(self, kind: NameKind, client_id: UUID | None, name: str) -> UUID | None:
        match = self._matches.get(NameKey(kind, client_id, name[:LONGEST])) if name else None
        return match.record_id if match else None

    # --- remembering ---------------------------------------------------------------------------

    async def _clients(self, names: Iterable[str]) -> None:
        if self._client_id is None:
            await self._match_names({NameKey(NameKind.CLIENT, None, name[:LONGEST]) for name in names if name})

    async def _match_names(self, wanted: set[NameKey]) -> None:
        """Read the stored names; missing and unmatched ones are compared with the records."""
        if not wanted:
            return
        await self._read(wanted)
        open_ = [key for key in wanted if key not in self._matches or self._matches[key].record_id is None]
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
            if key not in self._matches or key in found
        ]
        if not rows:
            return
        statement = insert(ImportedName)
        statement = statement.on_conflict_do_update(
            constraint="uq_imported_name",
            set_={name: statement.excluded[name] for name in ("record_id", "matched_by", "matched_at")},
            where=ImportedName.record_id.is_(None),
        )
        await self._work.session.execute(statement, rows)
        await self._read(wanted)

    async def _read(self, wanted: Collection[NameKey]) -> None:
        names = {key.name for key in wanted}
        rows = await self._work.session.execute(
            select(
                ImportedName.kind, ImportedName.client_id, ImportedName.name, ImportedName.id, ImportedName.record_id
            ).where(
                ImportedName.source == self._source,
                ImportedName.kind.in_({key.kind for key in wanted}),
                ImportedName.name.in_(names),
            )
        )
        for kind, client_id, name, id_, record_id in rows:
            self._matches[NameKey(NameKind(kind), client_id, name)] = NameMatch(id_, record_id)

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
            match.record_id for key, match in self._matches.items() if key.kind is kind and match.record_id is not None
        }


async def recognised(work: UnitOfWork, wanted: Collection[NameKey]) -> Mapping[NameKey, UUID]:
    """The names that exactly one record has, with the record's id."""
    by_kind: defaultdict[NameKind, list[NameKey]] = defaultdict(list)
    for key in wanted:
        by_kind[key.kind].append(key)
    finders = {
        NameKind.CLIENT: _clients_named,
        NameKind.DEVICE: _devices_named,
        NameKind.CALLER: _callers_named,
        NameKind.ENGINEER: _engineers_named,
        NameKind.SITE: _sites_named,
        NameKind.DEPARTMENT: _departments_named,
    }
    found: dict[NameKey, UUID] = {}
    for kind, keys in by_kind.items():
        found_by_name: defaultdict[tuple[UUID | None, str], set[UUID]] = defaultdict(set)
        for client_id, name, record_id in await finders[kind](work, keys):
            found_by_name[client_id, _comparison_key(kind, name)].add(record_id)
        for key in keys:
            records = found_by_name.get((key.client_id, _comparison_key(kind, key.name)), set())
            if len(records) == 1:
                found[key] = next(iter(records))
    return found


def _comparison_key(kind: NameKind, name: str) -> str:
    return device_number(name) if kind is NameKind.DEVICE else comparable_name(name)


_FoundName = tuple[UUID | None, str, UUID]


async def _clients_named(work: UnitOfWork, _keys: Sequence[NameKey]) -> list[_FoundName]:
    """By code, short name or full name."""
    rows = await work.session.execute(select(Client.id, Client.code, Client.short_name, Client.name))
    return [(None, name, row[0]) for row in rows for name in {comparable_name(each) for each in row[1:] if each}]


async def _devices_named(work: UnitOfWork, keys: Sequence[NameKey]) -> list[_FoundName]:
    numbers = {device_number(key.name)[:40] for key in keys}
    rows = await work.session.execute(
        select(Device.client_id, Device.number, Device.id).where(
            Device.client_id.in_({key.client_id for key in keys}), Device.number.in_(numbers)
        )
    )
    return [(client_id, number, id_) for client_id, number, id_ in rows]


async def _callers_named(work: UnitOfWork, keys: Sequence[NameKey]) -> list[_FoundName]:
    """By name or employee number."""
    names = {key.name for key in keys} | {" ".join(key.name.split()) for key in keys}
    rows = await work.session.execute(
        select(Employee.client_id, Employee.id, Employee.name, Employee.employee_number).where(
            Employee.client_id.in_({key.client_id for key in keys}),
            or_(Employee.name.in_(names), Employee.employee_number.in_(names)),
        )
    )
    return [(client_id, name, id_) for client_id, id_, *names_ in rows for name in names_ if name]


async def _engineers_named(work: UnitOfWork, _keys: Sequence[NameKey]) -> list[_FoundName]:
    rows = await work.session.execute(select(Engineer.display_name, Engineer.id))
    return [(None, name, id_) for name, id_ in rows]


async def _sites_named(work: UnitOfWork, keys: Sequence[NameKey]) -> list[_FoundName]:
    rows = await work.session.execute(
        select(Site.client_id, Site.name, Site.id).where(Site.client_id.in_({key.client_id for key in keys}))
    )
    return [(client_id, name, id_) for client_id, name, id_ in rows]


async def _departments_named(work: UnitOfWork, keys: Sequence[NameKey]) -> list[_FoundName]:
    rows = await work.session.execute(
        select(Department.client_id, Department.name, Department.id).where(
            Department.client_id.in_({key.client_id for key in keys})
        )
    )
    return [(client_id, name, id_) for client_id, name, id_ in rows]
