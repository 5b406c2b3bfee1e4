"""Reading weeks, devices, findings and bulletins, in the actor's rings and row scope."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select

from app.assets.clients.models import Client
from app.assets.devices import DeviceState
from app.assets.devices.models import Device
from app.desk.security.assessment import DeviceWeek, coverage_of, figures_of
from app.desk.security.models import SecurityBulletin, SecurityCheck, SecurityFinding, SecurityWeek
from app.desk.security.schemas import (
    SecurityBulletinSummary,
    SecurityCheckView,
    SecurityFindingView,
    SecurityWeekSummary,
)
from app.desk.security.states import BulletinState, FindingKind, FindingState, Protection, WeekState
from app.desk.tickets.models import Ticket
from app.platform.kernel.columns import view_of
from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork

COMPUTERS: Final = ("desktop", "laptop", "server")
"""Categories of devices that should have antivirus software."""
WEEK_ROWS: Final[Any] = select(SecurityWeek, Client.short_name).join(
    Client, and_(Client.tenant_id == SecurityWeek.tenant_id, Client.id == SecurityWeek.client_id)
)
BULLETIN_ROWS: Final[Any] = select(SecurityBulletin, Client.short_name).join(
    Client, and_(Client.tenant_id == SecurityBulletin.tenant_id, Client.id == SecurityBulletin.client_id)
)
_FINDING_ROWS: Final[Any] = (
    select(SecurityFinding, Device.number, Ticket.number)
    .join(
        Device,
        and_(
            Device.tenant_id == SecurityFinding.tenant_id,
            Device.client_id == SecurityFinding.client_id,
            Device.id == SecurityFinding.device_id,
        ),
    )
    .outerjoin(
        Ticket,
        and_(
            Ticket.tenant_id == SecurityFinding.tenant_id,
            Ticket.client_id == SecurityFinding.client_id,
            Ticket.id == SecurityFinding.ticket_id,
        ),
    )
)


def week_summary(week: SecurityWeek, client_name: str) -> SecurityWeekSummary:
    """A week as lists show it."""
    return view_of(
        SecurityWeekSummary,
        week,
        client_name=client_name,
        state=WeekState(week.state),
        coverage=coverage_of(week.protected, week.expected),
    )


def bulletin_summary(bulletin: SecurityBulletin, client_name: str) -> SecurityBulletinSummary:
    """A bulletin as lists show it."""
    return view_of(SecurityBulletinSummary, bulletin, client_name=client_name, state=BulletinState(bulletin.state))


async def weeks_between(work: UnitOfWork, client_id: UUID, first: date, end: date) -> list[SecurityWeekSummary]:
    """The assessed weeks of a client whose Monday lies in `first` ≤ day < `end`, the oldest first."""
    rows = await work.session.execute(
        WEEK_ROWS.where(
            SecurityWeek.client_id == client_id,
            SecurityWeek.monday >= first,
            SecurityWeek.monday < end,
            SecurityWeek.state == WeekState.ASSESSED,
        ).order_by(SecurityWeek.monday)
    )
    return [week_summary(week, name) for week, name in rows]


async def computers_of(work: UnitOfWork, client_id: UUID) -> Sequence[Device]:
    """The client's computers in use, by number."""
    rows = await work.session.scalars(
        select(Device)
        .where(Device.client_id == client_id, Device.category.in_(COMPUTERS), Device.state == DeviceState.IN_USE)
        .order_by(Device.number)
    )
    return rows.all()


async def checks_of(work: UnitOfWork, week_id: UUID) -> list[tuple[SecurityCheck, Device]]:
    """What is recorded of a week, by the devices' numbers."""
    rows = await work.session.execute(
        select(SecurityCheck, Device)
        .join(
            Device,
            and_(
                Device.tenant_id == SecurityCheck.tenant_id,
                Device.client_id == SecurityCheck.client_id,
                Device.id == SecurityCheck.device_id,
            ),
        )
        .where(SecurityCheck.week_id == week_id)
        .order_by(Device.number)
    )
    return [(check, device) for check, device in rows]


async def findings_where(work: UnitOfWork, *conditions: Any) -> list[SecurityFindingView]:
    """Findings, those that wait first, then by device."""
    rows = await work.session.execute(
        _FINDING_ROWS.where(*conditions).order_by(SecurityFinding.state, Device.number, SecurityFinding.kind)
    )
    return [
        view_of(
            SecurityFindingView,
            finding,
            kind=FindingKind(finding.kind),
            state=FindingState(finding.state),
            device_number=device_number,
            ticket_number=ticket_number,
        )
        for finding, device_number, ticket_number in rows
    ]


def device_week(check: SecurityCheck) -> DeviceWeek:
    """A check as the assessment reads it."""
    return DeviceWeek(Protection(check.protection), check.definitions_on, check.virus_events, check.missing_patches)


async def client_day(work: UnitOfWork, client_id: UUID) -> date:
    """Today where the client is."""
    zone = await work.session.scalar(select(Client.time_zone).where(Client.id == client_id))
    return work.now.astimezone(ZoneInfo(present(zone, "the week's client is there"))).date()


async def with_present_figures(
    work: UnitOfWork, week: SecurityWeek, checks: Sequence[tuple[SecurityCheck, Device]], seen_on: date
) -> dict[str, int]:
    """The figures of a week: as they were assessed, or as they are now."""
    names = ("checked", "protected", "outdated", "virus_events", "unpatched")
    if week.state == WeekState.ASSESSED:
        return {"expected": week.expected, **{name: getattr(week, name) for name in names}}
    figures = figures_of([device_week(check) for check, _ in checks], week.monday, seen_on)
    expected = {device.id for device in await computers_of(work, week.client_id)}
    expected |= {device.id for _, device in checks}
    return {"expected": len(expected), **figures._asdict()}


def check_view(device: Device, check: SecurityCheck | None) -> SecurityCheckView:
    """A device with what is recorded of it, if anything is."""
    name = device.host_name or f"{device.brand} {device.model}".strip()
    if check is None:
        return SecurityCheckView(device_id=device.id, device_number=device.number, device_name=name, recorded=False)
    return view_of(
        SecurityCheckView,
        check,
        protection=Protection(check.protection),
        device_number=device.number,
        device_name=name,
        recorded=True,
    )
