"""Work outside requests: events and their consumers in lanes, sweeps of what is due, daily jobs, their processes."""

from app.platform.background.consumers import BatchConsumer, Consumer, Consumers, ReceivedEvent, Subscription, consume
from app.platform.background.daily_jobs import DailyJob, Job
from app.platform.background.sweeps import Handler, Sweeps, reschedule

__all__ = [
    "BatchConsumer",
    "Consumer",
    "Consumers",
    "DailyJob",
    "Handler",
    "Job",
    "ReceivedEvent",
    "Subscription",
    "Sweeps",
    "consume",
    "reschedule",
]
