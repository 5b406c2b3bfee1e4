"""Request and response structs of the engineers' area."""

from uuid import UUID

import msgspec

from app.desk.engineers.labels import EngineerLevel, EngineerState, SkillGrade
from app.platform.kernel.input_text import Input, Line


class EngineerView(msgspec.Struct, frozen=True, kw_only=True):
    """An engineer; `id` is the membership's. `skills` grades product categories by code; empty for everybody but the
    partner's staff."""

    id: UUID
    display_name: str
    level: EngineerLevel
    phone: str
    state: EngineerState
    version: int
    skills: dict[str, SkillGrade] = {}


class EngineerUpdate(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole changed profile. `version` is the one that was read; skills left out are removed."""

    level: EngineerLevel
    version: int
    phone: Line = ""
    state: EngineerState = EngineerState.ACTIVE
    skills: dict[Line, SkillGrade] = msgspec.field(default_factory=dict)
