"""Celery on Redis, used only to wake workers. The work itself is stored in PostgreSQL."""

import asyncio
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from celery import Celery

from app.platform.background.queues import QUEUES, Queue
from app.platform.background.wake_ups import QUEUE_PREFIX, Send
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.settings import Settings

TASK: Final = "yinghuo.work_off"
REDELIVERY_SECONDS: Final = 300
"""When the broker takes back what a vanished worker had fetched; nobody waits for it."""


def broker_address(redis_url: str) -> str:
    """The Redis address in Celery's words, which calls a socket `redis+socket`."""
    parts = urlsplit(redis_url)
    return urlunsplit(parts._replace(scheme="redis+socket")) if parts.scheme == "unix" else redis_url


def create_celery(settings: Settings) -> Celery:
    """JSON only, no results, no events about workers: messages are wake-ups, and nobody misses one."""
    app = Celery("yinghuo", broker=broker_address(settings.redis_url.get_secret_value()), set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_default_queue=str(Queue.NOTICES),
        worker_prefetch_multiplier=1,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_enable_remote_control=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=2,
        broker_transport_options={
            "visibility_timeout": REDELIVERY_SECONDS,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "global_keyprefix": QUEUE_PREFIX,
        },
        enable_utc=True,
        timezone="UTC",
    )
    return app


def sender(app: Celery) -> Send:
    """Puts messages into the broker from a thread, without retrying: whoever wakes comes again by itself."""

    def send_all(kinds: Collection[DueKind]) -> None:
        for kind in kinds:
            app.send_task(TASK, args=[str(kind)], queue=str(QUEUES[kind]), retry=False)

    async def send(kinds: Collection[DueKind]) -> None:
        await asyncio.to_thread(send_all, kinds)

    return send
