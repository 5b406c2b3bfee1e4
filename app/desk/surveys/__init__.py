"""Satisfaction surveys after a ticket (Q2)."""

from app.desk.surveys.replay import replay_answers
from app.desk.surveys.schemas import RatingCreate, SurveyChannel
from app.desk.surveys.service import SurveyService

__all__ = ["RatingCreate", "SurveyChannel", "SurveyService", "replay_answers"]
