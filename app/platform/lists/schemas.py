"""Structs of saved views and of actions on many rows."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from app.platform.kernel.input_text import CODE, LINE, Input, Label
from app.platform.kernel.texts import N_

MOST_COLUMNS = 40


class SavedViewCreate(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A view to be kept. `query` are parameters of the list's address (filters, `q`, `sort`), `columns` keys in order;
    what the list does not know is left out."""

    name: Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=60), Label(N_("名称"), N_("请填写视图的名称。"))]
    shared: bool = False
    query: dict[
        Annotated[str, CODE, msgspec.Meta(max_length=40)], Annotated[str, LINE, msgspec.Meta(max_length=100)]
    ] = msgspec.field(default_factory=dict)
    columns: Annotated[
        list[Annotated[str, CODE, msgspec.Meta(max_length=40)]], msgspec.Meta(max_length=MOST_COLUMNS)
    ] = msgspec.field(default_factory=list)


class SavedViewUpdate(SavedViewCreate, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole changed view; `version` is the one that was read."""

    version: int


class SavedViewSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A saved view as the list of them shows it. `own`: it is the caller's."""

    id: UUID
    name: str
    shared: bool
    own: bool
    owner_name: str
    query: dict[str, str]
    columns: list[str]
    created_at: datetime
    version: int


class Preference(msgspec.Struct, frozen=True):
    """How a person likes one list."""

    compact: bool = False
    columns: tuple[str, ...] = ()
    default_view: UUID | None = None


class Refused(msgspec.Struct, frozen=True, array_like=True):
    """A row that was not changed: its title, and why, as a source text with parameters."""

    title: str
    text: str
    parameters: dict[str, str] = {}


class BulkOutcome(msgspec.Struct, frozen=True):
    """What became of an action on many rows."""

    id: UUID
    action: str
    done: int
    refused: list[Refused]
    undoable: bool
    undone: bool
    undo_refused: list[Refused]


class Done(msgspec.Struct, frozen=True, array_like=True):
    """A row that was changed, and what undoing it needs."""

    id: UUID
    before: Any
