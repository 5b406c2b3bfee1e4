"""`./run demo`: starts servers, migrates, fills the network, starts web server, worker and relay; Ctrl-C stops all."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import asyncpg

from app.platform.embedded import Child, Servers, Supervisor, state_directory
from app.platform.embedded.ports import first_free_port
from app.platform.embedded.state import stored_secret, write_private
from app.platform.kernel.texts import ROOT

PREFERRED_PORT = 8000
DEMO_SETTINGS = "demo.env"
"""File in the data folder while the demo runs: its settings, for other commands."""
FILLED = "demo.filled"
"""File in the data folder after filling: the text with the sign-ins."""


FILLING = "demo.filling"
"""File in the data folder: filling has begun. Without `FILLED` beside it, filling was interrupted."""


def was_interrupted(state: Path) -> bool:
    """Whether filling was interrupted; a partly filled network has to be filled from the start."""
    return (state / FILLING).exists() and not (state / FILLED).exists()


def run_demo(*, fresh: bool, large: bool = False) -> None:
    """Start everything and stay until stopped.

    Raises:
        EmbeddedError: a server did not start; the message says what helps.
    """
    state = state_directory(large=large)
    restart = was_interrupted(state)
    if restart and not fresh:
        write_line("The network was not filled to its end last time: beginning again …")
    with Supervisor(state, fresh=fresh or restart) as supervisor:
        write_line("Starting PostgreSQL and Valkey …")
        servers = supervisor.start_servers()
        port = first_free_port(int(os.environ.get("PORT", PREFERRED_PORT)))
        environment = demo_environment(servers, state, port)
        os.environ.update(environment)
        settings_file = write_settings(state, environment)
        if servers.dsns is None or asyncio.run(_revision(servers.dsns.owner)) != _newest_revision():
            write_line("Preparing the tables …")
            migrate()
        filled = state / FILLED
        if not filled.exists():
            write_line(_FILLING_LARGE_TEXT if large else _FILLING_TEXT)
            (state / FILLING).touch()
            with _without_synchronous_commit(servers.admin_dsn):
                _run_command("fill-demo", str(filled), *(["--large"] if large else []))
            if servers.dsns is not None:
                write_line(f"The database holds {asyncio.run(_refresh_statistics(servers.dsns.owner))} MB.")
        write_line("Starting the web server, the workers and the relay …")
        # The web server alone first: a visitor waits for it, and a small machine loads one program faster than three.
        for name, command in _processes(port).items():
            supervisor.start_child(Child(name, command))
            if name == "web":
                supervisor.wait_ready(f"http://127.0.0.1:{port}/health/ready")
        write_line(f"\n{filled.read_text()}")
        write_line(f"Open {environment['YINGHUO_PUBLIC_URL']}    (Ctrl-C stops everything, the data stays)")
        write_line(f"Commands reach it so: YINGHUO_SETTINGS={settings_file} ./run tenant list")
        try:
            supervisor.watch()
        finally:
            settings_file.unlink(missing_ok=True)


_FILLING_TEXT = "Filling a small network: three months in the life of two partners. This takes a minute or two …"
_FILLING_LARGE_TEXT = "Filling a large network: two years in the life of forty partners. This takes some ten minutes …"


def demo_environment(servers: Servers, state: Path, port: int) -> dict[str, str]:
    """The settings of a demo; existing environment variables take precedence."""
    address = f"http://127.0.0.1:{port}"
    chosen = {
        "REDIS_URL": servers.redis_url,
        "YINGHUO_ENVIRONMENT": "demo",
        "YINGHUO_PUBLIC_URL": address,
        "YINGHUO_SECRET": stored_secret(state / "secret"),
        "YINGHUO_DATA_DIRECTORY": str(state),
        "YINGHUO_LOG_FORMAT": "console",
        "YINGHUO_LOG_LEVEL": "WARNING",
    }
    if servers.dsns is not None:
        chosen["DATABASE_URL"] = servers.dsns.app
    return {name: os.environ.get(name, value) for name, value in chosen.items()}


def write_settings(state: Path, environment: dict[str, str]) -> Path:
    """Write the settings for other commands to a file readable by its owner only; the caller removes it at the end."""
    file = state / DEMO_SETTINGS
    write_private(file, "".join(f"{name}='{value}'\n" for name, value in environment.items()))
    return file


def migrate() -> None:
    """Bring the tables up to date, as the owner role."""
    subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, check=True)


def _newest_revision() -> str:
    """The newest migration's revision; migrations are numbered in order."""
    return max(path.name.partition("_")[0] for path in (ROOT / "migrations/versions").glob("[0-9]*.py"))


async def _revision(owner_dsn: str) -> str | None:
    """The revision of the database; None before the first migration."""
    connection = await asyncpg.connect(owner_dsn)
    try:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return None
        found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        return found
    finally:
        await connection.close()


def web_command(host: str, port: int, workers: int) -> list[str]:
    """The web server's command line."""
    return [sys.executable, "-m", "app.web_server", "--host", host, "--port", str(port), "--workers", str(workers)]


def _processes(port: int) -> dict[str, list[str]]:
    program = [sys.executable, "-m", "app.cli"]
    return {
        "web": web_command("127.0.0.1", port, 1),
        "worker": [*program, "worker", "--concurrency", "1"],
        "relay": [*program, "relay"],
    }


@contextmanager
def _without_synchronous_commit(admin_dsn: str | None) -> Iterator[None]:
    """Switch synchronous commit off while the network is filled: a partly filled one is discarded anyway.

    Only for the embedded server; an operator's own server keeps its settings.
    """
    if admin_dsn is None:
        yield
        return
    asyncio.run(_set_synchronous_commit(admin_dsn, "off"))
    try:
        yield
    finally:
        asyncio.run(_set_synchronous_commit(admin_dsn, "on"))


async def _set_synchronous_commit(admin_dsn: str, value: Literal["on", "off"]) -> None:
    connection = await asyncpg.connect(admin_dsn)
    try:
        await connection.execute(f"ALTER SYSTEM SET synchronous_commit = {value}")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


async def _refresh_statistics(owner_dsn: str) -> int:
    """Run ANALYZE after the bulk load; returns the size of the database in megabytes."""
    connection = await asyncpg.connect(owner_dsn)
    try:
        await connection.execute("ANALYZE")
        return int(await connection.fetchval("SELECT pg_database_size(current_database()) / 1000000"))
    finally:
        await connection.close()


def _run_command(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "app.cli", *arguments], cwd=ROOT, check=True)  # noqa: S603 - our own


def write_line(line: str) -> None:
    """Write one line to standard output at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
