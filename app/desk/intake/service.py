"""Reporting a fault as an employee (T1)."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.agreements.catalogue import SYMPTOM_NAMES, classify
from app.agreements.sla import Impact, Urgency
from app.assets.devices.models import Device
from app.desk.intake.schemas import FaultReport
from app.desk.tickets import (
    AttachmentService,
    Channel,
    TicketCreate,
    TicketCreated,
    TicketCreation,
    TicketFilter,
    TicketQueries,
    TicketSummary,
    may_read_ticket,
)
from app.desk.tickets.models import Ticket
from app.platform.files import FileStore, SafeFile
from app.platform.kernel.columns import columns_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.models import TenantProfile

SAME_FAULT_HOURS = 24
"""Time in which a second report about a device is probably about the same fault."""

_SUBJECT_LENGTH = 60


class PartnerInfo(msgspec.Struct, frozen=True):
    """The partner's name, hot-line and time zone."""

    partner_name: str
    hot_line: str
    time_zone: str


class ReporterDevice(msgspec.Struct, frozen=True):
    """The device at which a reporter signed in."""

    id: UUID
    number: str
    category: str
    model: str


class IntakeService:
    """Use cases of one reporter."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def partner_info(self) -> PartnerInfo:
        """Name, hot-line and zone of the reporter's partner."""
        row = (
            await self.work.session.execute(
                select(
                    *columns_of(
                        PartnerInfo, TenantProfile, partner_name=TenantProfile.name, hot_line=TenantProfile.hotline
                    )
                )
            )
        ).first()
        return PartnerInfo("", "", PLATFORM_ZONE.key) if row is None else PartnerInfo(*row)

    async def device(self, device_id: UUID | None) -> ReporterDevice:
        """The device, as long as this reporter holds it.

        Raises:
            NotFound: it has gone to somebody else.
        """
        row = (
            await self.work.session.execute(
                select(Device.id, Device.number, Device.category, Device.brand, Device.model).where(
                    Device.id == device_id, Device.reporter_id == self.work.actor.reporter_id
                )
            )
        ).first()
        if row is None:
            raise NotFound
        return ReporterDevice(row.id, row.number, row.category, " ".join(filter(None, (row.brand, row.model))))

    async def same_fault(self, device_id: UUID) -> TicketSummary | None:
        """The reporter's open ticket about this device from the last day, to be added to rather than doubled."""
        since = self.work.now - timedelta(hours=SAME_FAULT_HOURS)
        wanted = TicketFilter(device_id=device_id, open_only=True, reported_from=since)
        found = await TicketQueries(self.work).newest(wanted, limit=1)
        return found[0] if found else None

    async def follow_path(self, ticket_id: UUID) -> str:
        """The address under which anybody may follow the ticket's public state.

        Raises:
            NotFound: no such ticket for this actor.
        """
        if not await may_read_ticket(self.work, ticket_id):
            raise NotFound
        token = await self.work.session.scalar(select(Ticket.follow_token).where(Ticket.id == ticket_id))
        slug = await self.work.session.scalar(select(TenantProfile.slug))
        return f"/r/follow/{slug}/{token}"

    async def report(
        self, device_id: UUID | None, fault: FaultReport, files: Sequence[SafeFile], store: FileStore
    ) -> TicketCreated:
        """Create a ticket of the fault with its photos, in one transaction.

        Raises:
            NotFound: the device has gone to somebody else.
            NoServiceTerms, TooManyFiles: as their texts say.
        """
        device = await self.device(device_id)
        guess = classify(fault.symptom, device.category)
        words = fault.words.strip()
        made = await TicketCreation(self.work).create(
            TicketCreate(
                subject=_subject(SYMPTOM_NAMES[fault.symptom], words),
                device_id=device.id,
                description=words,
                service_category=guess.service_category,
                product_category=guess.product_category,
                impact=Impact(guess.impact),
                urgency=Urgency(guess.urgency),
                symptom=fault.symptom,
            ),
            Channel.EMPLOYEE,
        )
        if files:
            await AttachmentService(self.work, store).attach(made.id, files)
        return made


def _subject(picture: str, words: str) -> str:
    """A ticket's subject: the symptom's name and the beginning of the words."""
    if not words:
        return picture
    first_line = words.splitlines()[0]
    return f"{picture}：{first_line[:_SUBJECT_LENGTH]}{'…' if len(first_line) > _SUBJECT_LENGTH else ''}"
