"""Request and response structs of surveys. Times are UTC."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.platform.kernel.input_text import TEXT, Input

Comment = Annotated[str, TEXT, Meta(max_length=1_000)]


class SurveyChannel(StrEnum):
    """Channel of an answer."""

    EMPLOYEE = "employee"
    PORTAL = "portal"
    API = "api"


class RatingCreate(Input, frozen=True, forbid_unknown_fields=True):
    """One answer: 1 (bad) to 5 (very good), with an optional comment."""

    score: Annotated[int, Meta(ge=1, le=5)]
    comment: Comment = ""


class Rating(msgspec.Struct, frozen=True):
    """The client's rating of one ticket."""

    ticket_id: UUID
    score: int
    comment: str
    channel: str
    answered_at: datetime
