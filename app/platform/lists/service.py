"""Use cases of saved views and of what each person prefers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from app.platform.kernel.actor import Scope
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import Forbidden, NotFound, StaleVersion
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.address import read_address
from app.platform.lists.declaration import RecordList
from app.platform.lists.errors import ViewNameTaken
from app.platform.lists.models import ListPreference, SavedView
from app.platform.lists.permissions import SavedViewPermission
from app.platform.lists.schemas import Preference, SavedViewCreate, SavedViewSummary, SavedViewUpdate

MOST_VIEWS = 100


class SavedViews:
    """The views of one list that the actor sees: their own, and those shared with the company."""

    def __init__(self, work: UnitOfWork, listing: RecordList[Any]) -> None:
        """
        Raises:
            Forbidden: without the list's permission; for clients' people, who have no views.
        """
        work.actor.require(listing.permission)
        if work.actor.scope is not Scope.TENANT:
            raise Forbidden
        self._work = work
        self._list = listing

    async def all(self) -> list[SavedViewSummary]:
        """By name, own ones first."""
        own = SavedView.membership_id == self._work.actor.membership_id
        rows = await self._work.session.scalars(
            select(SavedView)
            .where(SavedView.list_key == self._list.key, or_(SavedView.shared, own))
            .order_by(own.desc(), SavedView.name, SavedView.id)
            .limit(MOST_VIEWS)
        )
        return [self._to_view(row) for row in rows]

    async def get(self, view_id: UUID) -> SavedViewSummary:
        """
        Raises:
            NotFound: no such view of this list for this person.
        """
        return self._to_view(await self._row(view_id))

    async def create(self, wanted: SavedViewCreate) -> SavedViewSummary:
        """
        Raises:
            Forbidden: to share one, without `saved_view:write`; for whoever is no member.
            ViewNameTaken.
        """
        work, owner = self._work, self._work.actor.membership_id
        work.require_writable()
        if owner is None:
            raise Forbidden
        self._may_share(shared=wanted.shared)
        made = await work.session.scalar(
            insert(SavedView)
            .values(
                tenant_id=work.tenant_id,
                id=work.new_id(),
                list_key=self._list.key,
                membership_id=owner,
                owner_name=work.actor.display_name,
                created_at=work.now,
                version=1,
                **self._values(wanted),
            )
            .on_conflict_do_nothing(index_elements=["tenant_id", "list_key", "membership_id", "name"])
            .returning(SavedView.id)
        )
        if made is None:
            raise ViewNameTaken(fields={"name": ViewNameTaken.text})
        work.audit("saved_view.created", "saved_view", made, list=self._list.key, shared=wanted.shared)
        return await self.get(made)

    async def update(self, view_id: UUID, wanted: SavedViewUpdate) -> SavedViewSummary:
        """Write the whole view.

        Raises:
            NotFound, StaleVersion, ViewNameTaken.
            Forbidden: it is or becomes shared, and the actor lacks `saved_view:write`.
        """
        work, row = self._work, await self._row(view_id)
        work.require_writable()
        self._may_share(shared=row.shared or wanted.shared)
        try:
            changed = await work.session.scalar(
                update(SavedView)
                .where(SavedView.id == view_id, SavedView.version == wanted.version)
                .values(version=wanted.version + 1, **self._values(wanted))
                .returning(SavedView.id)
                .execution_options(synchronize_session=False)
            )
        except IntegrityError as error:
            raise ViewNameTaken(fields={"name": ViewNameTaken.text}) from error
        if changed is None:
            raise StaleVersion
        work.audit("saved_view.changed", "saved_view", view_id, list=self._list.key, shared=wanted.shared)
        work.session.expire_all()
        return await self.get(view_id)

    async def delete(self, view_id: UUID) -> None:
        """
        Raises:
            NotFound.
            Forbidden: it is shared, and the actor lacks `saved_view:write`.
        """
        row = await self._row(view_id)
        self._work.require_writable()
        self._may_share(shared=row.shared)
        await self._work.session.execute(delete(SavedView).where(SavedView.id == view_id))
        self._work.audit("saved_view.deleted", "saved_view", view_id, list=self._list.key)

    async def _row(self, view_id: UUID) -> SavedView:
        row: SavedView | None = await self._work.session.scalar(
            select(SavedView).where(
                SavedView.id == view_id,
                SavedView.list_key == self._list.key,
                or_(SavedView.shared, SavedView.membership_id == self._work.actor.membership_id),
            )
        )
        if row is None:
            raise NotFound
        return row

    def _may_share(self, *, shared: bool) -> None:
        if shared:
            self._work.actor.require(SavedViewPermission.SAVED_VIEW_WRITE)

    def _values(self, wanted: SavedViewCreate) -> dict[str, Any]:
        return {
            "name": wanted.name,
            "shared": wanted.shared,
            "query": read_address(self._list, "", wanted.query).query,
            "columns": [key for key in dict.fromkeys(wanted.columns) if self._list.column(key) is not None],
        }

    def _to_view(self, row: SavedView) -> SavedViewSummary:
        return view_of(SavedViewSummary, row, own=row.membership_id == self._work.actor.membership_id)


class ListPreferences:
    """How the actor likes lists."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def of(self, listing: RecordList[Any]) -> Preference:
        """Of one list; the usual for whoever has said nothing."""
        found = await self._work.session.execute(
            select(
                ListPreference.compact,
                ListPreference.columns[listing.key],
                ListPreference.default_views[listing.key].astext,
            ).where(ListPreference.id == self._work.actor.membership_id)
        )
        row = found.first()
        if row is None:
            return Preference()
        return Preference(row[0], tuple(row[1] or ()), UUID(row[2]) if row[2] else None)

    async def set_compact(self, *, compact: bool) -> None:
        """Of all lists."""
        await self._set(compact=compact)

    async def set_columns(self, listing: RecordList[Any], keys: Sequence[str]) -> None:
        """Keys in order; none for the list's own."""
        known = [key for key in dict.fromkeys(keys) if listing.column(key) is not None]
        await self._set(columns={listing.key: known})

    async def set_default_view(self, listing: RecordList[Any], view_id: UUID | None) -> None:
        """The view in which the list opens."""
        await self._set(default_views={listing.key: str(view_id or "")})

    async def _set(self, **changed: Any) -> None:
        """What is said about one list leaves the others as they are, also for somebody who says two things at once."""
        work, member = self._work, self._work.actor.membership_id
        if member is None:
            raise Forbidden
        mappings = [name for name, value in changed.items() if isinstance(value, dict)]
        statement = insert(ListPreference).values(
            {"tenant_id": work.tenant_id, "id": member, "compact": False, "columns": {}, "default_views": {}} | changed
        )
        kept = {
            name: getattr(ListPreference, name).op("||")(statement.excluded[name]) if name in mappings else value
            for name, value in changed.items()
        }
        await work.session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=kept))
