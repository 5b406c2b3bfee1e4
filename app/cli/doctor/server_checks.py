"""Everything else that the program speaks with: Redis, files, mail, the payment provider; and whether work is done."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app.cli.doctor.findings import Finding, broken, ok, warning
from app.platform.background.due import due_counts
from app.platform.files import file_store_of
from app.platform.http.readiness import LATE_SECONDS, RELAY_HEARTBEAT, seconds_since
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from app.platform.notifications import greet_mail_server
from billing.gateway import GatewayRefused, GatewayUnreachable, gateway_of

NOBODY: Final = UUID(int=0)
"""Whose folder the file is written to that is read and deleted again."""


async def look_at_redis(runtime: Runtime) -> list[Finding]:
    """Whether it may drop what it holds, and whether it survives a restart."""
    redis: Any = runtime.redis
    info, found = await redis.info(), []
    policy = str(info.get("maxmemory_policy", ""))
    if policy not in ("", "noeviction"):
        told = f"maxmemory-policy {policy}: it throws wake-ups and throttles away when it is full"
        found.append(broken("Redis", told, "CONFIG SET maxmemory-policy noeviction, and in its file"))
    if not int(info.get("aof_enabled", 0)) and not int(info.get("rdb_last_save_time", 0)):
        told = "nothing of it is on a disk: a restart ends who is throttled and what a worker was woken for"
        found.append(warning("Redis", told, "appendonly yes"))
    used, most = int(info.get("used_memory", 0)), int(info.get("maxmemory", 0))
    if most and used > most * 0.8:
        found.append(warning("Redis", f"{used * 100 // most} % of its memory is used", "give it more"))
    return found or [ok("Redis", f"version {info.get('redis_version', '?')}, keeps what it is given")]


async def look_at_work(runtime: Runtime) -> list[Finding]:
    """Whether relay and worker do what is due."""
    found, now = [], runtime.clock.now()
    if not await runtime.redis.exists(RELAY_HEARTBEAT):
        found.append(broken("relay", "no relay is alive: nothing falls due", "./run relay, at least two of them"))
    oldest: datetime | None = None
    waiting = 0
    for _kind, since, count in await due_counts(runtime):
        waiting += count
        oldest = min(filter(None, (oldest, since)), default=None)
    late = seconds_since(oldest, now)
    if late > LATE_SECONDS:
        told = f"{waiting} pieces of work wait, the oldest for {late} s"
        found.append(broken("worker", told, "./run worker, more of them if they are busy; read their log"))
    return found or [ok("relay and worker", f"{waiting} pieces of work wait, none of them late")]


async def look_at_files(runtime: Runtime) -> list[Finding]:
    """A file is written, read and deleted where uploads go."""
    store, key, data = file_store_of(runtime), f"{NOBODY}/{new_id()}", b"yinghuo doctor"
    await store.put(key, data)
    try:
        same = await store.get(key) == data
    finally:
        await store.delete(key)
    place = "the bucket" if runtime.settings.s3_bucket else "the folder"
    if not same:
        return [broken("files", f"{place} gives back something else than it was given", "look at its own health")]
    if await store.exists(key):
        return [broken("files", f"{place} does not delete", "let the program's key delete: erasures need it")]
    return [ok("files", f"{place} takes, gives and deletes")]


async def look_at_mail(runtime: Runtime) -> list[Finding]:
    """The mail server is greeted and signed in to; no letter is sent."""
    there = await greet_mail_server(runtime)
    return [ok("mail", "the server lets us in" if there else "none is set up")]


async def look_at_payments(runtime: Runtime) -> list[Finding]:
    """The payment provider knows the key, and which kind of money it moves."""
    settings = runtime.settings
    if settings.stripe_secret_key is None:
        return [ok("payments", "no payment provider is set up")]
    try:
        async with gateway_of(settings) as gateway:
            live = await gateway.moves_real_money()
    except GatewayRefused as refused:
        return [broken("payments", f"the provider refuses the key ({refused.code})", "set YINGHUO_STRIPE_SECRET_KEY")]
    except GatewayUnreachable:
        return [broken("payments", "the provider does not answer", "let the machine reach it by https")]
    found = []
    if live != (settings.environment == "production"):
        told = "the key moves real money" if live else "the key moves test money only"
        say = broken if live else warning
        found.append(say("payments", told, "use a live key in production and a test key elsewhere"))
    if settings.stripe_webhook_secret is None:
        told = "nobody may tell us what became of payments"
        found.append(broken("payments", told, "set YINGHUO_STRIPE_WEBHOOK_SECRET, the endpoint's signing secret"))
    return found or [ok("payments", "the provider knows the key")]
