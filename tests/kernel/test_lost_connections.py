"""Connections that somebody cuts: whatever was not under way does not notice, whichever role's pool it goes through."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from app.platform.kernel import connection_pool
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.database import create_engine, session_factory
from app.platform.kernel.outages import Outage, outage_of
from app.platform.kernel.performance import PreparedStatement, batch_loader, borrowed_driver, driver_of
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import DatabaseRole, Settings
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tests.conftest import START

ROLES: tuple[DatabaseRole, ...] = ("app", "signin", "sweeper", "network", "owner")
AT_ONCE = 4
WHO_ANSWERS = PreparedStatement(select(func.pg_backend_pid()))

Use = Callable[[AsyncEngine], Awaitable[int]]


async def in_a_unit_of_work(engine: AsyncEngine) -> int:
    units_of_work = UnitOfWorkFactory(session_factory(engine), SettableClock(START))
    async with units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        return int((await WHO_ANSWERS.all(work.session))[0][0])


async def in_a_snapshot(engine: AsyncEngine) -> int:
    units_of_work = UnitOfWorkFactory(session_factory(engine), SettableClock(START))
    async with units_of_work.snapshot(Actor.system(HQ_TENANT_ID)) as session:
        return int(await session.scalar(text("SELECT pg_backend_pid()")))


async def through_sqlalchemy(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one())


async def on_a_lent_driver(engine: AsyncEngine) -> int:
    async with borrowed_driver(engine) as driver:
        return int(await driver.fetchval("SELECT pg_backend_pid()"))


USES: tuple[Use, ...] = (in_a_unit_of_work, in_a_snapshot, through_sqlalchemy, on_a_lent_driver)


@pytest.fixture(params=ROLES)
async def engine(request: pytest.FixtureRequest, test_settings: Settings) -> AsyncIterator[AsyncEngine]:
    """One role's engine, made as the program makes it, with connections that wait in its pool."""
    address = test_settings.database_address(request.param)
    made = create_engine(address, pool_size=AT_ONCE, application_name="cut")
    await asyncio.gather(*(on_a_lent_driver(made) for _ in range(AT_ONCE)))
    yield made
    assert waiting_in(made) == AT_ONCE, "what was lost left no hole in the pool"
    await made.dispose()


def waiting_in(engine: AsyncEngine) -> int:
    pool: Any = engine.sync_engine.pool
    assert pool.checkedout() == 0
    return int(pool.checkedin())


async def cut(admin_dsn: str, engine: AsyncEngine) -> None:
    """As an operator, a failover or a killed server does."""
    url = make_url(engine.url)
    admin = await asyncpg.connect(admin_dsn)
    try:
        await admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = $1 AND datname = $2",
            url.username,
            url.database,
        )
    finally:
        await admin.close()


def cut_while_the_loop_stands(admin_dsn: str, engine: AsyncEngine) -> None:
    """The same without our event loop turning: it has not heard, as in a worker process between two tasks."""
    thread = threading.Thread(target=lambda: asyncio.run(cut(admin_dsn, engine)))
    thread.start()
    thread.join()


@pytest.mark.parametrize("use", USES)
async def test_nobody_notices_that_idle_connections_were_cut(engine: AsyncEngine, use: Use, admin_dsn: str) -> None:
    before = {await use(engine) for _ in range(AT_ONCE)}
    await cut(admin_dsn, engine)
    after = set(await asyncio.gather(*(use(engine) for _ in range(AT_ONCE))))
    cut_while_the_loop_stands(admin_dsn, engine)
    last = set(await asyncio.gather(*(use(engine) for _ in range(AT_ONCE))))
    assert not before & after
    assert not after & last


async def be_cut_in_the_middle(engine: AsyncEngine, admin_dsn: str) -> None:
    async with UnitOfWorkFactory(session_factory(engine), SettableClock(START)).begin(
        Actor.system(HQ_TENANT_ID)
    ) as work:
        driver = await driver_of(work.session)
        await cut(admin_dsn, engine)
        await driver.fetch("SELECT 1")


async def test_only_what_was_under_way_fails_and_it_says_why(engine: AsyncEngine, admin_dsn: str) -> None:
    with pytest.raises(Exception) as failure:  # noqa: PT011 - told below
        await be_cut_in_the_middle(engine, admin_dsn)
    assert outage_of(failure.value) is Outage.AWAY
    assert [await use(engine) for use in USES]


async def test_who_is_cancelled_while_beginning_leaves_no_transaction_behind(engine: AsyncEngine) -> None:
    units_of_work = UnitOfWorkFactory(session_factory(engine), SettableClock(START))

    async def begin() -> None:
        async with units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
            await work.session.connection()

    for turns in range(1, 12):
        task = asyncio.create_task(begin())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with borrowed_driver(engine) as driver:
        assert not driver.is_in_transaction()
    assert await in_a_unit_of_work(engine)


def test_a_process_whose_loop_stands_between_two_tasks_goes_on(test_settings: Settings, admin_dsn: str) -> None:
    async def make() -> Runtime:
        return Runtime(test_settings)

    async def work(runtime: Runtime) -> bool:
        return bool(
            await in_a_unit_of_work(runtime.engine("app")) and await runtime.caller_lookups.load(NOBODY, "x") is None
        )

    async def cut_all(runtime: Runtime) -> bool:
        for role in ("app", "signin"):
            await asyncio.to_thread(cut_while_the_loop_stands, admin_dsn, runtime.engine(role))
        return True

    loop = asyncio.new_event_loop()
    runtime = loop.run_until_complete(make())
    try:
        assert loop.run_until_complete(work(runtime))
        assert loop.run_until_complete(cut_all(runtime))
        assert loop.run_until_complete(work(runtime))
    finally:
        loop.run_until_complete(runtime.close())
        loop.close()


NOBODY = PreparedStatement(select(func.pg_backend_pid()).where(text("CAST(:keys AS text[]) IS NULL")))


class Wire:
    """Stands between the program and PostgreSQL; can forget its connections without a word, as firewalls do."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._forgotten: set[asyncio.StreamWriter] = set()
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> int:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._open:
            writer.close()

    def forget(self) -> None:
        """From now on nothing passes on what is open, in either direction."""
        self._forgotten |= self._open

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        self._open |= {writer, far_writer}
        await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                if writer not in self._forgotten:
                    writer.write(data)
                    await writer.drain()
        finally:
            writer.close()


@pytest.mark.parametrize("use", USES)
async def test_what_a_firewall_forgot_is_asked_first(
    use: Use, test_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_pool, "IDLE_SECONDS", -1)
    monkeypatch.setattr(connection_pool, "TIMEOUT_SECONDS", 0.2)
    url = make_url(test_settings.database_address("app"))
    assert url.host is not None
    assert url.port is not None
    wire = Wire(url.host, url.port)
    async with wire as port:
        address = url.set(port=port).render_as_string(hide_password=False)
        engine = create_engine(address, pool_size=1, application_name="forgotten")
        before = await use(engine)
        wire.forget()
        assert await use(engine) != before
        await engine.dispose()


async def test_what_was_idle_for_long_and_answers_is_kept(
    engine: AsyncEngine, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_pool, "IDLE_SECONDS", -1)
    monkeypatch.setattr(batch_loader, "IDLE_SECONDS", -1)
    before = {await use(engine) for use in USES * AT_ONCE}
    assert {await use(engine) for use in USES * AT_ONCE} == before
    for _ in range(3):
        assert await runtime.caller_lookups.load(NOBODY, "x") is None


async def test_a_server_that_nobody_serves_is_away_for_every_role(test_settings: Settings) -> None:
    away = SecretStr("postgresql://yinghuo_app:test@127.0.0.1:1/nowhere")
    runtime = Runtime(test_settings.model_copy(update={"database_url": away}))
    for role in ROLES:
        for use in USES:
            with pytest.raises(Exception) as failure:  # noqa: PT011 - told below
                await use(runtime.engine(role))
            assert outage_of(failure.value) is Outage.AWAY, (role, use)
    await runtime.close()
