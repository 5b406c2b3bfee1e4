"""Deletes stored files without a database row: their transaction was rolled back after they had been written."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.platform.files.models import StoredFile
from app.platform.files.store import file_of
from app.platform.files.stored_files import file_store_of
from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime

UNREFERENCED_KEPT: Final = timedelta(days=1)
"""Longer than any transaction is open: a file without a row by then will never have one."""


async def delete_unreferenced_files(runtime: Runtime, tenant_id: UUID) -> int:
    """Delete files that have had no row for a day; returns how many, thumbnails included."""
    store, gone = file_store_of(runtime), 0
    async for keys in store.written_before(tenant_id, runtime.clock.now() - UNREFERENCED_KEPT):
        files = {file_of(key) for key in keys}
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            named = set(await work.session.scalars(select(StoredFile.id).where(StoredFile.id.in_(files))))
        for key in keys:
            if file_of(key) not in named:
                await store.delete(key)
                gone += 1
    return gone
