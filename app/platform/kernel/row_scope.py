"""Row scope: which rows staff see who may only see some clients (`Actor.clients`), one rule for each mapped class; and
rows that are private to some people whatever else anybody may see (`private_rows_of`).

Row-level security shows a partner's staff everything of the tenant. The narrower rule is declared once per class, in
the area that owns the class, and the session adds it to every ORM statement: record, list, count, facet,
search, export and change alike. tests/architecture keeps the list complete.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, TableClause
from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.visitors import iterate

from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.model import Model


class ScopedStaff(NamedTuple):
    """A member of staff who may only see `clients`, at the moment `now`."""

    tenant_id: UUID
    engineer_id: UUID | None
    clients: list[UUID]
    now: datetime


ScopeRule = Callable[[Any, ScopedStaff], ColumnElement[bool]]
Declared = TypeVar("Declared", bound=ScopeRule)

WHOLE_TENANT = {"whole_tenant": True}
"""Execution options of a statement that must see all rows of the tenant whoever asks (how busy is an engineer) and
returns no records to the actor."""

row_scopes: dict[type[Model], ScopeRule] = {}

PrivacyRule = Callable[[Any, Actor], ColumnElement[bool]]
Private = TypeVar("Private", bound=PrivacyRule)
private_rows: dict[type[Model], PrivacyRule] = {}


def row_scope_of(*classes: type[Model]) -> Callable[[Declared], Declared]:
    """Declare the rule of these classes, a function of the class and the staff member."""

    def declare(rule: Declared) -> Declared:
        row_scopes.update(dict.fromkeys(classes, rule))
        return rule

    return declare


def private_rows_of(*classes: type[Model]) -> Callable[[Private], Private]:
    """Declare who alone reads rows of these classes, a function of the class and the actor. It holds for everybody but
    the platform itself: owners, clients, and headquarters under an access grant."""

    def declare(rule: Private) -> Private:
        private_rows.update(dict.fromkeys(classes, rule))
        return rule

    return declare


def privacy_criteria(actor: Actor) -> Sequence[Any]:
    """The conditions on private rows that the session adds to each statement."""
    if actor.kind is ActorKind.SYSTEM:
        return ()
    return [
        with_loader_criteria(each, rule(each, actor), include_aliases=True, propagate_to_loaders=False)
        for each, rule in private_rows.items()
    ]


class RowScope:
    """What one member of staff sees who is held to some clients: conditions for the tables that a statement names.

    There are as many rules as tables that hold something of a client, and a statement names a few: each condition is
    made when a statement first asks for it, and adds itself to no other (a hundred of them took longer than the
    statement).
    """

    def __init__(self, staff: ScopedStaff) -> None:
        self._staff = staff
        self._made: dict[type[Model], Any] = {}
        self._named: dict[type[Model], frozenset[str]] = {}

    def criteria(self, statement: Executable) -> list[Any]:
        """The conditions on the tables of `statement`, and on those that these conditions name themselves."""
        wanted: list[Any] = []
        known, left = set[str](), tables_of(cast("ClauseElement", statement))
        while left:
            known |= left
            named: set[str] = set()
            for each in (each for name in left for each in scoped_classes().get(name, ())):
                wanted.append(self._condition(each))
                named |= self._named[each]
            left = named - known
        return wanted

    def _condition(self, each: type[Model]) -> Any:
        made = self._made.get(each)
        if made is None:
            rule = row_scopes[each](each, self._staff)
            made = with_loader_criteria(each, rule, include_aliases=True, propagate_to_loaders=False)
            self._made[each], self._named[each] = made, frozenset(tables_of(rule))
        return made


def row_scope(actor: Actor, now: datetime) -> RowScope | None:
    """The conditions that the session adds to each statement; None for an actor who sees the whole tenant."""
    if actor.clients is None:
        return None
    return RowScope(ScopedStaff(actor.tenant_id, actor.engineer_id, sorted(actor.clients), now))


def tables_of(statement: ClauseElement) -> set[str]:
    """The names of all tables in a statement, wherever they stand: joined, aliased, in sub-queries, changed."""
    return {str(each.name) for each in iterate(statement) if isinstance(each, TableClause)}


@cache
def scoped_classes() -> Mapping[str, tuple[type[Model], ...]]:
    """Table → the classes with a rule that are stored there. Every area has declared its rules by then."""
    found: dict[str, tuple[type[Model], ...]] = {}
    for each in row_scopes:
        name = str(each.__tablename__)
        found[name] = (*found.get(name, ()), each)
    return found
