"""Celery as a messenger: one task, which names an event and a consumer. Everything else stands in PostgreSQL.

A worker process has one event loop and one runtime, made after the fork; a loop a task would break the connection
pool at the second task.
"""

import asyncio
import warnings
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import billiard.pool
import structlog
from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import setup_logging, worker_process_init, worker_process_shutdown

from app.background.consumers import Consumers, ForgedTask, handle
from app.background.relay import Delivery, Send
from app.kernel.logs import configure_logs, log
from app.kernel.runtime import Runtime
from app.kernel.settings import Settings

TASK: Final = "yinghuo.consume"
QUEUE: Final = "yinghuo"
KEY_PREFIX: Final = "yinghuo:celery:"
"""Stands before every key that Celery keeps in Redis."""

PATIENCE_SECONDS: Final = 60
"""A consumer that takes longer is cancelled and delivered again."""

HARD_LIMIT_SECONDS: Final = 90
"""The process of a consumer that does not even listen to its cancellation is replaced."""

REDELIVERY_SECONDS: Final = 300
"""When the broker takes back what a vanished worker had fetched; the relay usually is earlier."""

MakeRuntime = Callable[[], Runtime]

_log: Final = log(__name__)


def broker_address(redis_url: str) -> str:
    """The Redis address in Celery's words, which calls a socket `redis+socket`."""
    parts = urlsplit(redis_url)
    return urlunsplit(parts._replace(scheme="redis+socket")) if parts.scheme == "unix" else redis_url


def create_celery(settings: Settings) -> Celery:
    """Celery on our Redis: JSON only, acknowledged after the work, no results kept."""
    app = Celery("yinghuo", broker=broker_address(settings.redis_url.get_secret_value()), set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_default_queue=QUEUE,
        task_time_limit=HARD_LIMIT_SECONDS,
        task_track_started=False,
        worker_prefetch_multiplier=1,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=2,
        broker_transport_options={
            "visibility_timeout": REDELIVERY_SECONDS,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "global_keyprefix": KEY_PREFIX,
        },
        enable_utc=True,
        timezone="UTC",
    )
    return app


def sender(app: Celery) -> Send:
    """Puts deliveries into the broker from a thread, without retrying: the relay comes again by itself."""

    def send_all(deliveries: Sequence[Delivery]) -> None:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=2)
            producer = app.amqp.Producer(connection)
            for tenant_id, event_id, consumer in deliveries:
                app.send_task(
                    TASK, args=[str(tenant_id), str(event_id), consumer], producer=producer, retry=False, queue=QUEUE
                )

    async def send(deliveries: Sequence[Delivery]) -> None:
        await asyncio.to_thread(send_all, deliveries)

    return send


class WorkerProcess:
    """What one forked process holds: its loop and its runtime."""

    def __init__(self, make_runtime: MakeRuntime) -> None:
        self._make_runtime = make_runtime
        self._loop: asyncio.AbstractEventLoop | None = None
        self._runtime: Runtime | None = None

    def start(self) -> None:
        """Make both; called after the fork."""
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self._runtime = self._loop.run_until_complete(self._make())

    async def _make(self) -> Runtime:
        return self._make_runtime()

    def run(self, work: Callable[[Runtime], Coroutine[Any, Any, bool]]) -> bool:
        """Run one task's coroutine to its end on the process's loop.

        Raises:
            TimeoutError: it took longer than `PATIENCE_SECONDS` and was cancelled.
        """
        if self._loop is None or self._runtime is None:
            self.start()
        assert self._loop is not None  # noqa: S101 - for the type checker: start() has just made both
        assert self._runtime is not None  # noqa: S101 - the same
        return self._loop.run_until_complete(_bounded(work(self._runtime)))

    def stop(self) -> None:
        """Close the connections before the process ends."""
        if self._loop is not None and self._runtime is not None:
            self._loop.run_until_complete(self._runtime.close())
            self._loop.close()
            self._loop = self._runtime = None


async def _bounded(work: Coroutine[Any, Any, bool]) -> bool:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await work


def serve(app: Celery, settings: Settings, consumers: Consumers, make_runtime: MakeRuntime, concurrency: int) -> None:
    """Be a worker until SIGTERM: finish what is running, then end."""
    process = WorkerProcess(make_runtime)

    def consume_task(tenant_id: str, event_id: str, consumer: str) -> None:
        """Nothing that a task says is believed: the event's row in that tenant decides what happens."""
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=event_id, tenant_id=tenant_id, consumer=consumer)
        try:
            tenant, event = UUID(tenant_id), UUID(event_id)
        except ValueError:
            _log.warning("task_refused", reason="not ids")
            return
        try:
            process.run(lambda runtime: handle(runtime, consumers, tenant, event, consumer))
        except ForgedTask as forged:
            _log.warning("task_refused", reason=str(forged))
        except Exception as failure:  # noqa: BLE001 - the due entry is still there: the relay delivers it again
            _log.error("consumer_failed", exc_info=failure)

    app.task(name=TASK)(consume_task)

    def on_start(**_: object) -> None:
        process.start()

    def on_shutdown(**_: object) -> None:
        process.stop()

    def on_logging(**_: object) -> None:
        configure_logs(settings.log_format, settings.log_level)

    worker_process_init.connect(on_start, weak=False)
    worker_process_shutdown.connect(on_shutdown, weak=False)
    setup_logging.connect(on_logging, weak=False)
    # A worker that is told to end may wait for news of results that nobody needs: not for half a minute.
    billiard.pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT = 20
    # It warns whoever is root of pickled tasks; ours are JSON, and nothing that they say is believed.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    app.worker_main(
        [
            "--quiet",
            "worker",
            f"--concurrency={concurrency}",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
            f"--loglevel={settings.log_level}",
            "--queues",
            QUEUE,
        ]
    )
