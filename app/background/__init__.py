"""Work outside requests: the outbox relay, consumers of events, sweeps of what is due, daily jobs, Celery."""

from app.background.consumers import Consumer, Consumers, consume
from app.background.scheduled import DailyJob, Job
from app.background.sweeps import Handler, Sweeps, fall_due_again

__all__ = ["Consumer", "Consumers", "DailyJob", "Handler", "Job", "Sweeps", "consume", "fall_due_again"]
