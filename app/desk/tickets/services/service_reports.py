"""Service reports: made from a visit, signed on the screen, printed and kept (T8).

An unsigned edition follows the records; a signed one never changes, and a later change makes the next edition with the
same number. The client signs the hash of the content shown on the screen.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select

from app.desk.tickets import repository
from app.desk.tickets.errors import ReportAlreadySigned, ReportChanged, ReportMissing, VisitNotFinished
from app.desk.tickets.events import ReportSigned
from app.desk.tickets.lifecycle import ConfirmedBy, TicketState
from app.desk.tickets.models import ServiceReport, Ticket, Visit
from app.desk.tickets.report_schemas import (
    OfflineSigning,
    ReportEdition,
    ReportSigning,
    ServiceReportView,
    report_facts_hash,
)
from app.desk.tickets.schemas import Resolution
from app.desk.tickets.services.confirmation import ConfirmationService
from app.desk.tickets.services.repetition import already_done
from app.desk.tickets.services.report_content import content_of
from app.desk.tickets.services.visit_access import visit_of_worker
from app.desk.tickets.services.workflow import Workflow
from app.platform import documents
from app.platform.documents import ContentMismatch, clean_signature, content_hash
from app.platform.files import FileOwner, FileStore, SafeFile, StoredFile, store_file
from app.platform.kernel.counters import next_number
from app.platform.kernel.errors import NotFound
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.models import TenantProfile

NUMBER_PREFIX = "SR"


class ServiceReportService:
    """Reports of visits. Making and signing are the engineer's, or a dispatcher's for an engineer who calls in."""

    def __init__(self, work: UnitOfWork, store: FileStore) -> None:
        self.work = work
        self.store = store
        self.workflow = Workflow(work)

    async def generate(self, visit_id: UUID) -> ServiceReportView:
        """The newest edition, brought up to date with the records. Idempotent.

        Raises:
            VisitNotFinished: nothing was done yet.
        """
        visit, _ = await self._visit(visit_id)
        if visit.state != "finished":
            raise VisitNotFinished
        report = await self._bring_up_to_date(visit)
        return await self._view(report)

    async def correct(self, visit_id: UUID, resolution: Resolution) -> ServiceReportView:
        """Correct the texts of finished work. The previous texts are kept in an internal note; unchanged texts change
        nothing.

        Raises:
            VisitNotFinished: nothing was done yet.
        """
        visit, ticket = await self._visit(visit_id)
        if visit.state != "finished":
            raise VisitNotFinished
        before = {"work_done": visit.work_done, "cause": visit.cause, "work_minutes": visit.work_minutes}
        if before == {name: getattr(resolution, name) for name in before}:
            return await self._view(await self._bring_up_to_date(visit))
        visit.work_done, visit.cause = resolution.work_done, resolution.cause
        visit.work_minutes, visit.version = resolution.work_minutes, visit.version + 1
        self.workflow.note(ticket, "correction", resolution.work_done, before=before)
        self.workflow.changed(ticket, "work")
        self.work.audit("visit.corrected", "visit", visit.id)
        await self.work.session.flush()
        return await self._view(await self._bring_up_to_date(visit))

    async def sign(self, visit_id: UUID, signing: ReportSigning) -> ServiceReportView:
        """The client signs the newest edition; with `client_confirms` the ticket is confirmed by it (T4). The same
        signature sent again by the same person is answered as the first time.

        Raises:
            ReportMissing, ReportAlreadySigned
            ContentMismatch: the report has changed since it was shown.
            UnusableImage: the signature cannot be read, or nothing was written.
        """
        ink = await asyncio.to_thread(clean_signature, signing.image)
        visit, ticket = await self._visit(visit_id)
        report = await self._newest(visit.id)
        if report is None:
            raise ReportMissing
        if report.signed_at is not None:
            if await self._is_same_signature(report, signing, ink):
                return await self._view(report)
            raise ReportAlreadySigned(edition=report.edition, name=report.signed_by)
        if report.content_hash != signing.content_hash:
            raise ContentMismatch
        picture = SafeFile(
            data=ink,
            sha256=hashlib.sha256(ink).hexdigest(),
            media_type="image/png",
            display_name=f"{report.number}-{report.edition}.png",
        )
        signature = await store_file(self.work, self.store, picture, _owner("signature", report))
        report.signature_file_id = signature.id
        report.signed_by, report.signed_at = signing.name.strip(), self.work.now
        self._record_signature(report, ticket)
        await self.work.session.flush()
        if signing.client_confirms and ticket.state == TicketState.RESOLVED:
            await ConfirmationService(self.work).confirm(ticket.id, ConfirmedBy.SIGNATURE)
        return await self._view(report)

    async def sign_offline(self, visit_id: UUID, offline: OfflineSigning) -> ServiceReportView:
        """Make the report and sign it with a signature given offline, if its content is what was shown on the screen.

        Raises:
            VisitNotFinished, ReportAlreadySigned
            ReportChanged: the content differs from what was shown.
            UnusableImage: as for `sign`.
        """
        report = await self.generate(visit_id)
        content = report.content
        facts = report_facts_hash(content.ticket_number, content.fault, content.device.number if content.device else "")
        written = (_lines(content.work_done), _lines(content.cause), content.work_minutes)
        if facts != offline.facts_hash or written != (
            _lines(offline.work_done),
            _lines(offline.cause),
            offline.work_minutes,
        ):
            raise ReportChanged
        signing = ReportSigning(offline.name, report.content_hash, offline.image, offline.client_confirms)
        return await self.sign(visit_id, signing)

    async def _is_same_signature(self, report: ServiceReport, signing: ReportSigning, ink: bytes) -> bool:
        """Whether the actor has sent this very signature before."""
        if (report.signed_by, report.content_hash) != (signing.name.strip(), signing.content_hash):
            return False
        kept = await self.work.session.get(StoredFile, (self.work.tenant_id, report.signature_file_id))
        same = kept is not None and kept.sha256 == hashlib.sha256(ink).hexdigest()
        return same and await already_done(self.work, "service_report.signed", report.id, report.signed_at)

    def _record_signature(self, report: ServiceReport, ticket: Ticket) -> None:
        self.workflow.line(
            ticket, "report_signed", number=report.number, edition=report.edition, signed_by=report.signed_by
        )
        self.workflow.touch(ticket)
        self.work.audit("service_report.signed", "service_report", report.id, edition=report.edition)
        self.work.publish(
            ReportSigned(
                report_id=report.id,
                visit_id=report.visit_id,
                ticket_id=report.ticket_id,
                client_id=report.client_id,
                reporter_id=report.reporter_id,
            )
        )

    async def newest(self, visit_id: UUID) -> ServiceReportView:
        """The newest edition, for everybody who may see the ticket.

        Raises:
            NotFound: there is none, or not for this actor.
        """
        report = await self._newest(visit_id)
        if report is None or not await repository.visible(self.work.session, self.work.actor, report.ticket_id):
            raise NotFound
        return await self._view(report)

    async def of_ticket(self, ticket_id: UUID) -> list[ReportEdition]:
        """Every edition of every visit of a ticket, the newest first.

        Raises:
            NotFound: the actor may not see the ticket.
        """
        self.work.actor.require(Permission.TICKET_READ)
        await self.workflow.require_visible(ticket_id)
        found = await self.work.session.scalars(
            select(ServiceReport)
            .where(ServiceReport.ticket_id == ticket_id)
            .order_by(ServiceReport.created_at.desc(), ServiceReport.edition.desc())
        )
        return [_edition(report) for report in found]

    async def _visit(self, visit_id: UUID) -> tuple[Visit, Ticket]:
        self.work.require_writable()
        visit = await visit_of_worker(self.work, visit_id)
        return visit, await self.workflow.ticket(visit.ticket_id)

    async def _newest(self, visit_id: UUID) -> ServiceReport | None:
        statement = select(ServiceReport).where(ServiceReport.visit_id == visit_id)
        found = await self.work.session.scalars(statement.order_by(ServiceReport.edition.desc()).limit(1))
        return found.first()

    async def _bring_up_to_date(self, visit: Visit) -> ServiceReport:
        newest = await self._newest(visit.id)
        if newest is None:
            return await self._new_edition(visit, await self._number(), 1)
        content = await content_of(self.work.session, visit.id, number=newest.number, edition=newest.edition)
        if content_hash(content) == newest.content_hash:
            return newest
        if newest.signed_at is not None:
            return await self._new_edition(visit, newest.number, newest.edition + 1)
        newest.content, newest.content_hash = msgspec.to_builtins(content), content_hash(content)
        newest.created_at = self.work.now
        await self.work.session.flush()
        return newest

    async def _new_edition(self, visit: Visit, number: str, edition: int) -> ServiceReport:
        content = await content_of(self.work.session, visit.id, number=number, edition=edition)
        report = ServiceReport(
            tenant_id=visit.tenant_id,
            id=self.work.new_id(),
            client_id=visit.client_id,
            reporter_id=visit.reporter_id,
            ticket_id=visit.ticket_id,
            visit_id=visit.id,
            edition=edition,
            number=number,
            content=msgspec.to_builtins(content),
            content_hash=content_hash(content),
            created_at=self.work.now,
            signed_by="",
        )
        self.work.session.add(report)
        self.work.audit("service_report.created", "service_report", report.id, edition=edition)
        await self.work.session.flush()
        return report

    async def _number(self) -> str:
        zone = await self.work.session.scalar(select(TenantProfile.time_zone))
        day = self.work.now.astimezone(ZoneInfo(zone or PLATFORM_ZONE.key)).date()
        return await next_number(self.work.session, self.work.actor, NUMBER_PREFIX, day)

    async def _view(self, report: ServiceReport) -> ServiceReportView:
        statement = select(ServiceReport).where(ServiceReport.visit_id == report.visit_id)
        editions: Sequence[ServiceReport] = (
            await self.work.session.scalars(statement.order_by(ServiceReport.edition))
        ).all()
        return ServiceReportView(
            id=report.id,
            visit_id=report.visit_id,
            ticket_id=report.ticket_id,
            number=report.number,
            edition=report.edition,
            content=msgspec.convert(report.content, documents.ServiceReport),
            content_hash=report.content_hash,
            created_at=report.created_at,
            signed_by=report.signed_by,
            signed_at=report.signed_at,
            editions=[_edition(each) for each in editions],
            missing_characters=await asyncio.to_thread(documents.missing_characters, report.content),
        )


def _lines(text: str) -> str:
    """Text with normalised line ends: browsers submit CRLF in forms."""
    return text.replace("\r\n", "\n").strip()


def _edition(report: ServiceReport) -> ReportEdition:
    return ReportEdition(
        id=report.id,
        visit_id=report.visit_id,
        number=report.number,
        edition=report.edition,
        created_at=report.created_at,
        signed_by=report.signed_by,
        signed_at=report.signed_at,
    )


def _owner(kind: str, report: ServiceReport) -> FileOwner:
    return FileOwner(
        subject_kind=kind, subject_id=report.id, client_id=report.client_id, reporter_id=report.reporter_id
    )
