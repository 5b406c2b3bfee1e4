"""Inline processing of events and sweeps while the demo network is filled, with a clock that is set, not slept through.

The same consumers run as in the workers.
"""

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.platform.background import Consumers, Sweeps
from app.platform.background.sweeps import Sweeper
from app.platform.background.worker import Worker
from app.platform.kernel.actor import Actor
from app.platform.kernel.outbox import LANES, DueEntry
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.notifications.models import Delivery as Message

_ROUNDS = 12
_CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")


class Simulation:
    """Runs events and due work inline at the time of a settable clock."""

    def __init__(self, runtime: Runtime, clock: SettableClock, consumers: Consumers, sweeps: Sweeps) -> None:
        self.runtime = runtime
        self.clock = clock
        self._all_consumers = consumers
        self._worker = Worker(runtime, _consumers_with_lasting_effect(consumers, notifying=False))
        self._sweeper = Sweeper(runtime, sweeps)

    async def start_notifying(self) -> None:
        """Send ticket notices from now on; earlier ones would be months old."""
        await self.run_due_work()
        self._worker = Worker(self.runtime, _consumers_with_lasting_effect(self._all_consumers, notifying=True))

    async def run_due_work(self) -> None:
        """Handle everything that is due now, and what follows from it."""
        for _ in range(_ROUNDS):
            handled = await self._worker.run_once()
            swept = await self._sweeper.run_once()
            if not (handled or swept):
                return

    async def advance_to(self, moment: datetime) -> None:
        """Advance the clock to `moment`, running deadlines at their due times."""
        await self.run_due_work()
        while True:
            due_at = await self._next_deadline()
            if due_at is None or due_at > moment:
                break
            self.clock.set(max(self.clock.now(), due_at))
            await self.run_due_work()
        self.clock.set(max(self.clock.now(), moment))

    async def _next_deadline(self) -> datetime | None:
        deadlines = select(func.min(DueEntry.due_at)).where(DueEntry.kind.not_in(LANES))
        async with self.runtime.engine("sweeper").connect() as connection:
            due_at: datetime | None = await connection.scalar(deadlines)
        return due_at

    async def latest_code_for(self, tenant_id: UUID, address: str) -> str:
        """The six-digit code in the newest message to `address`."""
        found = _CODE.findall(await self._newest_message(tenant_id, address))
        return str(found[-1])

    async def latest_invitation_for(self, tenant_id: UUID, address: str) -> str:
        """The token of the invitation link in the newest message to `address`."""
        return (await self._newest_message(tenant_id, address)).rsplit(f"/invitations/{tenant_id}/", 1)[1].split()[0]

    async def _newest_message(self, tenant_id: UUID, address: str) -> str:
        async with self.runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            text = await work.session.scalar(
                select(Message.text).where(Message.address == address).order_by(Message.id.desc()).limit(1)
            )
        if text is None:
            raise LookupError(f"no letter to {address}")
        return text


def _consumers_with_lasting_effect(consumers: Consumers, *, notifying: bool) -> Consumers:
    """All consumers except live page updates (no page is open) and quality facts (rebuilt at the end).

    Ticket notices are included only with `notifying`.
    """
    left_out = (
        ("tickets.refresh_pages", "partner_metrics.")
        if notifying
        else ("tickets.refresh_pages", "tickets.notify_people", "partner_metrics.")
    )
    kept = Consumers()
    for listener in consumers:
        if not listener.name.startswith(left_out):
            kept.register(listener)
    return kept
