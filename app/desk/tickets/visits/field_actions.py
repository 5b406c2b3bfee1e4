"""Idempotent actions of an engineer's phone, however late and often they are delivered.

A phone without signal queues actions and may send them weeks later. Each carries an id made by the phone; the id is
kept without limit, with the address of the first answer, so that a repeated action is recognised whatever became of
the visit since.
"""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.desk.tickets.errors import ActionReused
from app.desk.tickets.models import FieldAction
from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork


class FieldActions:
    """The actions of the actor, who is one of the partner's staff."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def once(self, action_id: str, request_hash: str, act: Callable[[], Awaitable[str]]) -> str:
        """Do it, or find that it was done: what it led to is the same. Two deliveries at one moment wait for each
        other. What is refused leaves no trace and may be sent again.

        Raises:
            ActionReused: the same id came with other content.
        """
        if not await self._claim(action_id, request_hash):
            done = await self._of(action_id)
            if done is None or done.request_hash != request_hash:
                raise ActionReused
            return done.leads_to
        address = await act()
        done = present(await self._of(action_id), "it was claimed above, in this very transaction")
        done.leads_to = address
        return address

    async def made_once(
        self, action_id: str, request_hash: str, make: Callable[[], Awaitable[Sequence[UUID]]]
    ) -> list[UUID]:
        """The same for a program: the ids of the records that the action made.

        Raises:
            ActionReused: the same id came with other content.
        """

        async def act() -> str:
            return " ".join(made.hex for made in await make())

        return [UUID(made) for made in (await self.once(action_id, request_hash, act)).split()]

    async def _claim(self, action_id: str, request_hash: str) -> bool:
        row = {
            "tenant_id": self.work.tenant_id,
            "id": self.work.new_id(),
            "membership_id": self.work.actor.membership_id,
            "action_id": action_id,
            "request_hash": request_hash,
            "leads_to": "",
            "received_at": self.work.now,
        }
        claimed = await self.work.session.scalar(
            insert(FieldAction)
            .values(**row)
            .on_conflict_do_nothing(index_elements=["tenant_id", "membership_id", "action_id"])
            .returning(FieldAction.id)
        )
        return claimed is not None

    async def _of(self, action_id: str) -> FieldAction | None:
        found: FieldAction | None = await self.work.session.scalar(
            select(FieldAction).where(
                FieldAction.membership_id == self.work.actor.membership_id, FieldAction.action_id == action_id
            )
        )
        return found
