"""Service reports: made from a visit, signed on the screen, printed and kept (T8).

An unsigned edition follows the records; a signed one never changes, and a later change makes the next edition with the
same number. The client signs the hash of the content shown on the screen.
"""

import asyncio
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.desk.tickets import repository
from app.desk.tickets.confirmation.service import ConfirmationService
from app.desk.tickets.errors import ReportChanged, ReportMissing, VisitNotFinished
from app.desk.tickets.events import ReportSigned
from app.desk.tickets.lifecycle import ConfirmedBy, TicketState
from app.desk.tickets.models import ServiceReport, Ticket, Visit
from app.desk.tickets.schemas import Correction
from app.desk.tickets.service_reports.content import content_of
from app.desk.tickets.service_reports.document import SERVICE_REPORT, ReportContent
from app.desk.tickets.service_reports.schemas import (
    OfflineSigning,
    ReportEdition,
    ReportSigning,
    ServiceReportView,
    report_facts_hash,
)
from app.desk.tickets.visits.access import visit_of_worker
from app.desk.tickets.workflow.workflow import Workflow
from app.platform.documents import (
    Printable,
    editions_of,
    missing_characters,
    newest_edition,
    printable,
    sign,
    up_to_date,
)
from app.platform.files import FileStore
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission


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
        return await self._view(await self._bring_up_to_date(visit))

    async def correct(self, visit_id: UUID, resolution: Correction) -> ServiceReportView:
        """Correct the texts and minutes of finished work; travel that is not said stays as it was. What stood before is
        kept in an internal note; without a difference nothing changes.

        Raises:
            VisitNotFinished: nothing was done yet.
        """
        visit, ticket = await self._visit(visit_id)
        if visit.state != "finished":
            raise VisitNotFinished
        corrected = {
            "work_done": resolution.work_done,
            "cause": resolution.cause,
            "work_minutes": resolution.work_minutes,
        }
        if resolution.travel_minutes is not None:
            corrected["travel_minutes"] = resolution.travel_minutes
        before = {name: getattr(visit, name) for name in corrected}
        if before == corrected:
            return await self._view(await self._bring_up_to_date(visit))
        for name, value in corrected.items():
            setattr(visit, name, value)
        visit.version += 1
        self.workflow.note(ticket, "correction", resolution.work_done, before=before)
        self.workflow.changed(ticket, "work")
        self.work.audit("visit.corrected", "visit", visit.id)
        await self.work.session.flush()
        return await self._view(await self._bring_up_to_date(visit))

    async def sign(self, visit_id: UUID, signing: ReportSigning) -> ServiceReportView:
        """The client signs the newest edition; with `client_confirms` the ticket is confirmed by it (T4). The same
        signature sent again by the same person is answered as the first time.

        Raises:
            ReportMissing, AlreadySigned
            ContentMismatch: the report has changed since it was shown.
            UnusableImage: the signature cannot be read, or nothing was written.
        """
        visit, ticket = await self._visit(visit_id)
        report = await newest_edition(self.work.session, SERVICE_REPORT, visit.id, locked=True)
        if report is None:
            raise ReportMissing
        if await sign(self.work, self.store, SERVICE_REPORT, report, signing):
            self._tell_of_signature(report, ticket)
            await self.work.session.flush()
            if signing.client_confirms and ticket.state == TicketState.RESOLVED:
                await ConfirmationService(self.work).confirm(ticket.id, ConfirmedBy.SIGNATURE)
        return await self._view(report)

    async def sign_offline(self, visit_id: UUID, offline: OfflineSigning) -> ServiceReportView:
        """Make the report and sign it with a signature given offline, if its content is what was shown on the screen.

        Raises:
            VisitNotFinished, AlreadySigned
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

    def _tell_of_signature(self, report: ServiceReport, ticket: Ticket) -> None:
        self.workflow.line(
            ticket, "report_signed", number=report.number, edition=report.edition, signed_by=report.signed_by
        )
        self.workflow.touch(ticket)
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
        report = await newest_edition(self.work.session, SERVICE_REPORT, visit_id)
        return await self._view(await self._visible(report))

    async def printable(self, report_id: UUID) -> Printable:
        """One edition for drawing, for everybody who may see its ticket.

        Raises:
            NotFound: it does not exist, or not for this actor.
        """
        self.work.actor.require(Permission.TICKET_READ)
        found = await self.work.session.scalars(select(ServiceReport).where(ServiceReport.id == report_id))
        return await printable(self.work.session, SERVICE_REPORT, await self._visible(found.first()))

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

    async def _visible(self, report: ServiceReport | None) -> ServiceReport:
        if report is None or not await repository.visible(self.work.session, self.work.actor, report.ticket_id):
            raise NotFound
        return report

    async def _bring_up_to_date(self, visit: Visit) -> ServiceReport:
        async def compose(number: str, edition: int) -> ReportContent:
            return await content_of(self.work, visit.id, number=number, edition=edition)

        columns = {
            "client_id": visit.client_id,
            "reporter_id": visit.reporter_id,
            "ticket_id": visit.ticket_id,
            "visit_id": visit.id,
        }
        return await up_to_date(self.work, SERVICE_REPORT, columns, compose)

    async def _view(self, report: ServiceReport) -> ServiceReportView:
        editions = await editions_of(self.work.session, SERVICE_REPORT, report.visit_id)
        return view_of(
            ServiceReportView,
            report,
            content=msgspec.convert(report.content, ReportContent),
            editions=[_edition(each) for each in editions],
            missing_characters=await asyncio.to_thread(missing_characters, report.content),
        )


def _lines(text: str) -> str:
    """Text with normalised line ends: browsers submit CRLF in forms."""
    return text.replace("\r\n", "\n").strip()


def _edition(report: ServiceReport) -> ReportEdition:
    return view_of(ReportEdition, report)
