"""A client's week: devices are recorded by hand or from a file, then its figures are assessed and findings follow."""

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.assets.clients.models import Client
from app.assets.devices.models import Device
from app.desk.security.assessment import coverage_of, findings_of
from app.desk.security.errors import WeekEmpty
from app.desk.security.models import SecurityCheck, SecurityFinding, SecurityWeek
from app.desk.security.permissions import SecurityPermission
from app.desk.security.promises import WEEK, WEEKLY_REPORT, week_subject
from app.desk.security.schemas import CheckWrite, SecurityWeekView, WeekAssessment
from app.desk.security.services.reading import (
    check_view,
    checks_of,
    client_day,
    computers_of,
    device_week,
    findings_where,
    with_present_figures,
)
from app.desk.security.states import SECURITY_WEEK, FindingState, WeekMove, WeekState
from app.desk.tickets import OPEN_STATES
from app.desk.tickets.models import Ticket
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import PromiseService

_FIELDS: Final = ("protection", "definitions_on", "virus_events", "virus_names", "missing_patches")


class SecurityWeeks:
    """Weeks that the actor may see.

    Raises:
        Forbidden: without `security_week:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(SecurityPermission.SECURITY_WEEK_READ)
        self._work = work

    async def get(self, week_id: UUID) -> SecurityWeekView:
        """The week; while it is open with the computers that nobody has recorded yet.

        Raises:
            NotFound: no such week for this actor; of a client's people, while it is open.
        """
        work = self._work
        week = await self._row(week_id)
        checks = await checks_of(work, week_id)
        figures = await with_present_figures(work, week, checks, await client_day(work, week.client_id))
        recorded = {device.id for _, device in checks}
        views = [check_view(device, check) for check, device in checks]
        if week.state == WeekState.OPEN:
            missing = [each for each in await computers_of(work, week.client_id) if each.id not in recorded]
            views = sorted((*views, *(check_view(each, None) for each in missing)), key=lambda each: each.device_number)
        name = await work.session.scalar(select(Client.short_name).where(Client.id == week.client_id))
        return view_of(
            SecurityWeekView,
            week,
            **figures,
            coverage=coverage_of(figures["protected"], figures["expected"]),
            client_name=name or "",
            state=WeekState(week.state),
            checks=views,
            findings=await findings_where(work, SecurityFinding.week_id == week_id),
            clocks=(await PromiseService(work).explain(WEEK, [week_id]))[week_id],
        )

    async def record(self, week_id: UUID, device_id: UUID, wanted: CheckWrite) -> None:
        """Write down how a device stands.

        Raises:
            Forbidden: without `security_week:write`.
            NotFound: no such week, or its client has no such device.
            WeekMoveRefused: the week is assessed.
            StaleVersion: somebody recorded the device meanwhile.
        """
        work = self._work
        week = await self._open_week(week_id)
        device = await work.session.scalar(
            select(Device.id).where(Device.id == device_id, Device.client_id == week.client_id)
        )
        if device is None:
            raise NotFound
        values = {name: getattr(wanted, name) for name in _FIELDS}
        check = await work.session.scalar(
            select(SecurityCheck)
            .where(SecurityCheck.week_id == week_id, SecurityCheck.device_id == device_id)
            .with_for_update()
        )
        if (check.version if check else 0) != wanted.version:
            raise StaleVersion
        if check is None:
            check = SecurityCheck(
                tenant_id=work.tenant_id,
                id=work.new_id(),
                client_id=week.client_id,
                week_id=week_id,
                device_id=device_id,
                created_at=work.now,
                version=0,
            )
            work.session.add(check)
        changed = sorted(name for name in _FIELDS if getattr(check, name) != values[name])
        for name in _FIELDS:
            setattr(check, name, values[name])
        check.version += 1
        work.audit("security_check.changed", "security_check", check.id, fields=changed)
        await work.session.flush()

    async def assess(self, week_id: UUID, given: WeekAssessment) -> None:
        """Keep the figures, say what they mean, and write down what is wrong with which device. What an open finding
        or ticket of an earlier week is about is not found again.

        Raises:
            Forbidden: without `security_week:write`.
            NotFound, StaleVersion
            WeekMoveRefused: it is assessed already.
            WeekEmpty: no device is recorded.
        """
        work = self._work
        week = await self._open_week(week_id)
        if week.version != given.version:
            raise StaleVersion
        checks = await checks_of(work, week_id)
        if not checks:
            raise WeekEmpty
        seen_on = await client_day(work, week.client_id)
        for name, figure in (await with_present_figures(work, week, checks, seen_on)).items():
            setattr(week, name, figure)
        week.state = SECURITY_WEEK.after(WeekMove.ASSESS, week.state)
        week.assessment, week.assessed_at, week.assessed_by_name = (
            given.assessment,
            work.now,
            work.actor.display_name,
        )
        week.version += 1
        found = await self._find(week, [check for check, _ in checks], seen_on)
        await PromiseService(work).meet(week_subject(week), WEEKLY_REPORT)
        work.audit("security_week.assessed", "security_week", week.id, day=str(week.monday), count=found)
        await work.session.flush()

    async def _find(self, week: SecurityWeek, checks: list[SecurityCheck], seen_on: date) -> int:
        work = self._work
        running = await self._running(week.client_id)
        rows = [
            {
                "tenant_id": work.tenant_id,
                "id": work.new_id(),
                "client_id": week.client_id,
                "week_id": week.id,
                "device_id": check.device_id,
                "kind": kind,
                "state": FindingState.OPEN,
                "found_at": work.now,
                "reason": "",
                "decided_by_name": "",
                "version": 1,
            }
            for check in checks
            for kind in findings_of(device_week(check), week.monday, seen_on)
            if (check.device_id, str(kind)) not in running
        ]
        if rows:
            await work.session.execute(insert(SecurityFinding).on_conflict_do_nothing(), rows)
        return len(rows)

    async def _running(self, client_id: UUID) -> set[tuple[UUID, str]]:
        """Device and kind of what is still to be done: findings that wait, and those whose ticket is open."""
        rows = await self._work.session.execute(
            select(SecurityFinding.device_id, SecurityFinding.kind)
            .outerjoin(
                Ticket,
                (Ticket.tenant_id == SecurityFinding.tenant_id) & (Ticket.id == SecurityFinding.ticket_id),
            )
            .where(
                SecurityFinding.client_id == client_id,
                (SecurityFinding.state == FindingState.OPEN) | Ticket.state.in_(OPEN_STATES),
            )
        )
        return {(row.device_id, row.kind) for row in rows}

    async def _row(self, week_id: UUID) -> SecurityWeek:
        week: SecurityWeek | None = await self._work.session.scalar(
            select(SecurityWeek).where(SecurityWeek.id == week_id)
        )
        if week is None:
            raise NotFound
        return week

    async def _open_week(self, week_id: UUID) -> SecurityWeek:
        work = self._work
        work.actor.require(SecurityPermission.SECURITY_WEEK_WRITE)
        work.require_writable()
        week = await work.session.scalar(
            select(SecurityWeek)
            .where(SecurityWeek.id == week_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if week is None:
            raise NotFound
        SECURITY_WEEK.require(WeekMove.ASSESS, week.state)
        return week
