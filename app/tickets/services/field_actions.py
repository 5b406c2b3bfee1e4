"""What an engineer's phone sends is done once, however late and however often it arrives.

A phone without signal keeps what was done and sends it later; one that lies in a drawer sends it after weeks. Each
action carries an id that the phone made once, and the id is kept for good, with where its answer led: the work of a
visit may be stored in any way, the action is known again.
"""

from collections.abc import Awaitable, Callable

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.kernel.work import UnitOfWork
from app.tickets.errors import ActionReused
from app.tickets.models import FieldAction


class FieldActions:
    """The actions of the actor, who is one of the partner's staff."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def once(self, action_id: str, request_hash: str, act: Callable[[], Awaitable[str]]) -> str:
        """Do it, or find that it was done: the address to go on to is the same. Two deliveries at one moment wait for
        each other. What is refused leaves no trace and may be sent again.

        Raises:
            ActionReused: the same id came with other content.
        """
        if not await self._claim(action_id, request_hash):
            done = await self._of(action_id)
            if done is None or done.request_hash != request_hash:
                raise ActionReused
            return done.leads_to
        address = await act()
        done = await self._of(action_id)
        assert done is not None  # noqa: S101 - claimed above, in this very transaction
        done.leads_to = address
        return address

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
