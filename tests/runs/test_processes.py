"""A run has as many processes as its machine, or its container, has cores and memory for."""

import os
from pathlib import Path

from tests.runs.processes import MEMORY_BYTES, MOST, processes_of_machine

CORES = len(os.sched_getaffinity(0))


def machine(path: Path, memory_bytes: int, **limits: str) -> int:
    """The processes on a machine with that much free memory, in a container with these limits."""
    meminfo = path / "meminfo"
    meminfo.write_text(f"MemTotal: 99999999 kB\nMemAvailable: {memory_bytes // 1024} kB\n")
    for name, limit in limits.items():
        (path / name.replace("_", ".")).write_text(limit)
    return processes_of_machine(path, meminfo)


def test_one_for_each_core(tmp_path: Path) -> None:
    assert machine(tmp_path, MOST * MEMORY_BYTES, cpu_max="max 100000", memory_max="max") == min(CORES, MOST)


def test_a_container_has_what_it_was_given(tmp_path: Path) -> None:
    assert machine(tmp_path, MOST * MEMORY_BYTES, cpu_max="100000 100000") == 1
    assert (
        machine(tmp_path, MOST * MEMORY_BYTES, memory_max=str(2 * MEMORY_BYTES), memory_current=str(MEMORY_BYTES)) == 1
    )


def test_little_memory_still_runs_one(tmp_path: Path) -> None:
    assert machine(tmp_path, MEMORY_BYTES // 2) == 1
