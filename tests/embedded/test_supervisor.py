"""The supervisor starts, watches and stops a whole program, and leaves nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.platform.embedded import EmbeddedPostgres, EmbeddedValkey
from app.platform.embedded.errors import AlreadyRunning, ChildEnded, PortTaken
from app.platform.embedded.ports import LOOPBACK, first_free_port
from app.platform.embedded.processes import group_members, wait_until
from app.platform.embedded.supervisor import Child, Supervisor, stop_everything

Program = subprocess.Popen[str]


@pytest.fixture
def program(state: Path) -> Iterator[Program]:
    """The small program, ready."""
    running = start(state, "web")
    assert running.stdout is not None
    assert any(line == "ready\n" for line in running.stdout)
    yield running
    running.kill()
    running.communicate()


def start(state: Path, kind: str) -> Program:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.embedded.program", str(state), kind],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def started(state: Path) -> tuple[int, int, int]:
    """The process numbers of the child, PostgreSQL and Valkey."""
    ((child, _),) = json.loads((state / "processes.json").read_text())
    postgres = EmbeddedPostgres(state / "postgres").pid
    valkey = EmbeddedValkey(state / "valkey").pid
    assert postgres is not None
    assert valkey is not None
    return child, postgres, valkey


def nothing_left(groups: tuple[int, int, int]) -> bool:
    """Each was started as a group of its own, so an empty group means no descendants either."""
    return not any(group_members(group) for group in groups)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stopped_program_leaves_nothing_behind(program: Program, state: Path, ending: signal.Signals) -> None:
    groups = started(state)

    program.send_signal(ending)

    assert program.wait(60) == 0
    assert nothing_left(groups)


def test_when_a_child_ends_the_rest_is_stopped_and_its_words_are_shown(state: Path) -> None:
    running = start(state, "crash")
    output, _ = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "crash  | cannot go on" in output
    assert "crash has ended with code 3" in output
    assert EmbeddedPostgres(state / "postgres").pid is None
    assert EmbeddedValkey(state / "valkey").pid is None


def test_what_dies_is_started_again_where_it_was_and_it_is_said(program: Program, state: Path) -> None:
    before = started(state)
    postgres, valkey = EmbeddedPostgres(state / "postgres"), EmbeddedValkey(state / "valkey")
    ports = postgres.port, valkey.port

    for each in before:
        os.kill(each, signal.SIGKILL)

    assert wait_until(lambda: postgres.pid is not None and valkey.pid is not None, seconds=60)
    assert wait_until(lambda: json.loads((state / "processes.json").read_text())[0][0] != before[0], seconds=60)
    assert not set(before) & set(started(state))
    assert (postgres.port, valkey.port) == ports
    assert not group_members(before[0]), "nothing of the old child is left beside the new one"
    program.send_signal(signal.SIGTERM)
    said = program.communicate(timeout=60)[0]
    assert "PostgreSQL had ended; it runs again" in said
    assert "Valkey had ended; it runs again" in said
    assert "web has ended by signal 9; starting it again" in said


def test_a_child_that_goes_on_ending_is_given_up(state: Path) -> None:
    lines: list[str] = []
    with Supervisor(state, announce=lines.append) as supervisor:
        supervisor.start_child(Child("faint", [sys.executable, "-c", "raise SystemExit(3)"]))
        with pytest.raises(ChildEnded, match="5 times in a minute"):
            supervisor.watch()
    assert lines == ["faint has ended with code 3; starting it again"] * 5


def test_what_a_killed_supervisor_left_is_cleared_away_by_the_next(program: Program, state: Path) -> None:
    groups = started(state)
    program.kill()
    program.wait()
    assert not nothing_left(groups)

    with Supervisor(state):
        assert wait_until(lambda: nothing_left(groups), seconds=10)


def test_a_second_one_over_the_same_state_is_refused(program: Program, state: Path) -> None:
    with pytest.raises(AlreadyRunning, match=r"\./run stop"), Supervisor(state):
        pass


def test_stopping_from_elsewhere_ends_all(program: Program, state: Path) -> None:
    groups = started(state)

    assert stop_everything(state)

    assert program.wait(10) == 0
    assert nothing_left(groups)
    assert not stop_everything(state)


@pytest.mark.slow(4, "starts both servers three times")
def test_a_restart_keeps_the_password_and_fresh_forgets_all(state: Path) -> None:
    announced: list[str] = []

    def dsn(*, fresh: bool) -> str:
        with Supervisor(state, fresh=fresh, announce=announced.append) as supervisor:
            servers = supervisor.start_servers()
        assert servers.dsns is not None
        return servers.dsns.app.partition("@")[0]

    first, second = dsn(fresh=False), dsn(fresh=False)
    assert first == second
    assert dsn(fresh=True) != first


def test_real_servers_take_the_place_of_ours(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/yinghuo")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example/0")
    with Supervisor(state) as supervisor:
        servers = supervisor.start_servers()
    assert servers.admin_dsn is None
    assert servers.redis_url == "redis://cache.example/0"
    assert not (state / "postgres").exists()


def test_signals_are_ours_only_inside(state: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Supervisor(state, announce=lambda _line: None) as supervisor:
        os.kill(os.getpid(), signal.SIGTERM)
        supervisor.watch()
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_taken_port_gives_way_to_the_next_free_one() -> None:
    with socket.create_server((LOOPBACK, 0)) as other:
        taken = other.getsockname()[1]
        assert first_free_port(taken) > taken
        with pytest.raises(PortTaken, match="--port"):
            first_free_port(taken, tries=1)
