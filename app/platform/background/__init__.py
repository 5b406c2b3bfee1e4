"""Work outside requests: events and their consumers in lanes, sweeps of what is due, daily jobs, their processes."""

from app.platform.background.consumers import Consumers, ReceivedEvent, Subscription, consume
from app.platform.background.daily_jobs import DailyJob
from app.platform.background.sweeps import Sweeps, reschedule

__all__ = [
    "Consumers",
    "DailyJob",
    "ReceivedEvent",
    "Subscription",
    "Sweeps",
    "consume",
    "reschedule",
]
