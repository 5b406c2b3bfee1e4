"""Content of a service report about one visit, read from the records (T8)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.agreements.catalogue import SERVICE_CATEGORIES
from app.agreements.sla import TARGET_NAMES, ClockService, TargetKind
from app.agreements.sla.models import ClockRecord
from app.assets.clients.models import Client, Department, Employee, Site
from app.assets.devices import CATEGORY_NAMES
from app.assets.devices.models import Device
from app.desk.engineers import LEVEL_NAMES, EngineerLevel
from app.desk.engineers.models import Engineer
from app.desk.tickets.lifecycle import VisitState
from app.desk.tickets.models import Ticket, Visit
from app.desk.tickets.service_reports.document import (
    PromisedTarget,
    ReportContent,
    ReportedDevice,
    ReportedVisit,
    ReportPhoto,
    ServiceMode,
    ServiceOutcome,
    TargetState,
)
from app.platform.files.models import StoredFile
from app.platform.kernel.row_scope import WHOLE_TENANT
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import Clock, add_service_time
from tenants.models import TenantProfile

PHOTO_NAMES = {"visit_before": N_("处理前"), "visit_after": N_("处理后")}
"""Kinds of a visit's photos, in the order in which they are printed."""

_NOT_OF_THIS_MODE = {"remote": TargetKind.ARRIVAL, "on_site": TargetKind.REMOTE_ACCESS}
_CATEGORY_NAMES = {category.code: category.name for category in SERVICE_CATEGORIES}

_SOURCE = (
    select(
        Visit,
        Ticket,
        Client.name.label("client_name"),
        Client.time_zone,
        Site.name.label("site_name"),
        Site.address.label("site_address"),
        Department.name.label("department_name"),
        Device.number.label("device_number"),
        Device.category.label("device_category"),
        Device.brand,
        Device.model,
        Device.serial_number,
        Employee.name.label("holder_name"),
        func.coalesce(Engineer.display_name, Visit.performed_by_name).label("engineer_name"),
        Engineer.level.label("engineer_level"),
        TenantProfile.name.label("partner_name"),
        TenantProfile.hotline,
    )
    .join(Ticket, and_(Ticket.tenant_id == Visit.tenant_id, Ticket.id == Visit.ticket_id))
    .join(Client, and_(Client.tenant_id == Ticket.tenant_id, Client.id == Ticket.client_id))
    .join(TenantProfile, TenantProfile.tenant_id == Visit.tenant_id)
    .outerjoin(Engineer, and_(Engineer.tenant_id == Visit.tenant_id, Engineer.id == Visit.engineer_id))
    .outerjoin(Site, and_(Site.tenant_id == Ticket.tenant_id, Site.id == Ticket.site_id))
    .outerjoin(Device, and_(Device.tenant_id == Ticket.tenant_id, Device.id == Ticket.device_id))
    .outerjoin(Department, and_(Department.tenant_id == Ticket.tenant_id, Department.id == Ticket.department_id))
    .outerjoin(Employee, and_(Employee.tenant_id == Device.tenant_id, Employee.id == Device.employee_id))
)


async def content_of(work: UnitOfWork, visit_id: UUID, *, number: str, edition: int) -> ReportContent:
    """The report of a finished visit as the records stand now; names are in Chinese, the document's language."""
    # The content does not depend on the reader; permission was checked before.
    row = (await work.session.execute(_SOURCE.where(Visit.id == visit_id), execution_options=WHOLE_TENANT)).one()
    visit: Visit = row.Visit
    ticket: Ticket = row.Ticket
    return ReportContent(
        number=number,
        version=edition,
        partner_name=row.partner_name,
        hot_line=row.hotline,
        client_name=row.client_name,
        ticket_number=ticket.number,
        fault="\n".join(filter(None, (ticket.subject, ticket.description))),
        work_done=visit.work_done,
        reported_at=ticket.reported_at,
        work_minutes=visit.work_minutes or 0,
        engineer_name=row.engineer_name,
        time_zone=row.time_zone,
        site_name=row.site_name or "",
        site_address=row.site_address or "",
        contact_name=ticket.contact_name,
        contact_phone=ticket.contact_phone,
        device=_device(row),
        category=_CATEGORY_NAMES.get(ticket.service_category, ""),
        priority=ticket.priority,
        cause=visit.cause,
        engineer_level=LEVEL_NAMES[EngineerLevel(row.engineer_level)] if row.engineer_level else "",
        arrived_at=visit.arrived_at if visit.mode == "on_site" else None,
        resolved_at=visit.finished_at,
        targets=await _targets(work, ticket.id, visit.mode),
        mode=ServiceMode(visit.mode),
        outcome=_outcome(visit.outcome),
        travel_minutes=visit.travel_minutes,
        visits=await _visits(work.session, visit),
        photos=tuple(
            ReportPhoto(sha256=photo.sha256, caption=PHOTO_NAMES[photo.subject_kind])
            for photo in await photos_of(work.session, visit_id)
        ),
    )


async def _visits(session: AsyncSession, last: Visit) -> tuple[ReportedVisit, ...]:
    """All that was done for the ticket until `last` ended: later work does not change its report."""
    statement = (
        select(
            func.coalesce(Engineer.display_name, Visit.performed_by_name).label("person"),
            Visit.mode,
            Visit.finished_at,
            Visit.outcome,
            Visit.work_minutes,
            Visit.travel_minutes,
        )
        .outerjoin(Engineer, and_(Engineer.tenant_id == Visit.tenant_id, Engineer.id == Visit.engineer_id))
        .where(
            Visit.tenant_id == last.tenant_id,
            Visit.ticket_id == last.ticket_id,
            Visit.state == VisitState.FINISHED,
            Visit.finished_at <= last.finished_at,
        )
        .order_by(Visit.finished_at, Visit.id)
    )
    rows = await session.execute(statement, execution_options=WHOLE_TENANT)
    return tuple(
        ReportedVisit(
            person=row.person,
            mode=ServiceMode(row.mode),
            ended_at=row.finished_at,
            outcome=_outcome(row.outcome),
            work_minutes=row.work_minutes,
            travel_minutes=row.travel_minutes,
        )
        for row in rows
    )


def _outcome(stored: str) -> ServiceOutcome | None:
    return ServiceOutcome(stored) if stored else None


async def photos_of(session: AsyncSession, visit_id: UUID) -> Sequence[StoredFile]:
    """A visit's photos: those taken before the work first, then by time."""
    found = await session.scalars(
        select(StoredFile)
        .where(StoredFile.subject_id == visit_id, StoredFile.subject_kind.in_(PHOTO_NAMES))
        .order_by(StoredFile.created_at, StoredFile.id)
    )
    order = list(PHOTO_NAMES)
    return sorted(found, key=lambda photo: order.index(photo.subject_kind))


def _device(row: Row[*tuple[Any, ...]]) -> ReportedDevice | None:
    if row.device_number is None:
        return None
    return ReportedDevice(
        number=row.device_number,
        category=CATEGORY_NAMES.get(row.device_category, ""),
        model=" ".join(filter(None, (row.brand, row.model))),
        serial_number=row.serial_number,
        holder=row.holder_name or "",
        department=row.department_name or "",
    )


async def _targets(work: UnitOfWork, ticket_id: UUID, mode: str) -> tuple[PromisedTarget, ...]:
    """The targets, shortest first; without arrival for remote work, without remote access for a visit on site."""
    clocks = await ClockService(work).read(ClockRecord.ticket_id == ticket_id)
    return tuple(_target(each.kind, each.clock) for each in clocks if each.kind != _NOT_OF_THIS_MODE.get(mode))


def _target(kind: str, clock: Clock) -> PromisedTarget:
    state = TargetState.NOT_MEASURED
    if clock.breached_at is not None:
        state = TargetState.BREACHED
    elif clock.stopped_at is not None:
        state = TargetState.MET
    return PromisedTarget(
        name=TARGET_NAMES[TargetKind(kind)],
        promised_minutes=clock.target.seconds // 60,
        business_time=clock.target.calendar is not None,
        state=state,
        due_at=_due(clock),
        met_at=clock.stopped_at,
    )


def _due(clock: Clock) -> datetime | None:
    """When the target was or would have been used up; a stopped clock has no due time of its own."""
    last = clock.ledger[-1]
    if clock.stopped_at is None or last.is_paused:
        return clock.due_at
    left = clock.target.seconds - (clock.counted_seconds - last.seconds)
    if left < 0:
        return clock.breached_at
    return add_service_time(clock.target.calendar, last.started_at, left)
