"""Work outside requests: events and their consumers in lanes, sweeps of what is due, daily jobs, their processes."""

from app.background.consumers import BatchConsumer, Consumer, Consumers, ReceivedEvent, Subscription, consume
from app.background.daily_jobs import DailyJob, Job
from app.background.sweeps import Handler, Sweeps, reschedule

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
