"""A PostgreSQL with everything migrated, kept beside the checkout from run to run: migrating is half of a run's start.

What is kept belongs to the migrations, the roles and the server's version as they are; when one of them changes, it is
made anew.
"""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from app.platform.embedded import EmbeddedPostgres

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".pytest_cache/clusters"
MADE_BY = ("migrations/**/*.py", "app/platform/embedded/*.py", "tenants/rls.py", "tests/runs/kept_cluster.py")


def start(directory: Path, prepare: Callable[[EmbeddedPostgres], None], kept: Path = KEPT) -> EmbeddedPostgres:
    """A server of its own in `directory`, prepared: by `prepare` the first time, as a copy from then on."""
    server = EmbeddedPostgres(directory, for_tests=True)
    copy = kept / fingerprint(server.version)
    if copy.is_dir():
        _copy(copy, directory.resolve())
        server.start()
        return server
    server.start()
    try:
        prepare(server)
    finally:
        server.stop()
    unfinished = kept / f"unfinished-{os.getpid()}"
    _copy(directory.resolve(), unfinished)
    if not copy.exists():
        unfinished.rename(copy)
    for other in kept.iterdir():
        if other != copy:
            shutil.rmtree(other, ignore_errors=True)
    server.start()
    return server


def fingerprint(version: int, root: Path = ROOT) -> str:
    """Changes with whatever a kept cluster is made by."""
    made_by = hashlib.sha256()
    for pattern in MADE_BY:
        for path in sorted(root.glob(pattern)):
            made_by.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return f"{version}-{made_by.hexdigest()[:16]}"


def _copy(source: Path, target: Path) -> None:
    """With owners and modes, which the server insists on."""
    target.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", f"{source}/.", f"{target}/"], check=True)
