"""Inline processing of events and sweeps while the demo network is filled, with a clock that is set, not slept through.

The same consumers run as in the workers.
"""

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.background import Consumers, Sweeps
from app.background.sweeps import Sweeper
from app.background.worker import Worker
from app.kernel.actor import Actor
from app.kernel.clock import SettableClock
from app.kernel.outbox import LANES, DueEntry
from app.kernel.runtime import Runtime
from app.notifications.models import Delivery as Letter

_ROUNDS = 12
_CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")


class Backstage:
    """Runs events and due work inline at the time of a settable clock."""

    def __init__(self, runtime: Runtime, clock: SettableClock, consumers: Consumers, sweeps: Sweeps) -> None:
        self.runtime = runtime
        self.clock = clock
        self._everybody = consumers
        self._worker = Worker(runtime, _lasting(consumers, telling_people=False))
        self._sweeper = Sweeper(runtime, sweeps)

    async def begin_telling(self) -> None:
        """Send ticket notices from now on; earlier ones would be months old."""
        await self.turn()
        self._worker = Worker(self.runtime, _lasting(self._everybody, telling_people=True))

    async def turn(self) -> None:
        """Handle everything that is due now, and what follows from it."""
        for _ in range(_ROUNDS):
            handled = await self._worker.run_once()
            swept = await self._sweeper.run_once()
            if not (handled or swept):
                return

    async def live_until(self, moment: datetime) -> None:
        """Advance the clock to `moment`, running deadlines at their due times."""
        await self.turn()
        while True:
            due_at = await self._next_deadline()
            if due_at is None or due_at > moment:
                break
            self.clock.set(max(self.clock.now(), due_at))
            await self.turn()
        self.clock.set(max(self.clock.now(), moment))

    async def _next_deadline(self) -> datetime | None:
        deadlines = select(func.min(DueEntry.due_at)).where(DueEntry.kind.not_in(LANES))
        async with self.runtime.engine("sweeper").connect() as connection:
            due_at: datetime | None = await connection.scalar(deadlines)
        return due_at

    async def code_sent_to(self, tenant_id: UUID, address: str) -> str:
        """The six-digit code in the newest message to `address`."""
        found = _CODE.findall(await self._newest(tenant_id, address))
        return str(found[-1])

    async def invitation_sent_to(self, tenant_id: UUID, address: str) -> str:
        """The token of the invitation link in the newest message to `address`."""
        return (await self._newest(tenant_id, address)).rsplit(f"/invitations/{tenant_id}/", 1)[1].split()[0]

    async def _newest(self, tenant_id: UUID, address: str) -> str:
        async with self.runtime.works.begin(Actor.system(tenant_id)) as work:
            text = await work.session.scalar(
                select(Letter.text).where(Letter.address == address).order_by(Letter.id.desc()).limit(1)
            )
        if text is None:
            raise LookupError(f"no letter to {address}")
        return text


def _lasting(consumers: Consumers, *, telling_people: bool) -> Consumers:
    """All consumers except live page updates (no page is open) and quality facts (rebuilt at the end).

    Ticket notices are included only with `telling_people`.
    """
    left_out = ("tickets.tell_pages", "network.") if telling_people else ("tickets.tell_", "network.")
    kept = Consumers()
    for listener in consumers:
        if not listener.name.startswith(left_out):
            kept.register(listener)
    return kept
