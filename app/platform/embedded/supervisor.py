"""Starts the servers and the program's own processes, starts again what dies, and leaves nothing behind.

One supervisor per state directory. It keeps there `supervisor.lock` (locked while it lives, holding
its process number) and `processes.json` (who it started), so that the next one can clear away what
a killed one left.
"""

import asyncio
import contextlib
import fcntl
import http.client
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self
from urllib.parse import urlsplit

from app.platform.embedded.account import erase_server_directory
from app.platform.embedded.errors import AlreadyRunning, ChildEnded, EmbeddedError
from app.platform.embedded.postgres import EmbeddedPostgres
from app.platform.embedded.processes import (
    ProcessIdentity,
    end_process,
    group_members,
    kill_group,
    wait_until,
)
from app.platform.embedded.roles import RoleDsns, prepare_roles, role_dsns
from app.platform.embedded.state import stored_secret, write_private
from app.platform.embedded.valkey import EmbeddedValkey
from app.platform.kernel.process_shutdown import PARENT_VARIABLE

_LOCK = "supervisor.lock"
_PROCESSES = "processes.json"
_WATCH_SECONDS = 0.2
_MOST_DEATHS = 5
_DEATHS_SECONDS = 60.0
"""A child that dies more often than that, in so long, is not started again: something is wrong that no start mends."""
_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(KeyboardInterrupt):
    """A person or the system asked the supervisor to end (Ctrl-C, SIGTERM, a closed terminal).

    A `KeyboardInterrupt`, because an event loop swallows every other one that a callback meets.
    """


@dataclass(frozen=True, slots=True)
class Child:
    """A process of the program: `name` tags its lines on screen, `environment` adds to ours.

    It gets SIGTERM and `stop_seconds` before its whole process group is killed.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_seconds: float = 15.0


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the servers are. The database fields are None when DATABASE_URL names a real one."""

    admin_dsn: str | None
    dsns: RoleDsns | None
    redis_url: str


@dataclass(slots=True)
class _Running:
    child: Child
    process: subprocess.Popen[str]
    reader: threading.Thread
    deaths: list[float] = field(default_factory=list)


class Supervisor:
    """Use as a context manager: leaving it, however, stops everything in reverse order.

    Inside, SIGINT, SIGTERM and SIGHUP raise `StopRequested` in the main thread; it is swallowed on
    the way out. `announce` gets every line for the screen.
    """

    def __init__(
        self,
        state: Path,
        *,
        fresh: bool = False,
        announce: Callable[[str], None] | None = None,
    ) -> None:
        self._state = state
        self._fresh = fresh
        self._announce = announce or _print_line
        self._children: list[_Running] = []
        self._servers: dict[str, EmbeddedPostgres | EmbeddedValkey] = {}
        self._undo = contextlib.ExitStack()
        self._previous: dict[signal.Signals, signal._HANDLER] = {}
        self._stopping = False

    def __enter__(self) -> Self:
        """Take the state directory.

        Raises AlreadyRunning when another supervisor holds it.
        """
        self._lock()
        try:
            _end_leftovers(self._state)
            if self._fresh:
                _erase(self._state)
            for each in _ENDING_SIGNALS:
                self._previous[each] = signal.signal(each, self._on_signal)
        except BaseException:
            self._undo.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        self._stopping = True
        try:
            self._stop_children()
            self._undo.close()
        finally:
            for each, handler in self._previous.items():
                signal.signal(each, handler)
        return isinstance(error, StopRequested)

    def start_servers(self) -> Servers:
        """Start PostgreSQL (with its roles) and Valkey, each unless its URL is set.

        `DATABASE_URL` and `REDIS_URL` in the environment put a real server in the place of ours.
        """
        admin_dsn, dsns = None, None
        if not os.environ.get("DATABASE_URL"):
            postgres = EmbeddedPostgres(self._state / "postgres")
            self._undo.callback(postgres.stop)
            postgres.start()
            self._servers["PostgreSQL"] = postgres
            password = stored_secret(self._state / "roles.password")
            admin_dsn = postgres.admin_dsn()
            asyncio.run(prepare_roles(admin_dsn, password))
            dsns = role_dsns(admin_dsn, password)
            self._announce(f"PostgreSQL {postgres.version} listens on port {postgres.port}")
        redis_url = os.environ.get("REDIS_URL", "")
        if not redis_url:
            valkey = EmbeddedValkey(self._state / "valkey")
            self._undo.callback(valkey.stop)
            valkey.start()
            self._servers["Valkey"] = valkey
            redis_url = valkey.url()
            self._announce(f"Valkey listens on port {valkey.port}")
        return Servers(admin_dsn, dsns, redis_url)

    def start_child(self, child: Child) -> int:
        """Run a process in a group of its own, its output on our screen; its process number.

        It is told whose child it is, so that it can end with us.
        """
        running = self._launch(child)
        self._children.append(running)
        self._record()
        return running.process.pid

    def _launch(self, child: Child) -> _Running:
        process = subprocess.Popen(  # noqa: S603 -- the program's own commands
            list(child.command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={
                **os.environ,
                "PYTHONUNBUFFERED": "1",
                PARENT_VARIABLE: str(os.getpid()),
                **child.environment,
            },
            start_new_session=True,
        )
        reader = threading.Thread(target=self._pass_on, args=(child.name, process), daemon=True)
        reader.start()
        return _Running(child, process, reader)

    def wait_ready(self, url: str, *, seconds: float = 60.0) -> None:
        """Wait until `url` (http) answers 200.

        Raises ChildEnded when a child ends meanwhile, EmbeddedError when time runs out.
        """
        deadline = time.monotonic() + seconds
        while not _answers_ok(url):
            self._check_children()
            if time.monotonic() >= deadline:
                raise EmbeddedError(f"{url} was not ready within {seconds:.0f} seconds")
            time.sleep(_WATCH_SECONDS)

    def watch(self) -> None:
        """Stay until a stop is asked for (`StopRequested`); a server or child that ends is started again, and said.

        Raises ChildEnded for a child that goes on ending, EmbeddedError for a server that does not start.
        """
        while True:
            for name, server in self._servers.items():
                if server.restart_if_ended():
                    self._announce(f"{name} had ended; it runs again")
            for place, running in enumerate(self._children):
                if running.process.poll() is not None:
                    self._children[place] = self._again(running)
                    self._record()
            time.sleep(_WATCH_SECONDS)

    def _again(self, ended: _Running) -> _Running:
        """The successor of a child that has ended."""
        now = time.monotonic()
        deaths = [each for each in ended.deaths if now - each < _DEATHS_SECONDS]
        if len(deaths) >= _MOST_DEATHS:
            raise ChildEnded(
                f"{_how(ended)}, and has done so {len(deaths)} times in a minute; its last lines are above"
            )
        self._announce(f"{_how(ended)}; starting it again")
        kill_group(ended.process.pid)
        running = self._launch(ended.child)
        running.deaths = [*deaths, now]
        return running

    def _check_children(self) -> None:
        for running in self._children:
            if running.process.poll() is not None:
                raise ChildEnded(f"{_how(running)}; its last lines are above")

    def _stop_children(self) -> None:
        for running in reversed(self._children):
            process = running.process
            if process.poll() is None:
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(running.child.stop_seconds)
            kill_group(process.pid)
            process.wait()
            running.reader.join(timeout=1)
        self._children.clear()
        self._record()

    def _pass_on(self, name: str, process: subprocess.Popen[str]) -> None:
        if process.stdout is None:
            return
        with process.stdout as lines:
            for line in lines:
                self._announce(f"{name:<7}| {line.rstrip()}")

    def _record(self) -> None:
        identities = [ProcessIdentity.of(each.process.pid) for each in self._children]
        known = [[each.pid, each.started] for each in identities if each]
        write_private(self._state / _PROCESSES, json.dumps(known))

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del frame
        if not self._stopping:
            self._stopping = True
            self._announce(f"stopping ({signal.Signals(number).name}) …")
            raise StopRequested

    def _lock(self) -> None:
        self._state.mkdir(parents=True, exist_ok=True)
        lock = self._undo.enter_context((self._state / _LOCK).open("a+"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._undo.close()
            raise AlreadyRunning(f"Yinghuo already runs over {self._state}; ./run stop ends it") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()


def _how(ended: _Running) -> str:
    """How a child ended, after what it wrote."""
    ended.reader.join(timeout=1)
    code = ended.process.returncode
    return f"{ended.child.name} has ended " + (f"by signal {-code}" if code < 0 else f"with code {code}")


def stop_everything(state: Path, *, seconds: float = 90.0) -> bool:
    """End the supervisor of `state` and whatever a killed one left; whether anything ran.

    Raises EmbeddedError when the supervisor does not end in time.
    """
    with _held_lock(state) as supervisor:
        if supervisor is None:
            return _end_leftovers(state)
    if not end_process(supervisor, signal.SIGTERM, seconds=seconds):
        raise EmbeddedError(f"process {supervisor} did not end within {seconds:.0f} seconds")
    return True


@contextlib.contextmanager
def _held_lock(state: Path) -> Iterator[int | None]:
    """Hold the lock of `state` and yield None, or yield the process that holds it already."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / _LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            yield int(lock.read())
        else:
            yield None


def _end_leftovers(state: Path) -> bool:
    """End children and servers of a supervisor that was killed; whether there were any."""
    try:
        recorded = json.loads((state / _PROCESSES).read_text())
    except (FileNotFoundError, ValueError):
        recorded = []
    left = [ProcessIdentity(pid, started) for pid, started in recorded]
    orphaned = [each for each in left if each.is_alive()]
    for each in orphaned:
        end_process(each.pid, signal.SIGTERM, seconds=15)
        kill_group(each.pid)
        wait_until(partial(_is_empty_group, each.pid), seconds=5)
    (state / _PROCESSES).unlink(missing_ok=True)
    found = bool(orphaned)
    if (state / "postgres").exists():
        postgres = EmbeddedPostgres(state / "postgres")
        found = found or postgres.pid is not None
        postgres.stop()
    if (state / "valkey").exists():
        valkey = EmbeddedValkey(state / "valkey")
        found = found or valkey.pid is not None
        valkey.stop()
    return found


def _is_empty_group(group: int) -> bool:
    return not group_members(group)


def _erase(state: Path) -> None:
    """Remove all that is kept, except the lock that we hold."""
    for entry in state.iterdir():
        if entry.name == _LOCK:
            continue
        if entry.is_dir():
            erase_server_directory(entry)
        else:
            entry.unlink()


def _answers_ok(url: str) -> bool:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=2)
    try:
        connection.request("GET", address.path or "/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _print_line(line: str) -> None:
    print(line, flush=True)  # noqa: T201 -- this is the screen
