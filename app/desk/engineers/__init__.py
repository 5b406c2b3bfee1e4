"""Engineers, their levels and skills. What other areas may use."""

from app.desk.engineers.labels import LEVEL_NAMES, EngineerLevel, EngineerState, SkillGrade
from app.desk.engineers.schemas import EngineerUpdate
from app.desk.engineers.service import EngineerService

__all__ = [
    "LEVEL_NAMES",
    "EngineerLevel",
    "EngineerService",
    "EngineerState",
    "EngineerUpdate",
    "SkillGrade",
]
