"""Calendars and policies: each keeps a name and a list of versions. A change is a new version; the past stays."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from app.agreements.sla import models, schemas
from app.agreements.sla.errors import PROBLEM_TEXTS, InUse, NameTaken
from app.agreements.sla.events import TermsChanged
from app.agreements.sla.policy import SlaPolicyDocument
from app.platform.kernel.actor import Scope
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import DateException, DocumentProblem, InvalidDocument, ServiceCalendar
from rbac import Permission

_assigned_calendar = aliased(models.ServiceCalendarRecord)


class _VersionedService:
    """Records of one table with the versions of another. Writing takes `service_level:write`, reading `client:read`.

    A client's people read only what is assigned to their company: other records show what other clients agreed on, and
    their names often say with whom.
    """

    record: Any
    version_model: Any
    parent_column: str
    """Column of `version_model` that names the record."""
    assigned_ids: Select[Any]
    """Ids of the records that the assignments visible to the actor name."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    @property
    def _kind(self) -> str:
        return str(self.record.__tablename__)

    async def _rows(self, *conditions: ColumnElement[bool]) -> Sequence[Any]:
        self._work.actor.require(Permission.CLIENT_READ)
        record, version_model = self.record, self.version_model
        statement = (
            select(
                record.id,
                record.name,
                record.template,
                record.active,
                record.version,
                version_model.id.label("version_id"),
                version_model.document,
                version_model.created_at,
                version_model.created_by,
            )
            .join(version_model, version_model.id == record.current_version_id)
            .where(*conditions, *self._within_ring())
            .order_by(record.active.desc(), record.name, record.id)
        )
        return (await self._work.session.execute(statement)).all()

    def _within_ring(self) -> tuple[ColumnElement[bool], ...]:
        return () if self._work.actor.scope is Scope.TENANT else (self.record.id.in_(self.assigned_ids),)

    async def _row(self, record_id: UUID) -> Any:
        rows = await self._rows(self.record.id == record_id)
        if not rows:
            raise NotFound
        return rows[0]

    async def versions(self, record_id: UUID) -> list[schemas.PastVersion]:
        """Every version, newest first.

        Raises:
            NotFound: no such record in this tenant.
        """
        await self._row(record_id)
        version_model = self.version_model
        rows = await self._work.session.execute(
            select(version_model.id, version_model.created_at, version_model.created_by)
            .where(getattr(version_model, self.parent_column) == record_id)
            .order_by(version_model.id.desc())
        )
        return [schemas.PastVersion(id=row[0], created_at=row[1], created_by=row[2]) for row in rows]

    async def _new_version(self, record_id: UUID, document: msgspec.Struct) -> UUID:
        work, version_id = self._work, self._work.new_id()
        await work.session.execute(
            insert(self.version_model).values(
                {
                    "tenant_id": work.tenant_id,
                    "id": version_id,
                    self.parent_column: record_id,
                    "document": msgspec.to_builtins(document),
                    "created_at": work.now,
                    "created_by": work.actor.display_name,
                }
            )
        )
        return version_id

    async def _add(self, name: str, document: msgspec.Struct, template: str, **more: Any) -> UUID:
        work, record_id = self._work, self._work.new_id()
        version_id = await self._new_version(record_id, document)
        await self._execute(
            insert(self.record)
            .values(
                tenant_id=work.tenant_id,
                id=record_id,
                name=name,
                template=template,
                current_version_id=version_id,
                **more,
            )
            .returning(self.record.id)
        )
        work.audit(f"{self._kind}.created", self._kind, record_id, version_id=version_id)
        return record_id

    async def _change(
        self, record_id: UUID, version: int, name: str, document: msgspec.Struct, *, active: bool
    ) -> None:
        if not active and await self._is_assigned(record_id):
            raise InUse
        version_id = await self._new_version(record_id, document)
        changed = await self._execute(
            update(self.record)
            .where(self.record.id == record_id, self.record.version == version)
            .values(name=name, current_version_id=version_id, active=active, version=version + 1)
            .returning(self.record.id)
            .execution_options(synchronize_session=False)
        )
        if changed is None:
            await self._row(record_id)
            raise StaleVersion
        self._work.audit(f"{self._kind}.changed", self._kind, record_id, version_id=version_id, active=active)

    async def _execute(self, statement: Any) -> Any:
        try:
            return (await self._work.session.execute(statement)).scalar()
        except IntegrityError as error:
            raise NameTaken from error

    async def _is_assigned(self, record_id: UUID) -> bool:
        column = (
            models.SlaAssignment.policy_id if self.parent_column == "policy_id" else models.SlaAssignment.calendar_id
        )
        return bool(await self._work.session.scalar(select(exists().where(column == record_id))))


class CalendarService(_VersionedService):
    """Service calendars. Those derived for one client are hidden: their base and the exceptions are what people see."""

    record = models.ServiceCalendarRecord
    version_model = models.ServiceCalendarVersion
    parent_column = "calendar_id"
    assigned_ids = select(func.coalesce(_assigned_calendar.derived_from, _assigned_calendar.id)).join(
        models.SlaAssignment, models.SlaAssignment.calendar_id == _assigned_calendar.id
    )

    async def list(self) -> list[schemas.CalendarView]:
        """Calendars to choose from, those in use first.

        Raises:
            Forbidden: without `client:read`.
        """
        return [self._to_view(row) for row in await self._rows(self.record.derived_from.is_(None))]

    async def get(self, calendar_id: UUID) -> schemas.CalendarView:
        """
        Raises:
            Forbidden: without `client:read`.
            NotFound: no such calendar in this tenant.
        """
        rows = await self._rows(self.record.id == calendar_id, self.record.derived_from.is_(None))
        if not rows:
            raise NotFound
        return self._to_view(rows[0])

    async def create(self, data: schemas.CalendarCreate) -> schemas.CalendarView:
        """
        Raises:
            Forbidden: without `service_level:write`.
            InvalidDocument: with every problem by its path.
            NameTaken: another calendar has the name.
        """
        self._work.actor.require(Permission.SERVICE_LEVEL_WRITE)
        name = _validated_name(data.name, data.calendar.problems())
        return await self.get(await self._add(name, data.calendar, data.template))

    async def update(self, calendar_id: UUID, data: schemas.CalendarUpdate) -> schemas.CalendarView:
        """A new version, also for the clients with exceptions of their own; running clocks are measured anew.

        Raises:
            Forbidden: without `service_level:write`.
            InvalidDocument: with every problem by its path.
            NameTaken, InUse, StaleVersion, NotFound.
        """
        self._work.actor.require(Permission.SERVICE_LEVEL_WRITE)
        name = _validated_name(data.name, data.calendar.problems())
        await self.get(calendar_id)
        if not data.active and await self._derived_from(calendar_id):
            raise InUse
        await self._change(calendar_id, data.version, name, data.calendar, active=data.active)
        for derived_id, exceptions in await self._derived_from(calendar_id):
            await self.renew_derived(derived_id, data.calendar, exceptions)
        self._work.publish(TermsChanged(calendar_id=calendar_id))
        return await self.get(calendar_id)

    async def derive(self, base: schemas.CalendarView, exceptions: Sequence[DateException], name: str) -> UUID:
        """Make the calendar of one client: `base` under its own exceptions. `name` is never shown.

        Raises:
            Forbidden: without `service_level:write`.
        """
        self._work.actor.require(Permission.SERVICE_LEVEL_WRITE)
        return await self._add(name, _with_exceptions(base.calendar, exceptions), "", derived_from=base.id)

    async def renew_derived(self, derived_id: UUID, base: ServiceCalendar, exceptions: Sequence[DateException]) -> None:
        """Write what the derived calendar is from now on.

        Raises:
            Forbidden: without `service_level:write`.
        """
        self._work.actor.require(Permission.SERVICE_LEVEL_WRITE)
        version_id = await self._new_version(derived_id, _with_exceptions(base, exceptions))
        await self._work.session.execute(
            update(self.record)
            .where(self.record.id == derived_id)
            .values(current_version_id=version_id, version=self.record.version + 1)
            .execution_options(synchronize_session=False)
        )

    async def _derived_from(self, calendar_id: UUID) -> Sequence[tuple[UUID, Sequence[DateException]]]:
        assignment = models.SlaAssignment
        rows = await self._work.session.execute(
            select(self.record.id, assignment.exceptions)
            .join(assignment, assignment.calendar_id == self.record.id)
            .where(self.record.derived_from == calendar_id)
        )
        return [(row[0], msgspec.convert(row[1], list[DateException])) for row in rows]

    def _to_view(self, row: Any) -> schemas.CalendarView:
        calendar = msgspec.convert(row.document, ServiceCalendar)
        today = platform_day(self._work.now)
        next_year = today.replace(year=today.year + 1, month=1, day=1)
        return view_of(
            schemas.CalendarView,
            row,
            calendar=calendar,
            changed_at=row.created_at,
            changed_by=row.created_by,
            unpublished_years=list(calendar.unpublished_holiday_years(today, next_year)),
        )


class PolicyService(_VersionedService):
    """Service-level policies."""

    record = models.SlaPolicy
    version_model = models.SlaPolicyVersion
    parent_column = "policy_id"
    assigned_ids = select(models.SlaAssignment.policy_id)

    async def list(self) -> list[schemas.PolicyView]:
        """Policies to choose from, those in use first.

        Raises:
            Forbidden: without `client:read`.
        """
        return [_policy_view(row) for row in await self._rows()]

    async def get(self, policy_id: UUID) -> schemas.PolicyView:
        """
        Raises:
            Forbidden: without `client:read`.
            NotFound: no such policy in this tenant.
        """
        return _policy_view(await self._row(policy_id))

    async def create(self, data: schemas.PolicyCreate) -> schemas.PolicyView:
        """
        Raises:
            Forbidden: without `service_level:write`.
            InvalidDocument: with every problem by its path.
            NameTaken: another policy has the name.
        """
        self._work.actor.require(Permission.SERVICE_LEVEL_WRITE)
        name = _validated_name(data.policy.name, data.policy.problems())
        return await self.get(await self._add(name, data.policy, data.template))

    async def update(self, policy_id: UUID, data: schemas.PolicyUpdate) -> schemas.PolicyView:
        """A new version; running clocks are measured anew.

        Raises:
            Forbidden: without `service_level:write`.
            InvalidDocument: with every problem by its path.
            NameTaken, InUse, StaleVersion, NotFound.
        """
        self._work.actor.require(Permission.SERVICE_LEVEL_WRITE)
        name = _validated_name(data.policy.name, data.policy.problems())
        await self._change(policy_id, data.version, name, data.policy, active=data.active)
        self._work.publish(TermsChanged(policy_id=policy_id))
        return await self.get(policy_id)


def _validated_name(name: str, problems: Sequence[DocumentProblem]) -> str:
    """The trimmed name.

    Raises:
        InvalidDocument: for an empty or too long name and for every problem of the document.
    """
    found = [problem for problem in problems if problem.path != "name"]
    if not name.strip():
        found.append(DocumentProblem("name_missing", "name"))
    elif len(name.strip()) > models.NAME_LENGTH:
        found.append(DocumentProblem("name_too_long", "name", {"most": models.NAME_LENGTH}))
    if found:
        raise InvalidDocument(found, PROBLEM_TEXTS)
    return name.strip()


def _with_exceptions(base: ServiceCalendar, exceptions: Sequence[DateException]) -> ServiceCalendar:
    """`base` with a client's exceptions, whose notes stay in the client's own ring."""
    return base.merged_with(tuple(msgspec.structs.replace(each, note="") for each in exceptions))


def _policy_view(row: Any) -> schemas.PolicyView:
    return view_of(
        schemas.PolicyView,
        row,
        policy=msgspec.convert(row.document, SlaPolicyDocument),
        changed_at=row.created_at,
        changed_by=row.created_by,
    )
