"""Row scope: which rows staff see who may only see some clients (`Actor.clients`), one rule for each mapped class; and
rows that are private to some people whatever else anybody may see (`private_rows_of`).

Row-level security shows a partner's staff everything of the tenant. The narrower rule is declared once per class, in
the area that owns the class, and the session adds it to every ORM statement: record, list, count, facet,
search, export and change alike. tests/architecture keeps the list complete.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import with_loader_criteria

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


def scope_criteria(actor: Actor, now: datetime) -> Sequence[Any]:
    """The conditions that the session adds to each statement; empty for an actor who sees the whole tenant."""
    if actor.clients is None:
        return ()
    staff = ScopedStaff(actor.tenant_id, actor.engineer_id, sorted(actor.clients), now)
    return [
        with_loader_criteria(each, rule(each, staff), include_aliases=True, propagate_to_loaders=False)
        for each, rule in row_scopes.items()
    ]
