"""How long actions on many rows can be taken back."""

from datetime import timedelta
from typing import Final

from app.platform.kernel.retention import RetentionRule
from app.platform.kernel.settings import Settings
from app.platform.lists.models import BulkRun

KEPT: Final = timedelta(days=1)


def _runs_kept(_: Settings) -> timedelta:
    return KEPT


retention: Final = (RetentionRule(BulkRun, BulkRun.created_at, _runs_kept),)
