"""Satisfaction surveys after a ticket (Q2)."""

from app.surveys.replay import replay_answers
from app.surveys.schemas import Rating, RatingCreate, SurveyChannel
from app.surveys.service import SurveyService

__all__ = ["Rating", "RatingCreate", "SurveyChannel", "SurveyService", "replay_answers"]
