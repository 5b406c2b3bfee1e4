"""A lane whose events are handled one by one: calls to other servers, work in another tenant, long work.

No transaction is open meanwhile. An entry is leased for seconds and the lease is renewed while the consumer runs, so
another worker takes over at once when one dies, and never while it runs.
"""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec
import structlog

from app.background.consumers import Consumers, Listener, claim
from app.background.entries import LIFETIME, Entry, forward, lease, pass_on, proofs, put_off, renew, take_due
from app.kernel.actor import Actor
from app.kernel.logs import log
from app.kernel.outages import is_away
from app.kernel.outbox import DueKind
from app.kernel.runtime import Runtime

LEASE: Final = timedelta(seconds=10)
RENEWAL_SECONDS: Final = 3.0
AWAY_SECONDS: Final = 1.0
"""How soon to ask again for a database that is away."""
PATIENCE_SECONDS: Final = 60.0
"""A consumer that takes longer is cancelled and called again later."""

GRACE_SECONDS: Final = 10.0
"""How long a worker that is told to end waits for what it has begun."""

_log: Final = log(__name__)


class Errand(msgspec.Struct, frozen=True):
    """One leased event of one tenant, and who has not heard it yet."""

    tenant_id: UUID
    entry: Entry
    waiting: tuple[Listener, ...]


class Errands:
    """Up to `slots` events at the same time. Any number of processes may work in the lane."""

    def __init__(
        self,
        runtime: Runtime,
        consumers: Consumers,
        lane: DueKind,
        *,
        slots: int,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self.lane = lane
        self._runtime = runtime
        self._consumers = consumers
        self._slots = slots
        self._patience_seconds = patience_seconds
        self._running: set[asyncio.Task[None]] = set()

    async def run_once(self, tenants: Collection[UUID]) -> dict[UUID, bool]:
        """Begin as much as there are free slots for, shared among the tenants; says of each that had something whether
        more may be waiting.

        Raises:
            ExceptionGroup: the failures of taking, after every tenant had its turn.
        """
        found, failures = {}, []
        for place, tenant_id in enumerate(tenants):
            free = self._slots - len(self._running)
            if free <= 0:
                found[tenant_id] = True
                await asyncio.wait(self._running, timeout=RENEWAL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                continue
            share = max(1, free // (len(tenants) - place))
            try:
                taken = await self._take(tenant_id, share)
            except Exception as failure:  # noqa: BLE001 - raised below, together with the other tenants'
                failures.append(failure)
                continue
            for errand in taken:
                task = asyncio.create_task(self._run(errand), name=f"{self.lane}:{errand.entry.event.topic}")
                self._running.add(task)
                task.add_done_callback(self._running.discard)
            if taken:
                found[tenant_id] = len(taken) >= share
        if failures:
            raise ExceptionGroup(f"some tenants' turn in {self.lane} failed", failures)
        return found

    async def finish(self) -> None:
        """Wait until nothing is running any more."""
        while self._running:
            await asyncio.wait(self._running)

    async def stop(self) -> None:
        """Let what is running end, and give back what does not within `GRACE_SECONDS`."""
        if self._running:
            await asyncio.wait(self._running, timeout=GRACE_SECONDS)
        for task in self._running:
            task.cancel()
        await self.finish()

    async def _take(self, tenant_id: UUID, limit: int) -> list[Errand]:
        async with self._runtime.works.begin(Actor.system(tenant_id)) as work:
            entries = await take_due(work, self.lane, limit)
            if not entries:
                return []
            names = {listener.name for entry in entries for listener in self._of(entry)}
            proved = await proofs(work, names, [entry.event.id for entry in entries]) if names else set()
            leased = await lease(work, entries, work.now + LEASE)
            return [
                Errand(
                    tenant_id,
                    entry,
                    tuple(each for each in self._of(entry) if (each.name, entry.event.id) not in proved),
                )
                for entry in leased
            ]

    def _of(self, entry: Entry) -> Sequence[Listener]:
        return self._consumers.of(entry.event.topic, self.lane)

    async def _run(self, errand: Errand) -> None:
        """Have every waiting consumer called, and settle; whatever goes wrong, the lease ends by itself."""
        event = errand.entry.event
        structlog.contextvars.bind_contextvars(request_id=event.id.hex, tenant_id=str(errand.tenant_id))
        held = _Held(self._runtime, errand)
        renewing = asyncio.create_task(held.keep())
        try:
            failed = [listener for listener in errand.waiting if not await self._heard(errand, listener)]
        except asyncio.CancelledError:
            renewing.cancel()
            await held.give_back()
            raise
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing
        settled = False
        while not settled:
            settled = await self._settled(errand, held.entry, failed)

    async def _settled(self, errand: Errand, held: Entry | None, failed: Sequence[Listener]) -> bool:
        """Whether the outcome is written or cannot be; False, after a pause, while the database is down."""
        try:
            await self._settle(errand, held, failed)
        except Exception as failure:  # noqa: BLE001 - the lease ends by itself
            if is_away(failure):
                await asyncio.sleep(AWAY_SECONDS)
                return False
            _log.error("errand_not_settled", lane=self.lane, exc_info=failure)
        return True

    async def _heard(self, errand: Errand, listener: Listener) -> bool:
        event = errand.entry.event
        try:
            if listener.alone is not None:
                async with asyncio.timeout(self._patience_seconds):
                    await listener.alone(self._runtime, errand.tenant_id, event.id, event.payload)
        except Exception as failure:  # noqa: BLE001 - the entry stays: it is tried again later
            _log.error("consumer_failed", consumer=listener.name, exc_info=failure)
            return False
        return True

    async def _settle(self, errand: Errand, held: Entry | None, failed: Sequence[Listener]) -> None:
        """Write the proofs that the consumers did not write themselves, and pass the event on, unless the lease was
        lost: then whoever has it does."""
        event = errand.entry.event
        async with self._runtime.works.begin(Actor.system(errand.tenant_id)) as work:
            done = [(each.name, event.id) for each in errand.waiting if each not in failed]
            if done:
                await claim(work, done)
            # Locked by its lease: nobody takes it over between this and the commit.
            entry = None if held is None else await renew(work, held, work.now + LEASE)
            if entry is None:
                return
            abandoned = failed and work.now - event.occurred_at >= LIFETIME
            if abandoned:
                names = [each.name for each in failed]
                _log.error("event_abandoned", event_id=str(event.id), consumers=names)
            if failed and not abandoned:
                await put_off(work, entry)
                await forward(work, self._consumers, self.lane, [entry])
            else:
                await pass_on(work, self._consumers, self.lane, [entry])


class _Held:
    """A lease that a task keeps renewing."""

    def __init__(self, runtime: Runtime, errand: Errand) -> None:
        self._runtime = runtime
        self._tenant_id = errand.tenant_id
        self.entry: Entry | None = errand.entry
        """None once the lease was lost."""

    async def keep(self) -> None:
        while self.entry is not None:
            await asyncio.sleep(RENEWAL_SECONDS)
            try:
                await self._until(LEASE)
            except Exception as failure:  # noqa: BLE001 - tried again; when it was too late, another has the work
                _log.warning("lease_not_renewed", cause=type(failure).__name__)

    async def give_back(self) -> None:
        """Let another worker begin at once."""
        try:
            await self._until(timedelta())
        except Exception as failure:  # noqa: BLE001 - the lease ends by itself
            _log.warning("lease_not_given_back", cause=type(failure).__name__)

    async def _until(self, longer: timedelta) -> None:
        if self.entry is None:
            return
        async with self._runtime.works.begin(Actor.system(self._tenant_id)) as work:
            renewed = await renew(work, self.entry, work.now + longer)
        self.entry = renewed
