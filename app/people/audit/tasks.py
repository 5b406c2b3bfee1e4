"""Daily jobs of the audit log."""

from app.people.audit.services.anchoring import anchor_day
from app.platform.background import DailyJob
from app.platform.kernel.runtime import Runtime


def daily_jobs(_: Runtime) -> tuple[DailyJob, ...]:
    """What runs once a day."""
    return (DailyJob("audit.anchor", 1, anchor_day),)
