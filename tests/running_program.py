"""The program as its users start it: `migrate`, `init`, then web, worker and relay as processes of their own."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import httpx

from app.demo.launcher import demo_environment
from app.platform.embedded import Child, Supervisor
from app.platform.embedded.ports import free_port
from tests.runs.server_folder import folder_of_servers

ROOT = Path(__file__).parents[1]
TIMEOUT_SECONDS = 30.0
"""How long a letter may be on its way through outbox, relay and worker on a busy machine."""


@dataclass(frozen=True)
class Letter:
    """What the mailbox shows of one message: its words, the code and the link in it (empty: none)."""

    words: str
    code: str
    link: str


@dataclass(frozen=True)
class RunningProgram:
    """An installation that was empty when it started. `first_link` makes headquarters' first administrator."""

    address: str
    first_link: str
    state: Path
    environment: Mapping[str, str]

    def letter(self, recipient: str, containing: str = "") -> Letter:
        """The newest message to `recipient` with these words, waited for.

        Raises AssertionError when none arrives.
        """
        deadline = time.monotonic() + TIMEOUT_SECONDS
        with httpx.Client(base_url=self.address, trust_env=False) as client:
            while time.monotonic() < deadline:
                page = client.get("/mailbox", params={"address": recipient}).raise_for_status().text
                for article in re.findall(r"<article.*?</article>", page, re.DOTALL):
                    if containing in article:
                        return _letter(article)
                time.sleep(0.1)
        raise AssertionError(f"no letter to {recipient} with {containing!r}")


def _letter(article: str) -> Letter:
    code = re.search(r"data-code>(\w+)<", article)
    link = re.search(r'href="(http[^"]+)"', article)
    words = unescape(re.sub(r"<[^>]+>", " ", article))
    return Letter(words, code.group(1) if code else "", unescape(link.group(1)) if link else "")


@contextmanager
def running_program() -> Iterator[RunningProgram]:
    """Start everything over a new directory on a free port; on leaving, everything ends and is removed."""
    with tempfile.TemporaryDirectory(
        prefix="yinghuo-program-", dir=folder_of_servers(), ignore_cleanup_errors=True
    ) as directory:
        state = Path(directory)
        state.chmod(0o711)
        lines: list[str] = []
        with Supervisor(state, announce=lines.append) as supervisor:
            port = free_port()
            environment = demo_environment(supervisor.start_servers(), state, port)
            _command(environment, "migrate")
            first_link = _command(environment, "init").strip().splitlines()[-1].split()[-1]
            for name, arguments in {
                "web": ["web", "--port", str(port)],
                "worker": ["worker", "--concurrency", "1"],
                "relay": ["relay"],
            }.items():
                supervisor.start_child(Child(name, [sys.executable, "-m", "app.cli", *arguments], environment))
            supervisor.wait_ready(f"{environment['YINGHUO_PUBLIC_URL']}/health/ready")
            yield RunningProgram(environment["YINGHUO_PUBLIC_URL"], first_link, state, environment)
        complaints = [line for line in lines if "Traceback" in line or "[error" in line.lower()]
        assert complaints == [], "\n".join(lines[-200:])


def _command(environment: Mapping[str, str], *arguments: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout
