"""Engineers, their levels and skills. What other areas may use."""

from app.desk.engineers.labels import (
    ENGINEER_ROLES,
    GRADE_NAMES,
    LEVEL_NAMES,
    EngineerLevel,
    EngineerState,
    SkillGrade,
)
from app.desk.engineers.schemas import EngineerUpdate, EngineerView
from app.desk.engineers.service import EngineerService, sync_with_membership

__all__ = [
    "ENGINEER_ROLES",
    "GRADE_NAMES",
    "LEVEL_NAMES",
    "EngineerLevel",
    "EngineerService",
    "EngineerState",
    "EngineerUpdate",
    "EngineerView",
    "SkillGrade",
    "sync_with_membership",
]
