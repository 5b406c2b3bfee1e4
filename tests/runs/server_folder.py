"""Where the servers of a run keep their files: in memory, where the machine has enough of it.

A copy of the migrated database is a thousand small files; on a disk, making them takes seven times as long as there,
and every module of tests has a copy.
"""

import shutil
from pathlib import Path

from tests.runs.processes import available_bytes

IN_MEMORY = Path("/dev/shm")
LEAST_BYTES = 4 * 2**30
"""What must be free, as memory and in the folder: a container's is often small."""


def folder_of_servers(folder: Path = IN_MEMORY, least_bytes: int = LEAST_BYTES) -> Path | None:
    """The folder in memory; None where it has no room, for the system's folder of temporary files."""
    if not folder.is_dir() or min(shutil.disk_usage(folder).free, available_bytes()) < least_bytes:
        return None
    return folder
