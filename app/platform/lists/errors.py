"""Refusals of lists."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class ViewNameTaken(Conflict):
    """The person has another view of this name on the list."""

    code = "saved_view.name_taken"
    text = N_("您已经有这个名字的视图。")


class NothingMarked(Invalid):
    """An action on many was sent without a row."""

    code = "list.nothing_marked"
    text = N_("请先在列表里选中几行。")


class NothingToUndo(Conflict):
    """The action has been undone already, or cannot be."""

    code = "list.undo_refused"
    text = N_("这次操作已经撤销过，或不能撤销。")


class NothingToChange(Conflict):
    """The row already is what the action would make of it."""

    code = "list.nothing_to_change"
    text = N_("已经是这样，没有改动。")
