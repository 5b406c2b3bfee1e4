"""Mirrored records: one record seen from two tenants, each with a row of its own, kept in step by events.

An area declares a `Mirror`: which fields cross, and which side may change which. A side changes its own row and says
so; what is carried over is the row as it stands when the event is handled, so events may come late, twice and in any
order. What was lost is healed by the next event: whoever is ahead of what it is shown answers, and the rows that have
not ended are offered again once a day. docs/approvals-and-mirrors.md shows a declaration.
"""

from abc import ABCMeta, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final, Generic, NamedTuple, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import String, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.decl_api import DeclarativeAttributeIntercept

from app.platform.background.consumers import Consumers, consume
from app.platform.background.daily_jobs import DailyJob
from app.platform.kernel.actor import Actor
from app.platform.kernel.model import TenantModel
from app.platform.kernel.outbox import DueKind, Event
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.state_machine import StateMachine
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.models import KEPT_STATES, Tenant

OFFERING_HOUR: Final = 4


class MirrorSide(StrEnum):
    """Whose row it is: the side that made the record, or the one that was shown it. The platform ends what nobody
    answered, on either side."""

    OWNER = "owner"
    OTHER = "other"
    PLATFORM = "platform"


_PRECEDENCE: Final = (MirrorSide.PLATFORM, MirrorSide.OTHER, MirrorSide.OWNER)
"""Of moves made on both sides at once the last stands."""


class _AbstractMapped(DeclarativeAttributeIntercept, ABCMeta):
    """What makes a mapped class that leaves something to its subclasses."""


class MirroredModel(TenantModel, metaclass=_AbstractMapped):
    """One side's row of a mirrored record; both have the same id.

    Each side counts its own writes, so that a row that comes late overwrites nothing newer. The state belongs to both:
    `state_revision` counts its moves, `settled_by` says who made the last one.
    """

    __abstract__ = True

    state: Mapped[str] = mapped_column(String(12))
    state_revision: Mapped[int] = mapped_column(default=1)
    settled_by: Mapped[str] = mapped_column(String(8), default=MirrorSide.OWNER)
    owner_revision: Mapped[int] = mapped_column(default=0)
    other_revision: Mapped[int] = mapped_column(default=0)

    @property
    @abstractmethod
    def owner_tenant_id(self) -> UUID:
        """The tenant that made the record."""

    @property
    @abstractmethod
    def other_tenant_id(self) -> UUID:
        """The tenant that was shown it."""

    @property
    def side(self) -> MirrorSide:
        """Whose row this is."""
        return MirrorSide.OWNER if self.tenant_id == self.owner_tenant_id else MirrorSide.OTHER

    @property
    def counterpart_tenant_id(self) -> UUID:
        """Where the other row stands."""
        return self.other_tenant_id if self.side is MirrorSide.OWNER else self.owner_tenant_id


Row = TypeVar("Row", bound=MirroredModel)


class MirroredRecordChanged(Event, frozen=True, kw_only=True):
    """In the tenant that wrote. `kind` says what happened, for whoever is to be notified; empty: the row is only
    offered again."""

    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    record_id: UUID
    kind: str = ""


class MirroredChange(NamedTuple):
    """What the counterpart's event brought to this row."""

    event_id: UUID
    kind: str
    created: bool
    """The row was made by it."""
    before: str
    """The state before."""


@dataclass(frozen=True, slots=True)
class MirroredLines:
    """Lines of the record that both sides add to and none changes; both have the same under the same ids."""

    model: type[TenantModel]
    record: str
    """The column with the record's id."""
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror(Generic[Row]):
    """Which fields of a record cross, and whose they are. Nothing else of a row ever does.

    `opening` is written once, by the owner; `owner_fields` and `other_fields` only by that side; `state_fields`
    together with a move of `machine`, by whoever makes it. Final states stand against all others.
    """

    model: type[Row]
    machine: StateMachine[Any, Any]
    event: type[MirroredRecordChanged]
    opening: tuple[str, ...]
    owner_fields: tuple[str, ...] = ()
    other_fields: tuple[str, ...] = ()
    state_fields: tuple[str, ...] = ()
    lines: MirroredLines | None = None

    def __post_init__(self) -> None:
        named = [*self.opening, *self.owner_fields, *self.other_fields, *self.state_fields]
        columns = {column.key for column in self.model.__mapper__.columns} - set(MirroredModel.__annotations__)
        if len(named) != len(set(named)) or not set(named) <= columns - {"id", "tenant_id"}:
            raise ValueError(f"{self.model.__name__}: each field that crosses is a column and belongs to one side")

    @property
    def groups(self) -> Mapping[MirrorSide, tuple[str, ...]]:
        """Each side's fields with the count of its writes."""
        return {
            MirrorSide.OWNER: (*self.owner_fields, "owner_revision"),
            MirrorSide.OTHER: (*self.other_fields, "other_revision"),
        }

    @property
    def state_group(self) -> tuple[str, ...]:
        """What changes with a move."""
        return ("state", "state_revision", "settled_by", *self.state_fields)

    @property
    def crossing(self) -> tuple[str, ...]:
        """Every field that crosses."""
        groups = self.groups
        return ("id", *self.opening, *groups[MirrorSide.OWNER], *groups[MirrorSide.OTHER], *self.state_group)

    def settle(self, row: Row, state: str, *, by_platform: bool = False) -> None:
        """Move this side's row to `state`, which the machine has allowed."""
        row.state = state
        row.state_revision += 1
        row.settled_by = MirrorSide.PLATFORM if by_platform else row.side

    def publish(self, work: UnitOfWork, row: Row, kind: str = "") -> None:
        """After every change of this side's row: have the counterpart follow."""
        if row.side is MirrorSide.OWNER:
            row.owner_revision += 1
        else:
            row.other_revision += 1
        self.offer(work, row.id, kind)

    def offer(self, work: UnitOfWork, record_id: UUID, kind: str = "") -> None:
        """Show the row to the counterpart as it stands; who is ahead there answers."""
        work.publish(self.event(record_id=record_id, kind=kind))

    def weight(self, row: Mapping[str, Any]) -> tuple[bool, int, int]:
        """Of two states the one with the greater weight stands."""
        settled = _PRECEDENCE.index(MirrorSide(row["settled_by"]))
        return row["state"] in self.machine.final, row["state_revision"], settled

    def differences(self, mine: Mapping[str, Any], shown: Mapping[str, Any], by: MirrorSide) -> dict[str, Any]:
        """What changes in the row `mine` when the counterpart's, on the side `by`, is shown to it.

        Of equal age, a side's own fields and the owner's word on the state count: the two end alike.
        """
        taken: dict[str, Any] = {}
        for side, fields in self.groups.items():
            revision = f"{side}_revision"
            if shown[revision] > mine[revision] or (shown[revision] == mine[revision] and side is by):
                taken |= {name: shown[name] for name in fields}
        heavier, lighter = self.weight(shown), self.weight(mine)
        if heavier > lighter or (heavier == lighter and by is MirrorSide.OWNER):
            taken |= {name: shown[name] for name in self.state_group}
        return {name: value for name, value in taken.items() if mine[name] != value}


class Snapshot(msgspec.Struct, frozen=True):
    """One side's row and lines as values."""

    side: MirrorSide
    counterpart: UUID
    row: dict[str, Any]
    lines: list[dict[str, Any]]


Followed = Callable[[UnitOfWork, Runtime, Row, MirroredChange], Awaitable[None]]
"""What an area does after its row has followed the counterpart's: notify people, schedule what is due."""


def follow_mirror(consumers: Consumers, mirror: Mirror[Row], *, name: str, followed: Followed[Row]) -> None:
    """Have the rows of `mirror` follow each other; `name` is the consumer's."""

    @consumers.on(mirror.event.topic, name=name)
    async def follow(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
        """The proof stands beside the row that follows."""
        event = msgspec.convert(payload, mirror.event)
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            shown = await snapshot(work, mirror, event.record_id)
        if shown is None:
            return
        async with consume(runtime, shown.counterpart, event_id, name) as work:
            if work is None:
                return
            state = await work.session.scalar(select(Tenant.state).where(Tenant.id == shown.counterpart))
            if state not in KEPT_STATES:
                return
            row, change = await take_over(work, mirror, shown, event_id, event.kind)
            if row is not None:
                await followed(work, runtime, row, change)


def offering_job(mirror: Mirror[Row], *, name: str) -> DailyJob:
    """The daily job that offers what has not ended once more, so that an event that was lost is made up for."""

    async def offer_again(work: UnitOfWork) -> None:
        going_on = mirror.model.state.not_in([str(state) for state in mirror.machine.final])
        for record_id in await work.session.scalars(select(mirror.model.id).where(going_on).order_by(mirror.model.id)):
            mirror.offer(work, record_id)

    return DailyJob(name, OFFERING_HOUR, offer_again)


async def snapshot(work: UnitOfWork, mirror: Mirror[Row], record_id: UUID) -> Snapshot | None:
    """This side's row as it stands."""
    row = await work.session.get(mirror.model, (work.tenant_id, record_id))
    if row is None:
        return None
    return Snapshot(
        row.side,
        row.counterpart_tenant_id,
        _values(row, mirror.crossing),
        await _lines_of(work, mirror.lines, record_id),
    )


async def take_over(
    work: UnitOfWork, mirror: Mirror[Row], shown: Snapshot, event_id: UUID, kind: str
) -> tuple[Row | None, MirroredChange]:
    """Have this side's row follow what it is shown. Only the owner's makes one that is not there."""
    created = None
    if shown.side is MirrorSide.OWNER:
        created = await work.session.scalar(
            insert(mirror.model)
            .values(tenant_id=work.tenant_id, **shown.row)
            .on_conflict_do_nothing(index_elements=["tenant_id", "id"])
            .returning(mirror.model.id)
        )
    key = (work.tenant_id, shown.row["id"])
    row = await work.session.get(mirror.model, key, with_for_update=True, populate_existing=True)
    if row is None:
        return None, MirroredChange(event_id, kind, created=False, before="")
    before = row.state
    for name, value in mirror.differences(_values(row, mirror.crossing), shown.row, shown.side).items():
        setattr(row, name, value)
    await _add_lines(work, mirror.lines, shown.lines)
    mine = _values(row, mirror.crossing)
    if mirror.differences(shown.row, mine, row.side):
        mirror.offer(work, row.id)
    await work.session.flush()
    return row, MirroredChange(event_id, kind, created=created is not None, before=before)


def _values(row: MirroredModel, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


async def _lines_of(work: UnitOfWork, lines: MirroredLines | None, record_id: UUID) -> list[dict[str, Any]]:
    if lines is None:
        return []
    table = lines.model.__table__
    rows = await work.session.execute(
        select(*(getattr(lines.model, name) for name in ("id", lines.record, *lines.fields)))
        .where(table.c[lines.record] == record_id)
        .order_by(lines.model.id)
    )
    return [dict(row) for row in rows.mappings()]


async def _add_lines(work: UnitOfWork, lines: MirroredLines | None, shown: list[dict[str, Any]]) -> None:
    if lines is None or not shown:
        return
    await work.session.execute(
        insert(lines.model).on_conflict_do_nothing(index_elements=["tenant_id", "id"]),
        [{"tenant_id": work.tenant_id, **each} for each in shown],
    )
