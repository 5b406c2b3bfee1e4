"""Writing of confirmed imports, and forgetting what old ones quote."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.platform.background import Consumers
from app.platform.files import file_store_of
from app.platform.files.models import StoredFile
from app.platform.imports.events import ImportConfirmed
from app.platform.imports.models import ImportRun
from app.platform.imports.runner import ImportRunner
from app.platform.imports.states import LIST_IMPORT, ImportMove, ImportState
from app.platform.kernel.actor import Actor
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime

consumers = Consumers()
LISTS_KEPT: Final = timedelta(days=30)
"""File and issues of a list: long enough to ask the client about a row, and to look up what an import did."""


@consumers.on(ImportConfirmed.topic, name="imports.run_import", lane=DueKind.OUTBOX_LONG)
async def run_import(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:  # noqa: ARG001 - the proof of each chunk is `rows_done`, not the event
    """Write a confirmed import. Restarted after a crash, it continues after the last chunk that was written."""
    event = msgspec.convert(payload, ImportConfirmed)
    await ImportRunner(runtime, file_store_of(runtime), tenant_id, event.import_id).run()


async def forget_old_lists(runtime: Runtime, tenant_id: UUID) -> int:
    """Forget the contents of lists that came some weeks ago; what nobody confirmed is cancelled."""
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        old = ImportRun.created_at < work.now - LISTS_KEPT
        for run in await work.session.scalars(
            select(ImportRun)
            .where(old, ImportRun.state.in_((ImportState.MAPPING, ImportState.READY)))
            .with_for_update(skip_locked=True)
        ):
            run.state = LIST_IMPORT.after(ImportMove.CANCEL, run.state)
            run.finished_at, run.version = work.now, run.version + 1
        await work.session.flush()
        return await forget_lists(work.session, old)


async def forget_lists(session: AsyncSession, *where: ColumnElement[bool]) -> int:
    """Forget what finished imports quote: issues, first lines and the file, whose bytes go with the day's clean-up.
    Counts, headings and who imported it stay."""
    remembered = ImportRun.summary["is_forgotten"].as_boolean().is_not(True)
    runs = (
        await session.scalars(
            select(ImportRun).where(*where, ImportRun.finished_at.is_not(None), remembered).with_for_update()
        )
    ).all()
    for run in runs:
        run.issues = []
        run.summary = {**run.summary, "read_as": None, "is_forgotten": True}
    await session.flush()
    if runs:
        await session.execute(
            delete(StoredFile)
            .where(StoredFile.id.in_([run.file_id for run in runs]), StoredFile.subject_kind == "import_run")
            .execution_options(synchronize_session=False)
        )
    return len(runs)
