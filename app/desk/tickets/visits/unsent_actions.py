"""What engineers' phones still hold of finished visits: announced with the result, until it arrives or is lost.

A photo may wait on a phone for a better signal while the result is here already. Without a word of it the desk would
believe the record to be complete.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.desk.tickets.models import ExpectedFieldAction, FieldAction
from app.desk.tickets.visits.access import visit_of_worker
from app.desk.tickets.visits.schemas import StillOnPhone, UnsentAction, UnsentKind
from app.platform.kernel.unit_of_work import UnitOfWork

MOST_ANNOUNCED = 50


class UnsentActions:
    """The actions that the actor's phone still holds."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def expect(self, visit_id: UUID, actions: Sequence[UnsentAction]) -> None:
        """Remember what is still to come for the visit, once each."""
        await visit_of_worker(self.work, visit_id)
        rows = [
            {
                "tenant_id": self.work.tenant_id,
                "id": self.work.new_id(),
                "membership_id": self.work.actor.membership_id,
                "action_id": action.id,
                "visit_id": visit_id,
                "kind": action.kind,
                "pieces": action.pieces,
                "announced_at": self.work.now,
            }
            for action in actions[:MOST_ANNOUNCED]
        ]
        if rows:
            statement = insert(ExpectedFieldAction).values(rows)
            await self.work.session.execute(
                statement.on_conflict_do_nothing(index_elements=["tenant_id", "membership_id", "action_id"])
            )

    async def give_up(self, visit_id: UUID, action_ids: Collection[str] = ()) -> int:
        """What will not come any more: the named actions, or all that the visit waits for. Returns how many pieces.

        Raises:
            NotFound: the visit is another engineer's.
        """
        visit = await visit_of_worker(self.work, visit_id)
        statement = update(ExpectedFieldAction).where(
            ExpectedFieldAction.tenant_id == visit.tenant_id, ExpectedFieldAction.visit_id == visit_id, *_WAITING
        )
        if action_ids:
            statement = statement.where(ExpectedFieldAction.action_id.in_(action_ids))
        lost = statement.values(lost_at=self.work.now).returning(ExpectedFieldAction.pieces)
        return sum(await self.work.session.scalars(lost, execution_options={"synchronize_session": False}))


_ARRIVED = exists().where(
    FieldAction.tenant_id == ExpectedFieldAction.tenant_id,
    FieldAction.membership_id == ExpectedFieldAction.membership_id,
    FieldAction.action_id == ExpectedFieldAction.action_id,
)
_WAITING = (ExpectedFieldAction.lost_at.is_(None), ~_ARRIVED)


async def still_on_phone(session: AsyncSession, visit_ids: Collection[UUID]) -> dict[UUID, list[StillOnPhone]]:
    """For each visit of which something is still to come: how much of what."""
    if not visit_ids:
        return {}
    rows = await session.execute(
        select(ExpectedFieldAction.visit_id, ExpectedFieldAction.kind, func.sum(ExpectedFieldAction.pieces))
        .where(ExpectedFieldAction.visit_id.in_(visit_ids), *_WAITING)
        .group_by(ExpectedFieldAction.visit_id, ExpectedFieldAction.kind)
        .order_by(ExpectedFieldAction.kind.desc())
    )
    found: defaultdict[UUID, list[StillOnPhone]] = defaultdict(list)
    for visit_id, kind, pieces in rows:
        found[visit_id].append(StillOnPhone(UnsentKind(kind), int(pieces)))
    return dict(found)
