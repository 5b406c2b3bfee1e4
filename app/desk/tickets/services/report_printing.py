"""PDFs of service reports: read with the reader's rights, rendered outside the transaction, kept once signed (T8)."""

import asyncio
import hashlib
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.desk.tickets import models, repository
from app.desk.tickets.services.report_content import PHOTO_NAMES
from app.platform.documents import ClientSignature, ServiceReport, service_report_pdf
from app.platform.files import FileOwner, FileStore, SafeFile, file_key, store_file
from app.platform.files.models import StoredFile
from app.platform.kernel.errors import NotFound
from app.platform.kernel.texts import SOURCE_LANGUAGE, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission


class Printable(msgspec.Struct, frozen=True, kw_only=True):
    """Input for rendering one edition. `document` is the file store's key of the archived PDF, where there is one."""

    name: str
    content: ServiceReport
    made_at: datetime
    signed_by: str = ""
    signed_at: datetime | None = None
    content_hash: str = ""
    signature: str = ""
    photos: dict[str, str]
    document: str = ""


async def printable(work: UnitOfWork, report_id: UUID) -> Printable:
    """One edition for rendering, for everybody who may see its ticket.

    Raises:
        NotFound: it does not exist, or not for this actor.
    """
    work.actor.require(Permission.TICKET_READ)
    report = await _report(work, report_id)
    if report is None or not await repository.visible(work.session, work.actor, report.ticket_id):
        raise NotFound
    content = msgspec.convert(report.content, ServiceReport)
    photos: dict[str, str] = {}
    if content.photos:
        rows = await work.session.execute(
            select(StoredFile.sha256, StoredFile.id).where(
                StoredFile.subject_id == report.visit_id, StoredFile.subject_kind.in_(PHOTO_NAMES)
            )
        )
        photos = {sha256: file_key(report.tenant_id, file_id) for sha256, file_id in rows}
    return Printable(
        name=f"{report.number}-{report.edition}.pdf",
        content=content,
        made_at=report.signed_at or report.created_at,
        signed_by=report.signed_by,
        signed_at=report.signed_at,
        content_hash=report.content_hash,
        signature=file_key(report.tenant_id, report.signature_file_id) if report.signature_file_id else "",
        photos=photos,
        document=file_key(report.tenant_id, report.document_file_id) if report.document_file_id else "",
    )


async def printed(edition: Printable, store: FileStore) -> bytes:
    """The PDF of an edition, in Chinese; deterministic.

    Raises:
        ContentMismatch: the content or a photo is not what was signed.
    """
    if edition.document:
        return await store.get(edition.document)
    wanted = {photo.sha256 for photo in edition.content.photos}
    photos = {sha256: await store.get(key) for sha256, key in edition.photos.items() if sha256 in wanted}
    signature = None
    if edition.signed_at is not None:
        signature = ClientSignature(
            name=edition.signed_by,
            signed_at=edition.signed_at,
            image=await store.get(edition.signature),
            content_hash=edition.content_hash,
        )
    return await asyncio.to_thread(
        service_report_pdf,
        edition.content,
        translate=translator(SOURCE_LANGUAGE),
        made_at=edition.made_at,
        signature=signature,
        photos=photos,
    )


async def keep_document(work: UnitOfWork, store: FileStore, report_id: UUID, name: str, data: bytes) -> None:
    """Archive the PDF of a signed edition, once, with the isolation of its ticket."""
    report = await _report(work, report_id, locked=True)
    if report is None or report.document_file_id is not None:
        return
    file = SafeFile(data=data, sha256=hashlib.sha256(data).hexdigest(), media_type="application/pdf", display_name=name)
    owner = FileOwner(
        subject_kind="service_report",
        subject_id=report.id,
        client_id=report.client_id,
        reporter_id=report.reporter_id,
    )
    report.document_file_id = (await store_file(work, store, file, owner)).id


async def _report(work: UnitOfWork, report_id: UUID, *, locked: bool = False) -> models.ServiceReport | None:
    statement = select(models.ServiceReport).where(models.ServiceReport.id == report_id)
    found = await work.session.scalars(statement.with_for_update() if locked else statement)
    return found.first()
