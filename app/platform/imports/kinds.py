"""The kinds of lists that the areas declare (`Area.imports`)."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from app.platform.imports.declaration import ImportKind
from app.platform.kernel.actor import Actor
from app.platform.kernel.areas import areas
from app.platform.kernel.errors import Forbidden, NotFound

FIRST_KIND: Final = "devices"
"""What lists were before there were others: the kind of a list of which nobody says it."""


@cache
def import_kinds() -> dict[str, ImportKind]:
    """All of them by name."""
    found: dict[str, ImportKind] = {}
    for area in areas():
        for name, reference in area.imports.items():
            found[name] = area.load(reference)
    return found


def kind_named(name: str) -> ImportKind:
    """
    Raises:
        NotFound: no list is called so.
    """
    kind = import_kinds().get(name)
    if kind is None:
        raise NotFound
    return kind


def kinds_of(actor: Actor) -> Sequence[ImportKind]:
    """The lists that somebody may import.

    Raises:
        Forbidden: none.
    """
    found = [kind for kind in import_kinds().values() if actor.may(kind.permission)]
    if not found:
        raise Forbidden
    return found
