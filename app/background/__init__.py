"""Work outside requests: events and their consumers in lanes, sweeps of what is due, daily jobs, their processes."""

from app.background.consumers import Consumer, Consumers, Heard, Listener, Together, consume
from app.background.scheduled import DailyJob, Job
from app.background.sweeps import Handler, Sweeps, fall_due_again

__all__ = [
    "Consumer",
    "Consumers",
    "DailyJob",
    "Handler",
    "Heard",
    "Job",
    "Listener",
    "Sweeps",
    "Together",
    "consume",
    "fall_due_again",
]
