"""The embedded PostgreSQL comes up, is adopted, heals and goes without a trace."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from app.platform.embedded import EmbeddedError, EmbeddedPostgres
from app.platform.embedded.errors import PortTaken
from app.platform.embedded.processes import command_line, wait_until


@pytest.fixture
def postgres(server_home: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(server_home, for_tests=True)
    yield server
    server.erase()


async def answer(server: EmbeddedPostgres, query: str) -> object:
    connection = await asyncpg.connect(server.admin_dsn())
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def kill(server: EmbeddedPostgres) -> int:
    """End the postmaster as a power cut would; its number."""
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: server.pid is None, seconds=10)
    return pid


async def test_what_was_stored_is_there_after_a_restart(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    await answer(postgres, "CREATE TABLE note AS SELECT '萤火'::text AS text")
    postgres.stop()
    assert postgres.pid is None

    postgres.start()

    assert await answer(postgres, "SELECT text FROM note") == "萤火"


async def test_chinese_has_trigrams(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    await answer(postgres, "CREATE EXTENSION pg_trgm")
    assert await answer(postgres, "SELECT cardinality(show_trgm('打印机卡纸'))") == 6


async def test_it_is_closed_without_the_password(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres.admin_dsn().replace(postgres.password, "guessed"))


def test_its_password_is_readable_by_its_owner_only(postgres: EmbeddedPostgres, server_home: Path) -> None:
    postgres.start()
    assert (server_home / "password").stat().st_mode & 0o077 == 0


def test_a_running_server_of_the_same_directory_is_adopted(postgres: EmbeddedPostgres, server_home: Path) -> None:
    postgres.start()
    running = postgres.pid

    with EmbeddedPostgres(server_home, for_tests=True) as second:
        assert second.pid == running
        assert second.port == postgres.port

    assert postgres.pid is None


async def test_what_was_committed_survives_a_kill(server_home: Path) -> None:
    with EmbeddedPostgres(server_home) as durable:
        await answer(durable, "CREATE TABLE note AS SELECT 1")
        kill(durable)

        durable.start()

        assert await answer(durable, "SELECT count(*) FROM note") == 1


def test_a_lock_file_whose_number_belongs_to_another_process_now_is_no_hindrance(
    postgres: EmbeddedPostgres, server_home: Path
) -> None:
    postgres.start()
    killed = kill(postgres)
    lock = server_home / "data" / "postmaster.pid"
    lines = lock.read_text().replace(str(killed), str(os.getpid()), 1)
    lock.write_text(lines)

    postgres.start()

    assert postgres.pid not in (None, os.getpid())


def test_a_lock_file_cut_short_is_no_hindrance(postgres: EmbeddedPostgres, server_home: Path) -> None:
    postgres.start()
    postgres.stop()
    (server_home / "data" / "postmaster.pid").write_text("")

    postgres.start()

    assert postgres.pid is not None


def test_a_cluster_that_was_only_half_made_is_made_anew(postgres: EmbeddedPostgres, server_home: Path) -> None:
    for name in ("data", "data.unfinished"):
        (server_home / name / "base").mkdir(parents=True)

    postgres.start()

    assert postgres.pid is not None
    assert not (server_home / "data.unfinished").exists()


def test_a_port_asked_for_by_number_that_is_taken_is_refused(server_home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with pytest.raises(PortTaken, match=str(taken)):
            EmbeddedPostgres(server_home, port=taken, for_tests=True).start()


def test_a_cluster_of_another_version_is_refused_with_what_to_do(postgres: EmbeddedPostgres, server_home: Path) -> None:
    postgres.start()
    postgres.stop()
    (server_home / "data" / "PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedError, match="--fresh"):
        postgres.start()


def test_settings_that_cannot_work_are_reported_with_the_servers_own_words(
    postgres: EmbeddedPostgres, server_home: Path
) -> None:
    postgres.start()
    postgres.stop()
    with (server_home / "data" / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = on\n")
    with pytest.raises(EmbeddedError, match="no_such_setting"):
        postgres.start()


def test_nothing_is_left_after_erasing(server_home: Path) -> None:
    server = EmbeddedPostgres(server_home, for_tests=True)
    server.start()
    pid, sockets = server.pid, Path(server.socket_directory)
    assert pid is not None
    assert sockets.is_dir()
    real = server_home.resolve()

    server.erase()

    assert command_line(pid) == ""
    assert not sockets.exists()
    assert not real.exists()
    assert not server_home.is_symlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands its servers to another account")
def test_root_hands_the_server_to_an_account_without_rights(postgres: EmbeddedPostgres, server_home: Path) -> None:
    server_home.parent.chmod(0o700)
    postgres.start()

    status = Path(f"/proc/{postgres.pid}/status").read_text()

    assert "Uid:\t0\t" not in status
    assert server_home.is_symlink()
