"""Actions on many rows: one row after the other by the use case for one, and back again."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.platform.http.errors import as_domain_error
from app.platform.kernel.errors import DomainError, NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.declaration import MOST_ROWS, BulkAction, RecordList
from app.platform.lists.errors import NothingMarked, NothingToUndo
from app.platform.lists.models import BulkRun
from app.platform.lists.schemas import BulkOutcome, Done, Refused


class BulkRuns:
    """The actor's actions on many rows of one list."""

    def __init__(self, work: UnitOfWork, listing: RecordList[Any]) -> None:
        work.actor.require(listing.permission)
        self._work = work
        self._list = listing

    async def run(
        self, action: BulkAction, row_ids: Sequence[UUID], act: Callable[[UUID], Awaitable[Any]]
    ) -> BulkOutcome:
        """Do it to each row; a refusal leaves that row as it was and the others alone. Rows are taken in the order of
        their ids, so that two people who mark the same rows do not wait for each other for ever.

        Raises:
            Forbidden: without the action's permission.
            NothingMarked: without rows, or with more than a page has.
        """
        work = self._work
        work.actor.require(action.permission)
        work.require_writable()
        ids = sorted(set(row_ids))
        if not ids or len(ids) > MOST_ROWS:
            raise NothingMarked
        titles = await self._titles(ids)
        done, refused = [], []
        for row_id in ids:
            try:
                if row_id not in titles:
                    raise NotFound
                async with work.part():
                    done.append(Done(row_id, msgspec.to_builtins(await act(row_id))))
            except (DomainError, IntegrityError, StaleDataError) as error:
                refused.append(_refusal(titles.get(row_id, ""), error))
        run = BulkRun(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            list_key=self._list.key,
            action=action.key,
            membership_id=work.actor.membership_id,
            done=msgspec.to_builtins(done),
            refused=msgspec.to_builtins(refused),
            undo_refused=[],
            created_at=work.now,
        )
        work.session.add(run)
        await work.session.flush()
        return self._outcome(run)

    async def undo(self, run_id: UUID, undo: Callable[[str, UUID, Any], Awaitable[None]]) -> BulkOutcome:
        """Take back what was done to each row, as far as it still can be; once.

        Raises:
            NotFound: no such action of the actor's on this list.
            NothingToUndo.
        """
        work = self._work
        work.require_writable()
        if await self.outcome(run_id) is None:
            raise NotFound
        run = await work.session.scalar(
            update(BulkRun)
            .where(
                BulkRun.id == run_id,
                BulkRun.list_key == self._list.key,
                BulkRun.membership_id == work.actor.membership_id,
                BulkRun.undone_at.is_(None),
            )
            .values(undone_at=work.now)
            .returning(BulkRun)
        )
        if run is None or not self._undoable(run.action):
            raise NothingToUndo
        work.actor.require(self.action(run.action).permission)
        done = msgspec.convert(run.done, list[Done])
        titles = await self._titles([each.id for each in done])
        refused = []
        for each in done:
            try:
                async with work.part():
                    await undo(run.action, each.id, each.before)
            except (DomainError, IntegrityError, StaleDataError) as error:
                refused.append(_refusal(titles.get(each.id, ""), error))
        run.undo_refused = msgspec.to_builtins(refused)
        await work.session.flush()
        return self._outcome(run)

    async def outcome(self, run_id: UUID) -> BulkOutcome | None:
        """What became of one of the actor's own; None where there is none."""
        run = await self._work.session.scalar(
            select(BulkRun).where(
                BulkRun.id == run_id,
                BulkRun.list_key == self._list.key,
                BulkRun.membership_id == self._work.actor.membership_id,
            )
        )
        return None if run is None else self._outcome(run)

    def action(self, key: str) -> BulkAction:
        """
        Raises:
            NotFound: the list has no such action.
        """
        for each in self._list.bulk:
            if each.key == key and isinstance(each, BulkAction):
                return each
        raise NotFound

    def _undoable(self, key: str) -> bool:
        return any(isinstance(each, BulkAction) and each.key == key and each.undo for each in self._list.bulk)

    def _outcome(self, run: BulkRun) -> BulkOutcome:
        return BulkOutcome(
            id=run.id,
            action=run.action,
            done=len(run.done),
            refused=msgspec.convert(run.refused, list[Refused]),
            undoable=bool(run.done) and run.undone_at is None and self._undoable(run.action),
            undone=run.undone_at is not None,
            undo_refused=msgspec.convert(run.undo_refused, list[Refused]),
        )

    async def _titles(self, row_ids: Sequence[UUID]) -> dict[UUID, str]:
        """How people know the rows; those that the actor may not see are missing."""
        listing = self._list
        rows = await self._work.session.execute(select(listing.id, listing.title).where(listing.id.in_(row_ids)))
        return {row[0]: row[1] for row in rows}


def _refusal(title: str, failure: Exception) -> Refused:
    """
    Raises:
        Exception: the failure itself, where it is no refusal.
    """
    error = as_domain_error(failure)
    if error is None:
        raise failure
    text = next(iter(error.fields.values()), error.text) if not error.parameters else error.text
    return Refused(title, text, {name: str(value) for name, value in error.parameters.items()})
