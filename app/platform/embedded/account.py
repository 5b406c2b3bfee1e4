"""The operating system account that the servers run as, and whether it can reach a path.

PostgreSQL refuses to run as root. A supervisor started by root therefore hands its servers to an
account without rights, which cannot look into root's own folders; what it needs is then moved
below `RELOCATED`.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.platform.embedded.errors import EmbeddedError

RELOCATED = Path("/var/lib/yinghuo")
_PREFERRED_ACCOUNTS = ("yinghuo", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the operating system."""

    name: str
    uid: int
    gid: int

    def can_enter(self, directory: Path) -> bool:
        """Whether the account may pass through `directory` and every folder above it."""
        return all(self._allowed(each, 0o1) for each in (directory, *directory.parents))

    def can_run(self, program: Path) -> bool:
        """Whether the account may read and run `program`."""
        return self.can_enter(program.parent) and self._allowed(program, 0o5)

    def own(self, path: Path) -> None:
        """Give `path` to the account."""
        os.chown(path, self.uid, self.gid)

    def _allowed(self, path: Path, bits: int) -> bool:
        status = path.stat()
        if status.st_uid == self.uid:
            granted = status.st_mode >> 6
        elif status.st_gid == self.gid:
            granted = status.st_mode >> 3
        else:
            granted = status.st_mode
        return granted & bits == bits


def server_account() -> Account | None:
    """The account that root hands its servers to; None when we are not root and stay ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    name = next(name for name in _PREFERRED_ACCOUNTS if name in known)
    entry = known[name]
    return Account(name, entry.pw_uid, entry.pw_gid)


def server_directory(directory: Path, account: Account | None) -> Path:
    """Make `directory` for a server, owned by its account, and return where it really lies.

    Where the account cannot reach it, `directory` becomes a link to a folder below `RELOCATED`.
    """
    directory = Path(os.path.abspath(directory))  # noqa: PTH100 -- resolve() would follow the link
    directory.parent.mkdir(parents=True, exist_ok=True)
    home = directory
    if account and (directory.is_symlink() or not account.can_enter(directory.parent.resolve())):
        home = RELOCATED / hashlib.sha256(bytes(directory)).hexdigest()[:16]
        RELOCATED.mkdir(parents=True, exist_ok=True)
        if not directory.is_symlink():
            shutil.rmtree(home, ignore_errors=True)  # its link was removed: nobody wants it any more
            if directory.exists():
                shutil.move(directory, home)
            directory.symlink_to(home)
    home.mkdir(exist_ok=True)
    home.chmod(stat.S_IRWXU)
    if account:
        account.own(home)
    return home.resolve()


def reachable_program(root: Path, parts: Sequence[str], program: str, account: Account | None) -> Path:
    """`root / program`, or a copy of it where the account cannot reach the original.

    `parts` are the folders of `root` that hold all that the program loads at run time; those that
    this system's build of the program does not have are passed over.
    """
    original = root / program
    if account is None or account.can_run(original.resolve()):
        return original
    status = original.stat()
    mark = f"{original}:{status.st_mtime_ns}:{status.st_size}"
    copy = RELOCATED / f"program-{hashlib.sha256(mark.encode()).hexdigest()[:16]}"
    if not copy.exists():
        RELOCATED.mkdir(parents=True, exist_ok=True)
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        for part in parts:
            if (root / part).exists():
                shutil.copytree(root / part, unfinished / part)
        for path in (unfinished, *unfinished.rglob("*")):
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if mode & 0o100 else 0o044))
        unfinished.rename(copy)
    return copy / program


def _server_environment() -> dict[str, str]:
    """Our environment without what would steer a server, its locale one that every system has."""
    steering = ("PG", "LC_", "LANG", "DYLD_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(steering)}
    return {**kept, "LC_ALL": "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"}


def run_program(command: Sequence[Path | str], *, home: Path, account: Account | None) -> str:
    """Run a program to its end in `home` as `account` (None: as ourselves); what it printed.

    Raises EmbeddedError with its output when it fails.
    """
    outcome = subprocess.run(  # noqa: S603 -- our own programs and options
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd=home,
        env=_server_environment(),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    if outcome.returncode != 0:
        raise EmbeddedError(f"{Path(command[0]).name} failed:\n{outcome.stdout}")
    return outcome.stdout


def launch_server(command: Sequence[Path | str], *, home: Path, account: Account | None) -> subprocess.Popen[bytes]:
    """Start a server in `home` as `account`, in a session of its own, writing `server.log`.

    Its own session keeps a Ctrl-C at the terminal from it: the supervisor stops it in its turn.
    """
    with (home / "server.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 -- our own programs and options
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=home,
            env=_server_environment(),
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


def erase_server_directory(directory: Path) -> None:
    """Remove a server's folder, wherever it really lies; one that is not there is fine."""
    if directory.is_symlink():
        shutil.rmtree(directory.resolve(), ignore_errors=True)
        directory.unlink()
    elif directory.exists():
        shutil.rmtree(directory)


def log_tail(home: Path) -> str:
    """The last lines that a server wrote, for an error message."""
    log = home / "server.log"
    lines = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else []
    return "\n".join([f"the end of {log}:", *lines])
