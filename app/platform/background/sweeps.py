"""Sweeps of due work (SLA thresholds, reminders, retries): one handler per kind, called tenant by tenant.

An area makes one `Sweeps()` in its `tasks.py` and exports it as `sweeps`; `app.worker` gathers them:

    sweeps = Sweeps()

    @sweeps.on(DueKind.SLA_THRESHOLD)
    async def escalate(runtime: Runtime, tenant_id: UUID, subject_ids: Sequence[UUID]) -> None: ...

The handler opens its own units of work and must be idempotent: when a sweeper dies, another calls it again. Entries are
leased, not locked, while it runs, so that it cannot deadlock with a request.
What it leaves as it was is removed after it returned; `reschedule` gives a subject another turn. A handler that
raises loses nothing: its entries fall due later.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.platform.background.due import due_tenants
from app.platform.kernel.actor import Actor
from app.platform.kernel.logs import log
from app.platform.kernel.outages import is_away
from app.platform.kernel.outbox import LANES, DueEntry, DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork

BATCH: Final = 100
LEASE: Final = timedelta(minutes=3, microseconds=1)
"""How long a claimed entry is left alone; longer than a handler may take. A lease is told from a new turn by its end,
so it ends beside the whole seconds at which thresholds lie."""

FIRST_DELAY: Final = timedelta(minutes=1)
LONGEST_DELAY: Final = timedelta(hours=1)

Handler = Callable[[Runtime, UUID, Sequence[UUID]], Awaitable[None]]
"""Gets the runtime, the tenant, and the subjects that are due."""

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
            ValueError: the kind has its handler already, or is a lane of events.
        """
        if kind in self._handlers or kind in LANES:
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
        self._interrupted: list[tuple[UUID, DueKind, datetime]] = []

    async def run_once(self) -> int:
        """Handle what is due in every tenant; returns how many subjects were handled. Failures are logged.

        Raises:
            Exception: a server is away (`app.platform.kernel.outages`); what was in hand is taken up again in the
            next turn.
        """
        handled = 0
        if not self._handlers:
            return handled
        while self._interrupted:
            await self._give_back(*self._interrupted[0])
            del self._interrupted[0]
        for tenant_id, kind in await due_tenants(self._runtime, self._handlers):
            handled += await self._sweep(tenant_id, kind)
        return handled

    async def _sweep(self, tenant_id: UUID, kind: DueKind) -> int:
        subject_ids, leased_until = await self._claim(tenant_id, kind)
        if not subject_ids:
            return 0
        try:
            failed = await self._failed(tenant_id, kind, subject_ids)
        except Exception:
            # A server went away in the middle: what is leased would wait for its lease to end.
            self._interrupted.append((tenant_id, kind, leased_until))
            raise
        done = [subject_id for subject_id in subject_ids if subject_id not in failed]
        await self._settle(tenant_id, kind, leased_until, done, failed)
        return len(done)

    async def _claim(self, tenant_id: UUID, kind: DueKind) -> tuple[list[UUID], datetime]:
        async with self._runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            leased_until = work.now + LEASE
            due = (
                select(DueEntry.id)
                .where(DueEntry.kind == kind, DueEntry.due_at <= work.now)
                .order_by(DueEntry.due_at)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            )
            entry_ids = (await work.session.scalars(due)).all()
            if not entry_ids:
                return [], leased_until
            subject_ids = await work.session.scalars(
                update(DueEntry)
                .where(DueEntry.id.in_(entry_ids))
                .values(due_at=leased_until)
                .returning(DueEntry.subject_id)
            )
            return list(subject_ids), leased_until

    async def _failed(self, tenant_id: UUID, kind: DueKind, subject_ids: Sequence[UUID]) -> set[UUID]:
        """Handle them together; if that fails, one by one, so that a bad subject keeps nobody waiting."""
        handler = self._handlers[kind]
        try:
            await handler(self._runtime, tenant_id, subject_ids)
        except Exception as failure:
            if is_away(failure):
                raise
            _log.warning("sweep_batch_failed", tenant_id=str(tenant_id), kind=kind, subjects=len(subject_ids))
        else:
            return set()
        failed = set()
        for subject_id in subject_ids:
            try:
                await handler(self._runtime, tenant_id, [subject_id])
            except Exception as failure:
                if is_away(failure):
                    raise
                _log.error("sweep_failed", tenant_id=str(tenant_id), kind=kind, exc_info=failure)
                failed.add(subject_id)
        return failed

    async def _give_back(self, tenant_id: UUID, kind: DueKind, leased_until: datetime) -> None:
        async with self._runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            await work.session.execute(
                update(DueEntry).where(DueEntry.kind == kind, DueEntry.due_at == leased_until).values(due_at=work.now)
            )

    async def _settle(
        self, tenant_id: UUID, kind: DueKind, leased_until: datetime, done: Sequence[UUID], failed: Collection[UUID]
    ) -> None:
        """Remove what is done and still as we leased it, and give what failed a later turn."""
        async with self._runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            ours = (DueEntry.kind == kind, DueEntry.due_at == leased_until)
            await work.session.execute(delete(DueEntry).where(*ours, DueEntry.subject_id.in_(done)))
            for subject_id in failed:
                self._failures[subject_id] += 1
                delay = min(FIRST_DELAY * 2 ** min(self._failures[subject_id] - 1, 10), LONGEST_DELAY)
                await work.session.execute(
                    update(DueEntry).where(*ours, DueEntry.subject_id == subject_id).values(due_at=work.now + delay)
                )
        for subject_id in done:
            self._failures.pop(subject_id, None)


async def reschedule(work: UnitOfWork, kind: DueKind, subject_id: UUID, due_at: datetime) -> None:
    """Move the subject's turn to `due_at`, whether or not it has one: `work.schedule` is for the first time only."""
    statement = insert(DueEntry).values(
        tenant_id=work.tenant_id, id=work.new_id(), kind=kind, subject_id=subject_id, due_at=due_at
    )
    await work.session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "kind", "subject_id"], set_={"due_at": statement.excluded.due_at}
        )
    )
