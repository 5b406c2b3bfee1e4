"""How long answers to repeated requests stay."""

from datetime import timedelta
from typing import Final

from app.platform.http.idempotency import ANSWER_LIFETIME
from app.platform.http.models import IdempotencyKey
from app.platform.kernel.retention import RetentionRule
from app.platform.kernel.settings import Settings


def _answers_kept(_: Settings) -> timedelta:
    return ANSWER_LIFETIME


retention: Final = (RetentionRule(IdempotencyKey, IdempotencyKey.created_at, _answers_kept),)
