"""Processes and their identity: a process number alone may have been reused since."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc/self/stat")
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process number together with when that process began, which no later process shares."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "ProcessIdentity | None":
        """The identity of a living process, or None where there is no such process."""
        started = _started(pid)
        return cls(pid, started) if started else None

    def is_alive(self) -> bool:
        """Whether this very process still runs; a zombie does not."""
        return _started(self.pid) == self.started


def command_line(pid: int) -> str:
    """The arguments of a living process joined by blanks; empty where there is no such process."""
    if _PROC.exists():
        try:
            raw = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return ""
        return raw.replace(b"\0", b" ").decode(errors="replace").strip()
    return _ps(pid, "command=")


def end_process(pid: int, ending: signal.Signals, *, seconds: float) -> bool:
    """Send one signal and wait; whether the process was gone within `seconds`."""
    identity = ProcessIdentity.of(pid)
    if identity is None:
        return True
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, ending)
    return wait_until(lambda: not identity.is_alive(), seconds=seconds)


def kill_group(group: int) -> None:
    """End at once whatever is left of a process group; a group that is gone is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def group_members(group: int) -> list[int]:
    """Living processes of a group (zombies left out)."""
    if _PROC.exists():
        return [pid for pid in _all_pids() if _group(pid) == group]
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,pgid=,stat="],  # noqa: S607 -- every system has ps on its path
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    rows = [line.split() for line in listing.splitlines()]
    return [int(row[0]) for row in rows if int(row[1]) == group and "Z" not in row[2]]


def exists(pid: int) -> bool:
    """Whether the number is in use, be it by a zombie that nobody has collected yet."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def working_in(directory: Path) -> list[int]:
    """Processes whose working directory this is; always empty on systems without /proc."""
    found = []
    for pid in _all_pids() if _PROC.exists() else ():
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/cwd").readlink() == directory:
                found.append(pid)
    return found


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Poll a condition every 20 ms; whether it came true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _all_pids() -> Iterator[int]:
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def _stat_fields(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat from the state (the third) on; empty for no process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def _group(pid: int) -> int:
    fields = _stat_fields(pid)
    return int(fields[2]) if fields and fields[0] not in "ZX" else -1


def _started(pid: int) -> str:
    """When the process began, as the system writes it; empty for no process and for a zombie."""
    if _PROC.exists():
        fields = _stat_fields(pid)
        return fields[19] if fields and fields[0] not in "ZX" else ""
    return "" if "Z" in _ps(pid, "stat=") else _ps(pid, "lstart=")


def _ps(pid: int, column: str) -> str:
    return subprocess.run(  # noqa: S603 -- fixed program, a number and a column name
        ["ps", "-o", column, "-p", str(pid)],  # noqa: S607 -- every system has ps on its path
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
