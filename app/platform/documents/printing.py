"""PDFs of editions: read in a transaction, drawn outside of it, kept once they are final."""

import asyncio
import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.platform.background import consume
from app.platform.documents.editions import DocumentKind, Edition
from app.platform.documents.errors import ContentMismatch
from app.platform.documents.layouts import Layout, Signature, content_hash, document_pdf
from app.platform.documents.signing import owner_of
from app.platform.files import FileStore, SafeFile, file_key, file_store_of, store_file
from app.platform.files.models import StoredFile
from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import NotFound
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import SOURCE_LANGUAGE, translator


class Printable(msgspec.Struct, frozen=True, kw_only=True):
    """One edition with the file store's keys of what belongs to it. `archived` is empty where no PDF is kept."""

    name: str
    layout: Layout[Any]
    content: msgspec.Struct
    content_hash: str
    made_at: datetime
    signed_by: str
    signed_at: datetime | None
    signature: str
    images: dict[str, str]
    archived: str


async def printable(session: AsyncSession, kind: DocumentKind[Any, Edition], edition: Edition) -> Printable:
    """What `printed` needs; the caller has checked that the actor may read the record."""
    content = msgspec.convert(edition.content, kind.content)
    images: dict[str, str] = {}
    if named := set(kind.layout.images(content)):
        about = getattr(edition, kind.about.key)
        rows = await session.execute(
            select(StoredFile.sha256, StoredFile.id).where(StoredFile.subject_id == about, StoredFile.sha256.in_(named))
        )
        images = {sha256: file_key(edition.tenant_id, file_id) for sha256, file_id in rows}

    def key(file_id: UUID | None) -> str:
        return file_key(edition.tenant_id, file_id) if file_id else ""

    return Printable(
        name=f"{edition.number}-{edition.edition}.pdf",
        layout=kind.layout,
        content=content,
        content_hash=edition.content_hash,
        made_at=edition.signed_at or edition.created_at,
        signed_by=edition.signed_by,
        signed_at=edition.signed_at,
        signature=key(edition.signature_file_id),
        images=images,
        archived=key(await _archived(session, kind, edition)),
    )


async def printed(edition: Printable, store: FileStore) -> bytes:
    """The PDF, in Chinese: the archived one, or drawn from the content with the same bytes.

    Raises:
        ContentMismatch: the content or a photo is not what the edition was made with.
    """
    if edition.archived:
        return await store.get(edition.archived)
    if content_hash(edition.content) != edition.content_hash:
        raise ContentMismatch
    signature = None
    if edition.signed_at is not None:
        signature = Signature(
            name=edition.signed_by,
            signed_at=edition.signed_at,
            image=await store.get(edition.signature),
            content_hash=edition.content_hash,
        )
    return await asyncio.to_thread(
        document_pdf,
        edition.layout,
        edition.content,
        translate=translator(SOURCE_LANGUAGE),
        made_at=edition.made_at,
        signature=signature,
        images={sha256: await store.get(key) for sha256, key in edition.images.items()},
    )


async def archive(
    runtime: Runtime,
    tenant_id: UUID,
    event_id: UUID,
    *,
    consumer: str,
    kind: DocumentKind[Any, Any],
    edition_id: UUID,
) -> None:
    """For the consumer of the event that makes an edition final: draw its PDF and keep it, once, in its rings.

    Raises:
        NotFound: it was erased.
    """
    store = file_store_of(runtime)
    statement = select(kind.rows).where(kind.rows.id == edition_id)
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        found = (await work.session.scalars(statement)).first()
        if found is None:
            raise NotFound
        to_print = await printable(work.session, kind, found)
    data = await printed(to_print, store)
    async with consume(runtime, tenant_id, event_id, consumer) as claimed:
        if claimed is None:
            return
        locked = statement if kind.rows.__append_only__ else statement.with_for_update()
        edition = (await claimed.session.scalars(locked)).first()
        if edition is None or await _archived(claimed.session, kind, edition) is not None:
            return
        digest = hashlib.sha256(data).hexdigest()
        file = SafeFile(data=data, sha256=digest, media_type="application/pdf", display_name=to_print.name)
        kept = await store_file(claimed, store, file, owner_of(kind.name, edition))
        if not kind.rows.__append_only__:
            edition.document_file_id = kept.id


async def _archived(session: AsyncSession, kind: DocumentKind[Any, Edition], edition: Edition) -> UUID | None:
    """The kept PDF: the edition names it, or where editions are only added the file names the edition."""
    if not kind.rows.__append_only__:
        return edition.document_file_id
    found: UUID | None = await session.scalar(
        select(StoredFile.id).where(StoredFile.subject_id == edition.id, StoredFile.subject_kind == kind.name)
    )
    return found
