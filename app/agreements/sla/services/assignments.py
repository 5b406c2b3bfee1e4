"""Which policy and calendar each client is served by, and the client's own dates."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, delete, func, insert, select, update
from sqlalchemy.orm import aliased

from app.agreements.sla import models, schemas
from app.agreements.sla.errors import PROBLEM_TEXTS, DefaultAssignmentRequired
from app.agreements.sla.events import TermsChanged
from app.agreements.sla.services.calendars_and_policies import CalendarService, PolicyService
from app.assets.clients import ClientService
from app.assets.clients.models import Client
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import DateException, DocumentProblem, InvalidDocument, ServiceCalendar
from rbac import Permission

DEFAULT_NAME = N_("默认（未单独设置的客户）")

_assignment = models.SlaAssignment
_calendar = aliased(models.ServiceCalendarRecord)
_base = aliased(models.ServiceCalendarRecord)


def _rows() -> Select[Any]:
    return (
        select(
            _assignment.id,
            _assignment.client_id,
            func.coalesce(Client.short_name, DEFAULT_NAME).label("client_name"),
            _assignment.policy_id,
            models.SlaPolicy.name.label("policy_name"),
            func.coalesce(_base.id, _calendar.id).label("calendar_id"),
            func.coalesce(_base.name, _calendar.name).label("calendar_name"),
            _assignment.calendar_id.label("effective_calendar_id"),
            _assignment.exceptions,
            _assignment.version,
        )
        .select_from(_assignment)
        .join(models.SlaPolicy, models.SlaPolicy.id == _assignment.policy_id)
        .join(_calendar, _calendar.id == _assignment.calendar_id)
        .outerjoin(_base, and_(_base.id == _calendar.derived_from))
        .outerjoin(Client, Client.id == _assignment.client_id)
        .order_by(_assignment.client_id.is_not(None), Client.name)
    )


class AssignmentService:
    """Writing takes `service_level:write`, reading `client:read`. `client_id` None is the tenant's default."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def list(self) -> list[schemas.AssignmentView]:
        """The default first, then the clients that have their own. A client's people see their own only.

        Raises:
            Forbidden: without `client:read`.
        """
        self._work.actor.require(Permission.CLIENT_READ)
        return [_to_view(row) for row in await self._work.session.execute(_rows())]

    async def in_force(self, client_id: UUID) -> schemas.AssignmentView | None:
        """What the client is served by now: its own assignment, else the default, else nothing.

        Raises:
            Forbidden: without `client:read`.
            NotFound: no such client for this actor.
        """
        await ClientService(self._work).get(client_id)
        row = await self._row(client_id) or await self._row(None)
        return None if row is None else _to_view(row)

    async def assign(self, client_id: UUID | None, data: schemas.AssignmentUpdate) -> schemas.AssignmentView:
        """Serve a client by this policy and calendar from now on; running clocks are measured anew.

        Raises:
            Forbidden: without `service_level:write`.
            InvalidDocument: exceptions that contradict themselves.
            NotFound: the client, policy or calendar is not in this tenant.
            StaleVersion: changed since it was read.
        """
        work = self._work
        work.actor.require(Permission.SERVICE_LEVEL_WRITE)
        if client_id is not None:
            await ClientService(work).get(client_id)
        await PolicyService(work).get(data.policy_id)
        base = await CalendarService(work).get(data.calendar_id)
        _check_exceptions(base.calendar, data.exceptions)
        row = await self._row(client_id)
        if (None if row is None else row.version) != data.version:
            raise StaleVersion
        # The default's id is the tenant's, so that two defaults cannot be.
        assignment_id = row.id if row is not None else (work.new_id() if client_id else work.tenant_id)
        values = {
            "policy_id": data.policy_id,
            "calendar_id": await self._effective(base, data.exceptions, row),
            "exceptions": msgspec.to_builtins(data.exceptions),
        }
        if row is None:
            await work.session.execute(
                insert(_assignment).values(
                    tenant_id=work.tenant_id, id=assignment_id, client_id=client_id, version=1, **values
                )
            )
        else:
            changed = await work.session.scalar(
                update(_assignment)
                .where(_assignment.id == assignment_id, _assignment.version == row.version)
                .values(version=row.version + 1, **values)
                .returning(_assignment.id)
                .execution_options(synchronize_session=False)
            )
            if changed is None:
                raise StaleVersion
        work.audit(
            "sla_policy.assigned",
            "sla_assignment",
            assignment_id,
            policy_id=data.policy_id,
            calendar_id=data.calendar_id,
        )
        work.publish(TermsChanged(client_id=client_id))
        written = await self._row(client_id)
        if written is None:
            raise NotFound
        return _to_view(written)

    async def remove(self, client_id: UUID | None, version: int) -> None:
        """Serve the client by the default again.

        Raises:
            Forbidden: without `service_level:write`.
            DefaultAssignmentRequired: the default itself.
            NotFound: the client has no assignment of its own.
            StaleVersion: changed since it was read.
        """
        self._work.actor.require(Permission.SERVICE_LEVEL_WRITE)
        if client_id is None:
            raise DefaultAssignmentRequired
        row = await self._row(client_id)
        if row is None:
            raise NotFound
        removed = await self._work.session.scalar(
            delete(_assignment)
            .where(_assignment.id == row.id, _assignment.version == version)
            .returning(_assignment.id)
            .execution_options(synchronize_session=False)
        )
        if removed is None:
            raise StaleVersion
        self._work.audit("sla_policy.unassigned", "sla_assignment", row.id)
        self._work.publish(TermsChanged(client_id=client_id))

    async def _row(self, client_id: UUID | None) -> Any:
        own = _assignment.client_id.is_(None) if client_id is None else _assignment.client_id == client_id
        return (await self._work.session.execute(_rows().where(own))).first()

    async def _effective(self, base: schemas.CalendarView, exceptions: Sequence[DateException], row: Any) -> UUID:
        """The calendar that clocks run by: `base` itself, or one made of it and the client's exceptions."""
        if not exceptions:
            return base.id
        calendars = CalendarService(self._work)
        is_derived = row is not None and row.effective_calendar_id != row.calendar_id
        if is_derived and row.calendar_id == base.id:
            await calendars.renew_derived(row.effective_calendar_id, base.calendar, exceptions)
            derived_id: UUID = row.effective_calendar_id
            return derived_id
        return await calendars.derive(base, exceptions, name=self._work.new_id().hex)


def _check_exceptions(base: ServiceCalendar, exceptions: list[DateException]) -> None:
    problems: list[DocumentProblem] = list(ServiceCalendar(weekly=base.weekly, exceptions=tuple(exceptions)).problems())
    if problems:
        raise InvalidDocument(problems, PROBLEM_TEXTS)


def _to_view(row: Any) -> schemas.AssignmentView:
    return view_of(schemas.AssignmentView, row, exceptions=msgspec.convert(row.exceptions, list[DateException]))
