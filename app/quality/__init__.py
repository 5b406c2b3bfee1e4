"""What clients think of the service (Q2). What other areas may use."""

from app.quality.replay import replay_answers
from app.quality.schemas import Rating, RatingCreate, SurveyChannel
from app.quality.service import SurveyService

__all__ = ["Rating", "RatingCreate", "SurveyChannel", "SurveyService", "replay_answers"]
