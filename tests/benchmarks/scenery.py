"""What a benchmark runs on: servers, a partner with clients and devices, and many tickets."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from app.desk.tickets import Channel, TicketCreate, TicketCreation
from app.platform.embedded import EmbeddedPostgres, EmbeddedValkey, dsn_of_database, prepare_roles, role_dsns
from app.platform.embedded.roles import DATABASE
from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SettableClock
from tests.factories.network import ClientCompany, Network, PartnerCompany

ROOT = Path(__file__).parents[2]
PASSWORD = "bench"


@dataclass
class Scenery:
    """Addresses and ids that the measured requests use."""

    settings: Settings
    environment: dict[str, str]
    partner: PartnerCompany
    client: ClientCompany
    device_ids: list[UUID]
    ticket_ids: list[UUID]
    token: str
    reporter_id: UUID
    """Who holds the first device."""
    admin_url: str
    """The superuser's, for filling in what is only to be there."""


class Installation(NamedTuple):
    """Servers with an empty database of the newest schema."""

    settings: Settings
    environment: dict[str, str]
    admin_url: str


@asynccontextmanager
async def installation(home: Path) -> AsyncIterator[Installation]:
    """Start the servers below `home` and migrate."""
    with EmbeddedPostgres(home / "postgres", for_tests=True) as postgres, EmbeddedValkey(home / "valkey") as valkey:
        await prepare_roles(postgres.admin_dsn(), PASSWORD)
        dsns = role_dsns(postgres.admin_dsn(), PASSWORD)
        environment = {
            **os.environ,
            "DATABASE_URL": dsns.app,
            "REDIS_URL": valkey.url(),
            "YINGHUO_SECRET": "a secret for benchmarks that is long enough",
            "YINGHUO_ENVIRONMENT": "test",
            "YINGHUO_LOG_LEVEL": "ERROR",
            "YINGHUO_DATABASE_POOL_SIZE": "8",
            "YINGHUO_REQUESTS_PER_MINUTE": "1000000",
        }
        subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, env=environment, check=True)
        settings = Settings(
            environment="test",
            database_url=dsns.app,
            redis_url=valkey.url(),
            secret="a secret for benchmarks that is long enough",
            password_memory_kibibytes=64,
        )
        yield Installation(settings, environment, dsn_of_database(postgres.admin_dsn(), DATABASE))


@asynccontextmanager
async def scenery(home: Path, *, tickets: int) -> AsyncIterator[Scenery]:
    """An installation with `tickets` tickets that came in through the real service."""
    async with installation(home) as installed:
        clock = SettableClock(datetime.now(UTC) - timedelta(days=90))
        runtime = Runtime(installed.settings, clock)
        try:
            yield await _fill(runtime, clock, *installed, tickets=tickets)
        finally:
            await runtime.close()


async def _fill(
    runtime: Runtime,
    clock: SettableClock,
    settings: Settings,
    environment: dict[str, str],
    admin_url: str,
    *,
    tickets: int,
) -> Scenery:
    network = Network(runtime)
    await network.prepare()
    partner = await network.partner()
    await network.service_level(partner)
    clients = [await network.client(partner, f"客户 {number}") for number in range(4)]
    made = {client.id: [await network.device(client) for _ in range(50)] for client in clients}
    devices = {client_id: [device_id for device_id, _ in held] for client_id, held in made.items()}
    reporter_id = made[clients[0].id][0][1].reporter_id
    assert reporter_id
    step = timedelta(days=89) / tickets
    ticket_ids: list[UUID] = []
    for number in range(tickets):
        clock.advance(step)
        client = clients[number % 4]
        async with runtime.units_of_work.begin(Actor.system(partner.id)) as work:
            fault = TicketCreate(subject=f"故障 {number}", device_id=devices[client.id][number % 50])
            ticket_ids.append((await TicketCreation(work).create(fault, Channel.HOT_LINE)).id)
    clock.set(datetime.now(UTC))
    token = await network.token(partner.dispatcher)
    await analyse(environment)
    return Scenery(
        settings,
        environment,
        partner,
        clients[0],
        devices[clients[0].id],
        ticket_ids,
        token,
        reporter_id,
        admin_url,
    )


async def analyse(environment: dict[str, str]) -> None:
    import asyncpg

    owner = environment["DATABASE_URL"].replace("yinghuo_app", "yinghuo_owner")
    connection = await asyncpg.connect(owner)
    await connection.execute("ANALYZE")
    await connection.close()


@asynccontextmanager
async def server(target: str, port: int, environment: dict[str, str], *, factory: bool) -> AsyncIterator[int]:
    """One granian process with one worker serving `target`; yields its process id."""
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--no-ws", "--loop", "uvloop", "--log-level", "warning", "--no-access-log"]
    if factory:
        command.append("--factory")
    process = await asyncio.create_subprocess_exec(*command, target, cwd=ROOT, env=environment)
    try:
        await _listening(port)
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


async def _listening(port: int) -> None:
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise RuntimeError(f"nothing listens on port {port}")
