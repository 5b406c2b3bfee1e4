"""The embedded Valkey comes up, is adopted, heals and goes without a trace."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from app.platform.embedded import EmbeddedValkey
from app.platform.embedded.errors import PortTaken
from app.platform.embedded.ports import LOOPBACK
from app.platform.embedded.processes import command_line, wait_until


@pytest.fixture
def valkey(server_home: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(server_home)
    yield server
    server.erase()


def test_it_never_throws_queued_work_away(valkey: EmbeddedValkey) -> None:
    valkey.start()
    with Redis.from_url(valkey.url(), decode_responses=True) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


@pytest.mark.slow(6, "waits for connections that are refused")
def test_it_is_closed_without_the_password(valkey: EmbeddedValkey) -> None:
    valkey.start()
    with (
        Redis(host=LOOPBACK, port=valkey.port) as client,
        pytest.raises(AuthenticationError),
    ):
        client.get("anything")


def test_a_running_server_of_the_same_directory_is_adopted(valkey: EmbeddedValkey, server_home: Path) -> None:
    valkey.start()
    running = valkey.pid

    with EmbeddedValkey(server_home) as second:
        assert second.pid == running

    assert valkey.pid is None


def test_it_starts_again_after_it_was_killed(valkey: EmbeddedValkey) -> None:
    valkey.start()
    killed = valkey.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert wait_until(lambda: valkey.pid is None, seconds=10)

    valkey.start()

    assert valkey.pid not in (None, killed)


def test_a_stale_process_file_is_no_hindrance(valkey: EmbeddedValkey, server_home: Path) -> None:
    (server_home / "valkey.pid").write_text(f"{os.getpid()}\n")

    valkey.start()

    assert valkey.pid not in (None, os.getpid())


def test_a_port_asked_for_by_number_that_is_taken_is_refused(server_home: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as other:
        taken = other.getsockname()[1]
        with pytest.raises(PortTaken, match=str(taken)):
            EmbeddedValkey(server_home, port=taken).start()


def test_nothing_is_left_after_erasing(server_home: Path) -> None:
    server = EmbeddedValkey(server_home)
    server.start()
    pid, real = server.pid, server_home.resolve()
    assert pid is not None

    server.erase()

    assert command_line(pid) == ""
    assert not real.exists()
    assert not server_home.is_symlink()
