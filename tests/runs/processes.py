"""How many processes a run of tests has: as many as the machine has cores and memory for."""

import os
from pathlib import Path

MEMORY_BYTES = 3 * 2**29
"""What one process of a run takes: itself, its share of PostgreSQL, the program and the browser that it starts."""
MOST = 15
"""Valkey has sixteen databases; the first belongs to the run, each process has another."""
_LIMITS = Path("/sys/fs/cgroup")


def processes_of_machine(limits: Path = _LIMITS, memory: Path = Path("/proc/meminfo")) -> int:
    """One for each core that this run may use, fewer when memory is short, at least one.

    A container's limits count as the machine's.
    """
    return max(1, min(_cores(limits), available_bytes(limits, memory) // MEMORY_BYTES, MOST))


def _cores(limits: Path) -> int:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota, _, period = _content(limits / "cpu.max").partition(" ")
    return min(usable, max(1, int(quota) // int(period))) if quota.isdigit() else usable


def available_bytes(limits: Path = _LIMITS, memory: Path = Path("/proc/meminfo")) -> int:
    """The memory that this run may still take."""
    lines = (line.split() for line in _content(memory).splitlines() if line.startswith("MemAvailable:"))
    available = next((int(kibibytes) * 1024 for _, kibibytes, *_ in lines), MOST * MEMORY_BYTES)
    limit, used = _content(limits / "memory.max"), _content(limits / "memory.current")
    return min(available, int(limit) - int(used or 0)) if limit.isdigit() else available


def _content(path: Path) -> str:
    return path.read_text().strip() if path.is_file() else ""
