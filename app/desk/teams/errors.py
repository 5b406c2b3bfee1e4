"""Errors of the teams' area."""

from app.platform.kernel.errors import Conflict, Invalid
from app.platform.kernel.texts import N_


class TeamNameTaken(Conflict):
    """Another team of the company has this name."""

    code = "team.name_taken"
    text = N_("已经有这个名称的小组。")


class TeamInvalid(Invalid):
    """A member or client that does not exist in the company."""

    code = "team.invalid"
    text = N_("请从列表中选择。")
