"""Subscriptions in words."""

from collections.abc import Mapping
from typing import Final

from app.platform.kernel.texts import N_

STEP_NAMES: Final[Mapping[str, str]] = {
    "start": N_("开始试用"),
    "cancel": N_("到期不再续用"),
    "keep": N_("继续使用"),
}
"""Steps that are no move of the machine."""
