"""Errors of the engineers' area."""

from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_


class ProfileInvalid(Invalid):
    """A field of the profile is invalid; `fields` names it."""

    code = "engineer.invalid"
    text = N_("有些内容需要改正。")


UNKNOWN_CATEGORY = N_("没有这个产品类别。")
