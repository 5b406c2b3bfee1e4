"""Work that falls due: SLA thresholds, reminders, retries. One handler a kind, tenant by tenant.

An area makes one `Sweeps()` in its `tasks.py` and exports it as `sweeps`; `app.worker` gathers them:

    sweeps = Sweeps()

    @sweeps.on(DueKind.SLA_THRESHOLD)
    async def escalate(work: UnitOfWork, subject_ids: Sequence[UUID]) -> None: ...

The due entries are taken out in the handler's own transaction, so its effect happens once; the handler may let the
same subject fall due again (`work.fall_due`). A handler that raises loses nothing: its entries fall due later.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update

from app.background.due import due_tenants
from app.kernel.actor import Actor
from app.kernel.logs import log
from app.kernel.outbox import DueEntry, DueKind
from app.kernel.runtime import Runtime
from app.kernel.work import Origin, UnitOfWork

BATCH: Final = 100
FIRST_DELAY: Final = timedelta(minutes=1)
LONGEST_DELAY: Final = timedelta(hours=1)

Handler = Callable[[UnitOfWork, Sequence[UUID]], Awaitable[None]]
"""Gets a unit of work of the platform in the tenant, and the subjects that are due."""

_log: Final = log(__name__)


class Sweeps:
    """Kinds of due work and their handlers."""

    def __init__(self) -> None:
        self._handlers: dict[DueKind, Handler] = {}

    def on(self, kind: DueKind) -> Callable[[Handler], Handler]:
        """Decorate the handler of `kind`."""

        def decorate(handler: Handler) -> Handler:
            self.register(kind, handler)
            return handler

        return decorate

    def register(self, kind: DueKind, handler: Handler) -> None:
        """Have `handler` called for what is due of `kind`.

        Raises:
            ValueError: the kind has its handler already, or is the relay's.
        """
        if kind in self._handlers or kind is DueKind.OUTBOX:
            raise ValueError(f"{kind} has its handler already")
        self._handlers[kind] = handler

    def include(self, others: "Sweeps") -> None:
        """Take over what an area registered."""
        for kind, handler in others:
            self.register(kind, handler)

    def __iter__(self) -> Iterator[tuple[DueKind, Handler]]:
        yield from self._handlers.items()


class Sweeper:
    """Any number of sweepers may run: they skip what another holds."""

    def __init__(self, runtime: Runtime, sweeps: Sweeps) -> None:
        self._runtime = runtime
        self._handlers = dict(sweeps)
        self._failures: Counter[UUID] = Counter()
        """How often in a row each subject failed, since this process started."""

    async def run_once(self) -> int:
        """Handle what is due in every tenant; returns how many subjects were handled. Failures are logged."""
        handled = 0
        if not self._handlers:
            return handled
        for tenant_id, kind in await due_tenants(self._runtime, self._handlers):
            handled += await self._sweep(tenant_id, kind)
        return handled

    async def _sweep(self, tenant_id: UUID, kind: DueKind) -> int:
        try:
            return await self._handle(tenant_id, kind, BATCH)
        except Exception:  # noqa: BLE001 - one bad subject must not keep the others waiting: they go one by one
            _log.warning("sweep_batch_failed", tenant_id=str(tenant_id), kind=kind)
        return await self._one_by_one(tenant_id, kind)

    async def _one_by_one(self, tenant_id: UUID, kind: DueKind) -> int:
        handled = 0
        for _ in range(BATCH):
            try:
                if not await self._handle(tenant_id, kind, 1):
                    break
                handled += 1
            except _HandlerFailed as failure:
                _log.error("sweep_failed", kind=kind, subject_id=str(failure.subject_ids[0]), exc_info=failure)
                await self._postpone(tenant_id, kind, failure.subject_ids[0])
        return handled

    async def _handle(self, tenant_id: UUID, kind: DueKind, limit: int) -> int:
        """
        Raises:
            _HandlerFailed: the handler raised; nothing happened.
        """
        origin = Origin(request_id=f"sweep-{kind}")
        async with self._runtime.works.begin(Actor.system(tenant_id), origin) as work:
            rows = await work.session.execute(
                select(DueEntry.id, DueEntry.subject_id)
                .where(DueEntry.kind == kind, DueEntry.due_at <= work.now)
                .order_by(DueEntry.due_at)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            entries = dict(rows.all())
            if not entries:
                return 0
            await work.session.execute(delete(DueEntry).where(DueEntry.id.in_(entries)))
            subject_ids = list(entries.values())
            try:
                await self._handlers[kind](work, subject_ids)
                await work.session.flush()
            except Exception as failure:
                raise _HandlerFailed(subject_ids) from failure
        for subject_id in subject_ids:
            self._failures.pop(subject_id, None)
        return len(entries)

    async def _postpone(self, tenant_id: UUID, kind: DueKind, subject_id: UUID) -> None:
        self._failures[subject_id] += 1
        delay = min(FIRST_DELAY * 2 ** min(self._failures[subject_id] - 1, 10), LONGEST_DELAY)
        async with self._runtime.works.begin(Actor.system(tenant_id)) as work:
            await work.session.execute(
                update(DueEntry)
                .where(DueEntry.kind == kind, DueEntry.subject_id == subject_id, DueEntry.due_at <= work.now)
                .values(due_at=work.now + delay)
            )


class _HandlerFailed(Exception):
    """A handler raised for these subjects; the cause is chained."""

    def __init__(self, subject_ids: Sequence[UUID]) -> None:
        super().__init__(f"{len(subject_ids)} subjects")
        self.subject_ids = subject_ids
