"""The directory in which an installation keeps its data and secrets between two starts."""

import contextlib
import os
import secrets
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[3]
_LARGE = _CHECKOUT / ".yinghuo-large"
"""Where the large network lives, beside the usual one."""


def state_directory(*, large: bool = False) -> Path:
    """`YINGHUO_DATA` or else a folder in the checkout, made when absent.

    Other accounts may pass through but not list it: the servers' own account has to.
    """
    chosen = os.environ.get("YINGHUO_DATA")
    directory = Path(chosen).absolute() if chosen else (_LARGE if large else _CHECKOUT / ".yinghuo")
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o711)
    return directory


def state_directories() -> list[Path]:
    """Every folder in which something of this checkout may run."""
    usual = state_directory()
    return [usual, state_directory(large=True)] if _LARGE.exists() else [usual]


def stored_secret(path: Path) -> str:
    """The random secret kept in `path`, readable by its owner only; made at the first call."""
    with contextlib.suppress(FileNotFoundError):
        if kept := path.read_text().strip():
            return kept
    secret = secrets.token_urlsafe(24)
    write_private(path, secret)
    return secret


def write_private(path: Path, text: str) -> None:
    """Write a whole file, readable by its owner only; a reader sees the old or the new one."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    unfinished.replace(path)
