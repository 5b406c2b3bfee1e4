"""Satisfaction surveys after a ticket (Q2)."""

from app.quality.replay import replay_answers
from app.quality.schemas import Rating, RatingCreate, SurveyChannel
from app.quality.service import SurveyService

__all__ = ["Rating", "RatingCreate", "SurveyChannel", "SurveyService", "replay_answers"]
