"""Which records a staff member sees who is held to some clients (`Actor.clients`): one rule for each mapped class.

Inside a partner's own ring the database shows everything to its staff. What narrows them further is said once for each
class, beside the area that knows it, and the session adds it to every ORM statement: record, list, count, facet,
search, export and change alike. tests/architecture keeps the list complete.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import with_loader_criteria

from app.kernel.actor import Actor
from app.kernel.model import Model


class Held(NamedTuple):
    """A member of staff who is held to `clients`, at the moment `now`."""

    tenant_id: UUID
    engineer_id: UUID | None
    clients: list[UUID]
    now: datetime


Rule = Callable[[Any, Held], ColumnElement[bool]]
Declared = TypeVar("Declared", bound=Rule)

WHOLE_COMPANY = {"whole_company": True}
"""Execution options of a statement that must count all of the company's rows whoever asks (how busy is an engineer),
and hands no record of theirs to anybody."""

rules: dict[type[Model], Rule] = {}


def narrows(*classes: type[Model]) -> Callable[[Declared], Declared]:
    """Declare the rule of some classes: called with the class and who is held to which clients."""

    def declare(rule: Declared) -> Declared:
        rules.update(dict.fromkeys(classes, rule))
        return rule

    return declare


def criteria(actor: Actor, now: datetime) -> Sequence[Any]:
    """What the session adds to each statement; nothing for an actor who sees the whole company."""
    if actor.clients is None:
        return ()
    held = Held(actor.tenant_id, actor.engineer_id, sorted(actor.clients), now)
    return [
        with_loader_criteria(each, rule(each, held), include_aliases=True, propagate_to_loaders=False)
        for each, rule in rules.items()
    ]
