"""Bytes that no row names: their transaction was rolled back, or died, after they had been written."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.files.keeping import store_of
from app.files.models import StoredFile
from app.files.store import file_of
from app.kernel.actor import Actor
from app.kernel.runtime import Runtime

UNNAMED_KEPT: Final = timedelta(days=1)
"""No transaction is open so long: what nobody names by then will never be named."""


async def forget_unnamed(runtime: Runtime, tenant_id: UUID) -> int:
    """Remove what no row has named for a day; returns how many files that were, small copies included."""
    store, gone = store_of(runtime), 0
    async for keys in store.written_before(tenant_id, runtime.clock.now() - UNNAMED_KEPT):
        files = {file_of(key) for key in keys}
        async with runtime.works.begin(Actor.system(tenant_id)) as work:
            named = set(await work.session.scalars(select(StoredFile.id).where(StoredFile.id.in_(files))))
        for key in keys:
            if file_of(key) not in named:
                await store.delete(key)
                gone += 1
    return gone
