"""Writing a file to the store together with its database row, whose isolation decides who may read it."""

from uuid import UUID

import msgspec

from app.platform.files.inspection import SafeFile
from app.platform.files.models import StoredFile
from app.platform.files.store import FileStore, LocalFileStore, file_key, thumbnail_key
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork


class FileOwner(msgspec.Struct, frozen=True, kw_only=True):
    """The record that a file hangs on, and the rings that may read it: both NULL for the partner's own files."""

    subject_kind: str
    subject_id: UUID
    client_id: UUID | None = None
    reporter_id: UUID | None = None


def file_store_of(runtime: Runtime) -> FileStore:
    """The installation's file store: a bucket where one is named, else the data directory."""
    settings = runtime.settings
    if settings.s3_bucket is None:
        return LocalFileStore(settings.data_directory / "files")
    from app.platform.files.object_store import ObjectFileStore, bucket_of

    secret = settings.s3_access_key_secret
    return ObjectFileStore(
        bucket_of(
            settings.s3_bucket,
            settings.s3_endpoint,
            settings.s3_region,
            settings.s3_access_key_id,
            secret.get_secret_value() if secret is not None else None,
        )
    )


async def store_file(work: UnitOfWork, store: FileStore, file: SafeFile, owner: FileOwner) -> StoredFile:
    """Keep `file` for `owner`. Written in the tenant's scope; an inner ring needs an elevated command around it.

    The bytes are written before the row: a transaction that is lost leaves bytes that nobody can reach.
    """
    stored = StoredFile(
        tenant_id=work.tenant_id,
        id=work.new_id(),
        client_id=owner.client_id,
        reporter_id=owner.reporter_id,
        subject_kind=owner.subject_kind,
        subject_id=owner.subject_id,
        name=file.display_name,
        content_type=file.media_type,
        size=len(file.data),
        sha256=file.sha256,
        has_thumbnail=file.thumbnail is not None,
        # A clock that runs ahead took no photo in the future.
        taken_at=min(file.taken_at, work.now) if file.taken_at is not None else None,
        created_at=work.now,
        created_by=work.actor.display_name,
    )
    await store.put(file_key(work.tenant_id, stored.id), file.data)
    if file.thumbnail is not None:
        await store.put(thumbnail_key(work.tenant_id, stored.id), file.thumbnail)
    work.session.add(stored)
    return stored
