"""One PostgreSQL and one Valkey for the run, a database for every test module, all as the app's roles."""

import asyncio
import gc
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import httpx
import pytest
import structlog
from hypothesis import settings as trying

from app.platform.embedded import EmbeddedPostgres, EmbeddedValkey, prepare_roles, role_dsns
from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SettableClock, SystemClock
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tests.browser.chromium import StuckBrowsers, chromium
from tests.factories.network import ClientCompany, Network, PartnerCompany
from tests.program_processes import web_process
from tests.runs import kept_cluster
from tests.runs.durations import Durations, add_option
from tests.runs.processes import processes_of_machine
from tests.runs.server_folder import folder_of_servers
from tests.statements.plugin import StatementCheck

if TYPE_CHECKING:  # they import much, the last two the whole program, which most runs of a few tests do without
    from playwright.sync_api import Browser

    from tests.fakes.stripe.stand_in import StripePlatform, StripeStandIn
    from tests.isolation.scenery import Scenery
    from tests.running_program import RunningProgram

ROOT = Path(__file__).parents[1]
TEMPLATE = "yinghuo_template"
PASSWORD = "test"
START = datetime(2026, 11, 16, 1, 30, tzinfo=UTC)
"""A Monday morning in Xiamen: 9.30."""

# How long an example takes says nothing here: nothing is timed in a test. Which examples are tried follows from the
# test alone, so that a run finds what the run before it found; `./run search` looks for others.
trying.register_profile("the same each time", deadline=None, derandomize=True)
trying.register_profile("others each time", deadline=None, print_blob=True)
trying.load_profile("others each time" if os.environ.get("YINGHUO_EXAMPLES") == "others" else "the same each time")

_servers: dict[str, Any] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    add_option(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers in the process that started the run; xdist workers inherit their addresses."""
    # Drawn richly, with everything that every frame knows, one traceback in a log costs a test two seconds.
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, plain])
    config.pluginmanager.register(StatementCheck(), "statements")
    config.pluginmanager.register(Durations(config), "durations")
    config.pluginmanager.register(StuckBrowsers(), "stuck browsers")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    if hasattr(config, "workerinput"):
        # A database of its own: modules begin by emptying it.
        server = os.environ["YINGHUO_TEST_REDIS_URL"].rpartition("/")[0]
        os.environ["YINGHUO_TEST_REDIS_URL"] = f"{server}/{int(worker) + 1}"
    if hasattr(config, "workerinput") or "YINGHUO_TEST_ADMIN_DSN" in os.environ:
        return
    home = Path(tempfile.mkdtemp(prefix="yinghuo-tests-", dir=folder_of_servers()))
    home.chmod(0o755)
    postgres, valkey = kept_cluster.start(home / "postgres", _prepare), EmbeddedValkey(home / "valkey")
    _servers.update(home=home, postgres=postgres, valkey=valkey)
    valkey.start()
    os.environ["YINGHUO_TEST_ADMIN_DSN"] = postgres.admin_dsn()
    os.environ["YINGHUO_TEST_REDIS_URL"] = valkey.url()


def pytest_collection_finish() -> None:
    """What was loaded stays until the end: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_xdist_auto_num_workers() -> int:
    """The answer to `-n auto`."""
    return processes_of_machine()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this process started."""
    if not _servers:
        return
    _servers["valkey"].stop()
    _servers["postgres"].stop()
    shutil.rmtree(_servers["home"], ignore_errors=True)
    _servers.clear()
    os.environ.pop("YINGHUO_TEST_ADMIN_DSN", None)


def _prepare(server: EmbeddedPostgres) -> None:
    """The roles, and the database that every module's is a copy of."""
    asyncio.run(prepare_roles(server.admin_dsn(), PASSWORD, databases=(TEMPLATE,)))
    owner_dsn = role_dsns(server.admin_dsn(), PASSWORD, TEMPLATE).owner
    environment = {**os.environ, "YINGHUO_MIGRATION_URL": owner_dsn.replace("postgresql://", "postgresql+asyncpg://")}
    subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, env=environment, check=True)


@pytest.fixture(scope="session")
def admin_dsn() -> str:
    """The test server's superuser: for making databases and looking behind the curtain, never for what is tested."""
    return os.environ["YINGHUO_TEST_ADMIN_DSN"]


async def _clone(admin_dsn: str, name: str) -> None:
    admin = await asyncpg.connect(admin_dsn)
    try:
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER yinghuo_owner STRATEGY FILE_COPY")
        await admin.execute(f"GRANT CONNECT ON DATABASE {name} TO PUBLIC")
    finally:
        await admin.close()


@pytest.fixture(scope="module")
async def database(admin_dsn: str) -> AsyncIterator[str]:
    """The name of a fresh, migrated database for this module."""
    name = f"test_{secrets.token_hex(6)}"
    await _clone(admin_dsn, name)
    yield name
    admin = await asyncpg.connect(admin_dsn)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture(scope="module")
def test_settings(admin_dsn: str, database: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings that point at this module's database."""
    return Settings(
        environment="test",
        database_url=role_dsns(admin_dsn, PASSWORD, database).app,
        redis_url=os.environ["YINGHUO_TEST_REDIS_URL"],
        secret="a secret for tests that is long enough",
        data_directory=tmp_path_factory.mktemp("data"),
        password_memory_kibibytes=64,
        database_pool_size=4,
        log_level="ERROR",
        requests_per_minute=1_000_000,
    )


@pytest.fixture(scope="module")
def clock() -> SettableClock:
    """Stands at 9.30 on a Monday morning in Xiamen until a test moves it."""
    return SettableClock(START)


@pytest.fixture(scope="module")
def machine_time(clock: SettableClock) -> SettableClock:
    """The same clock at the machine's hour: for tests beside which a process of the program runs."""
    clock.set(SystemClock().now())
    return clock


@pytest.fixture(scope="module")
async def runtime(test_settings: Settings, clock: SettableClock) -> AsyncIterator[Runtime]:
    """The program's runtime on this module's database, with the settable clock."""
    made = Runtime(test_settings, clock)
    await made.redis.flushdb()
    yield made
    await made.close()


@pytest.fixture(scope="module")
def units_of_work(runtime: Runtime) -> UnitOfWorkFactory:
    """Opens units of work as the app role."""
    return runtime.units_of_work


@pytest.fixture(scope="module")
async def network(runtime: Runtime) -> Network:
    """Headquarters and the means to make partners, clients, people and devices."""
    made = Network(runtime)
    await made.prepare()
    return made


ClientFor = Callable[[Actor | None], Awaitable[httpx.AsyncClient]]


@pytest.fixture(scope="module")
async def http(application: Any, network: Network) -> AsyncIterator[ClientFor]:
    """`await http(actor)` is a client of the JSON API and the pages signed in as `actor`; None is a visitor."""
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with AsyncExitStack() as stack:

        async def client(actor: Actor | None = None) -> httpx.AsyncClient:
            made = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")
            if actor is not None:
                made.headers["authorization"] = f"Bearer {await network.token(actor)}"
            return await stack.enter_async_context(made)

        yield client


@pytest.fixture
async def owner(http: ClientFor, partner: PartnerCompany) -> httpx.AsyncClient:
    """The partner's owner, signed in."""
    return await http(partner.owner)


@pytest.fixture
async def visitor(http: ClientFor) -> httpx.AsyncClient:
    """Somebody who is not signed in."""
    return await http(None)


@pytest.fixture(scope="module")
async def headquarters(http: ClientFor, network: Network) -> httpx.AsyncClient:
    """Headquarters' administrator."""
    return await http(network.administrator)


@pytest.fixture(scope="module")
def application(runtime: Runtime) -> Any:
    """The web application itself, for tests that ask it without HTTP."""
    from app.asgi import build

    return build(runtime)


@pytest.fixture
async def partner(network: Network) -> PartnerCompany:
    """A partner of this test alone, who promises service levels."""
    made = await network.partner()
    await network.service_level(made)
    return made


@pytest.fixture
async def client(network: Network, partner: PartnerCompany) -> ClientCompany:
    """A client of that partner."""
    return await network.client(partner)


@pytest.fixture
def monday_morning(clock: SettableClock) -> None:
    """The test begins at 9.30 on a Monday morning, wherever the one before it has moved the clock."""
    clock.set(START)


@pytest.fixture
def an_hour_later(clock: SettableClock) -> None:
    """The rate limits of the test before are over."""
    clock.advance(timedelta(hours=1, seconds=1))


@pytest.fixture
async def fresh_counters(runtime: Runtime) -> None:
    """Nobody has been counted or locked out yet."""
    await runtime.redis.flushdb()


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Debian's chromium. Who needs the program too asks for that first: while a browser is open, Playwright's loop
    leaves no room for another's, with which servers are made."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(**chromium())
        yield started
        started.close()


@pytest.fixture(scope="module")
def program() -> "Iterator[RunningProgram]":
    """The program as its users start it: an installation of this module's own, empty but for headquarters."""
    from tests.running_program import running_program

    with running_program() as started:
        yield started


@pytest.fixture(scope="module")
async def address(test_settings: Settings, machine_time: SettableClock) -> AsyncIterator[str]:
    """The address of a web process over this module's database."""
    async with web_process(test_settings, machine_time) as (address, _):
        yield address


@pytest.fixture(scope="session")
def stripe_process() -> "Iterator[StripeStandIn]":
    """The process that stands in for Stripe."""
    from tests.fakes.stripe.stand_in import stand_in

    with stand_in() as started:
        yield started


@pytest.fixture
def stripe_stand_in(stripe_process: "StripeStandIn") -> "StripePlatform":
    """A platform at Stripe's stand-in that this test alone knows: no account, no endpoint, the machine's clock."""
    return stripe_process.platform()


@pytest.fixture(scope="module")
async def superuser(admin_dsn: str, database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to this module's database that no rule of the database binds."""
    connection = await asyncpg.connect(admin_dsn, database=database)
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
async def scenery(
    network: Network,
    units_of_work: UnitOfWorkFactory,
    clock: SettableClock,
    http: ClientFor,
    superuser: asyncpg.Connection,
) -> "Scenery":
    """Two partners with two clients each, and a row of everything in every ring: for tests that attack them."""
    from tests.isolation.scenery import SceneryMaker

    return await SceneryMaker(network, units_of_work, clock, http, superuser).make()
