"""Reading the log: the owner the whole of the company's, a client's administrator what the client's people did."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, or_, select

from app.people.audit.former_names import FORMER_ACTIONS, record_spellings, spellings
from app.people.audit.labels import records_of
from app.people.audit.repository import find_entries
from app.people.audit.schemas import AuditFilter, AuditLine
from app.people.identity.models import Membership, Reporter
from app.platform.kernel.actor import Scope
from app.platform.kernel.audit import AuditEntry
from app.platform.kernel.text_search import contains, matches_search
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.context import as_platform

MOST_NAMES: Final = 200
"""People that a part of a name may stand for."""


class AuditLog:
    """The audit log of the actor's tenant, within the actor's ring."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def newest(
        self, wanted: AuditFilter, *, before: tuple[datetime, UUID] | None = None, limit: int = 50
    ) -> list[AuditLine]:
        """Newest first; `before` is the moment and id of the last line already seen.

        Raises:
            Forbidden: without `audit_log:read`.
        """
        self._work.actor.require(Permission.AUDIT_LOG_READ)
        rows = await find_entries(
            self._work.session, [*self._own_entries(), *await self._conditions(wanted)], before=before, limit=limit
        )
        lines = [AuditLine(*row) for row in rows]
        names = await self._names(lines)
        return [msgspec.structs.replace(line, actor=_name(line, names)) for line in lines]

    def _own_entries(self) -> list[ColumnElement[bool]]:
        actor = self._work.actor
        mine = [AuditEntry.tenant_id == actor.tenant_id]
        return mine if actor.scope is Scope.TENANT else [*mine, AuditEntry.client_id == actor.client_id]

    async def _conditions(self, wanted: AuditFilter) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if wanted.words.strip():
            found.append(await self._matching(wanted.words.strip()))
        if wanted.membership_id is not None:
            found.append(AuditEntry.membership_id == wanted.membership_id)
        if wanted.action.endswith("."):
            found.append(_of_area(wanted.action))
        elif wanted.action:
            found.append(AuditEntry.action.in_(spellings(wanted.action)))
        if wanted.record_kind:
            found.append(AuditEntry.record_kind.in_(record_spellings(wanted.record_kind)))
        if wanted.record_id is not None:
            found.append(AuditEntry.record_id == wanted.record_id)
        if wanted.since is not None:
            found.append(AuditEntry.occurred_at >= wanted.since)
        if wanted.until is not None:
            found.append(AuditEntry.occurred_at < wanted.until)
        return found

    async def _matching(self, words: str) -> ColumnElement[bool]:
        """The condition for the search text: a record's id, or part of a person's name."""
        try:
            return AuditEntry.record_id == UUID(words)
        except ValueError:
            pass
        members = await self._members(matches_search(words, lambda word: contains(word, Membership.display_name)))
        reporters = await self._reporters(matches_search(words, lambda word: contains(word, Reporter.display_name)))
        if not members and not reporters:
            return AuditEntry.id.is_(None)  # no member or reporter has this name
        return or_(AuditEntry.membership_id.in_(members), AuditEntry.reporter_id.in_(reporters))

    async def _names(self, lines: Sequence[AuditLine]) -> dict[UUID, str]:
        members = {line.membership_id for line in lines if line.membership_id}
        reporters = {line.reporter_id for line in lines if line.reporter_id}
        names = await self._members(Membership.id.in_(members)) if members else {}
        return names | (await self._reporters(Reporter.id.in_(reporters)) if reporters else {})

    async def _members(self, condition: ColumnElement[bool]) -> dict[UUID, str]:
        """Members by id. The list of members is the partner's; a client sees its own people's names from it."""
        statement: Any = select(Membership.id, Membership.display_name).where(condition).limit(MOST_NAMES)
        client_id = self._work.actor.client_id
        if client_id is not None:
            statement = statement.where(Membership.client_id == client_id)
        async with as_platform(self._work):
            return {row[0]: row[1] for row in await self._work.session.execute(statement)}

    async def _reporters(self, condition: ColumnElement[bool]) -> dict[UUID, str]:
        statement = select(Reporter.id, Reporter.display_name).where(condition).limit(MOST_NAMES)
        return {row[0]: row[1] for row in await self._work.session.execute(statement)}


def _of_area(area: str) -> ColumnElement[bool]:
    """Actions of the area's records, and those that were called otherwise when they were written."""
    records = records_of(area)
    former = [old for old, present in FORMER_ACTIONS.items() if present.split(".", 1)[0] in records]
    ranges = [AuditEntry.action.between(f"{record}.", f"{record}/") for record in records]
    return or_(*ranges, AuditEntry.action.in_(former))


def _name(line: AuditLine, names: dict[UUID, str]) -> str:
    known: Collection[UUID | None] = (line.membership_id, line.reporter_id)
    return next((names[each] for each in known if each is not None and each in names), "")
