"""Files in a bucket of an S3-compatible service (AWS, Alibaba Cloud OSS, MinIO, Ceph): many web machines, one store."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import S3Store

from app.platform.files.errors import FileMissing
from app.platform.files.store import checked_key


class ObjectFileStore:
    """A `FileStore` in a private bucket: `<tenant>/<file>`. No public address of an object is ever made."""

    def __init__(self, bucket: S3Store) -> None:
        self._bucket = bucket

    async def put(self, key: str, data: bytes) -> str:
        """The service keeps the whole object or nothing."""
        await obstore.put_async(self._bucket, checked_key(key), data)
        return hashlib.sha256(data).hexdigest()

    async def get(self, key: str) -> bytes:
        """Read the object."""
        try:
            found = await obstore.get_async(self._bucket, checked_key(key))
        except (NotFoundError, FileNotFoundError) as error:
            raise FileMissing(key) from error
        return bytes(await found.bytes_async())

    async def delete(self, key: str) -> None:
        """Remove the object."""
        try:
            await obstore.delete_async(self._bucket, checked_key(key))
        except (NotFoundError, FileNotFoundError):
            return

    async def exists(self, key: str) -> bool:
        """Ask for the object's head."""
        try:
            await obstore.head_async(self._bucket, checked_key(key))
        except (NotFoundError, FileNotFoundError):
            return False
        return True

    async def delete_tenant(self, tenant_id: UUID) -> None:
        """Remove everything below the tenant's prefix, page by page."""
        pages: Any = obstore.list(self._bucket, prefix=f"{tenant_id}/")
        async for page in pages:
            await obstore.delete_async(self._bucket, [each["path"] for each in page])

    async def written_before(self, tenant_id: UUID, moment: datetime) -> AsyncIterator[Sequence[str]]:
        """Page by page below the tenant's prefix."""
        pages: Any = obstore.list(self._bucket, prefix=f"{tenant_id}/")
        async for page in pages:
            keys = [each["path"] for each in page if each["last_modified"] < moment]
            if keys:
                yield keys


@cache
def bucket_of(name: str, endpoint: str | None, region: str, key_id: str | None, secret: str | None) -> S3Store:
    """One client, with its connections, for each bucket that the process knows. Without `key_id` the machine's own role
    is asked for credentials."""
    options: dict[str, Any] = {"region": region, "virtual_hosted_style_request": endpoint is None}
    if endpoint is not None:
        options["endpoint"] = endpoint
    if key_id is not None:
        options |= {"access_key_id": key_id, "secret_access_key": secret or ""}
    clear_text = endpoint is not None and endpoint.startswith("http://")
    return S3Store(name, client_options={"allow_http": clear_text, "timeout": "30s"}, **options)
