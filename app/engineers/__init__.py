"""Engineers, their levels and skills. What other areas may use."""

from app.engineers.schemas import Engineer, EngineerUpdate
from app.engineers.service import EngineerService, follow_membership
from app.engineers.words import (
    ENGINEER_ROLES,
    GRADE_NAMES,
    LEVEL_NAMES,
    EngineerLevel,
    EngineerState,
    SkillGrade,
)

__all__ = [
    "ENGINEER_ROLES",
    "GRADE_NAMES",
    "LEVEL_NAMES",
    "Engineer",
    "EngineerLevel",
    "EngineerService",
    "EngineerState",
    "EngineerUpdate",
    "SkillGrade",
    "follow_membership",
]
