"""Signatures on the screen: bound to the hash of the content that was shown."""

import asyncio
import hashlib
from typing import Annotated, Any

from msgspec import Meta

from app.platform.documents.editions import DocumentKind
from app.platform.documents.errors import AlreadySigned, ContentMismatch
from app.platform.documents.images import SIGNATURE_BYTES_LIMIT, clean_signature
from app.platform.documents.models import DocumentEdition
from app.platform.files import FileOwner, FileStore, SafeFile, StoredFile, store_file
from app.platform.kernel.input_text import LINE, SECRET, Input
from app.platform.kernel.unit_of_work import UnitOfWork


class Signing(Input, frozen=True, forbid_unknown_fields=True):
    """A signature. `content_hash` is that of the content on the screen; `image` is a PNG, in base64."""

    name: Annotated[str, LINE, Meta(min_length=1, max_length=60, pattern=r"\S")]
    content_hash: Annotated[str, SECRET, Meta(pattern="^[0-9a-f]{64}$")]
    image: Annotated[bytes, Meta(max_length=SIGNATURE_BYTES_LIMIT)]


async def sign(
    work: UnitOfWork, store: FileStore, kind: DocumentKind[Any, Any], edition: DocumentEdition, signing: Signing
) -> bool:
    """Put the signature under the edition; False when the actor has sent this very signature before.

    Whoever calls holds the edition's lock or its record's, and passes the newest edition.

    Raises:
        AlreadySigned: with another signature.
        ContentMismatch: the content has changed since it was shown.
        UnusableImage: the signature cannot be read, or nothing was written.
    """
    ink = await asyncio.to_thread(clean_signature, signing.image)
    name, digest = signing.name.strip(), hashlib.sha256(ink).hexdigest()
    if edition.signed_at is not None:
        given = (name, signing.content_hash, work.actor.display_name)
        if given == (edition.signed_by, edition.content_hash, edition.signature_requested_by):
            kept = await work.session.get(StoredFile, (edition.tenant_id, edition.signature_file_id))
            if kept is not None and kept.sha256 == digest:
                return False
        raise AlreadySigned(edition=edition.edition, name=edition.signed_by)
    if edition.content_hash != signing.content_hash:
        raise ContentMismatch
    stored = await _keep(work, store, ink, f"{edition.number}-{edition.edition}.png", owner_of("signature", edition))
    edition.signature_file_id = stored.id
    edition.signed_by, edition.signed_at = name, work.now
    edition.signature_requested_by = work.actor.display_name
    work.audit(f"{kind.name}.signed", kind.name, edition.id, edition=edition.edition)
    await work.session.flush()
    return True


async def keep_signature(work: UnitOfWork, store: FileStore, image: bytes, name: str, owner: FileOwner) -> StoredFile:
    """Keep a signature that stands under an entry instead of a document, as the file `name`.

    Raises:
        UnusableImage: the signature cannot be read, or nothing was written.
    """
    return await _keep(work, store, await asyncio.to_thread(clean_signature, image), name, owner)


async def _keep(work: UnitOfWork, store: FileStore, ink: bytes, name: str, owner: FileOwner) -> StoredFile:
    digest = hashlib.sha256(ink).hexdigest()
    picture = SafeFile(data=ink, sha256=digest, media_type="image/png", display_name=name)
    return await store_file(work, store, picture, owner)


def owner_of(subject_kind: str, edition: DocumentEdition) -> FileOwner:
    """The rings of the edition's files: those of the edition."""
    return FileOwner(
        subject_kind=subject_kind,
        subject_id=edition.id,
        client_id=getattr(edition, "client_id", None),
        reporter_id=getattr(edition, "reporter_id", None),
    )
