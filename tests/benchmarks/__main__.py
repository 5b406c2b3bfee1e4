"""`./run bench`: ratios measured in one run. Absolute figures belong to this machine and this hour only."""

import argparse
import asyncio
import itertools
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from app.embedded.ports import free_port
from tests.benchmarks import load, sla_due_time
from tests.benchmarks.scenery import Scenery, scenery, server


def requests_of(scene: Scenery) -> dict[str, Callable[[], bytes]]:
    """The three measured requests."""
    devices, tickets = itertools.cycle(scene.device_ids), itertools.cycle(scene.ticket_ids[-200:])

    def create() -> bytes:
        body = msgspec.json.encode({"subject": "打印机卡纸,无法打印", "device_id": next(devices)})
        return load.request_bytes("POST", "/api/v1/tickets", scene.token, body)

    listing = load.request_bytes("GET", f"/api/v1/tickets?client_id={scene.client.id}&open_only=true", scene.token)
    return {
        "create ticket": create,
        "list newest 50": lambda: listing,
        "get ticket": lambda: load.request_bytes("GET", f"/api/v1/tickets/{next(tickets)}", scene.token),
    }


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process and its children, MB."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        if int(fields["PPid"]) == pid and "VmRSS" in fields:
            total += int(fields["VmRSS"].split()[0])
    return total / 1024


async def measure(seconds: float, rounds: int, tickets: int) -> None:
    """Print each request's throughput as a ratio to the yardstick's, in turn, round by round."""
    with tempfile.TemporaryDirectory(prefix="yinghuo-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        async with scenery(home, tickets=tickets) as scene:
            ports = {name: free_port() for name in ("product", "yardstick")}
            async with (
                server("app.asgi:application", ports["product"], scene.environment, factory=True) as product,
                server("tests.benchmarks.yardstick:application", ports["yardstick"], scene.environment, factory=False),
            ):
                for name, make in requests_of(scene).items():
                    for concurrency in (1, 32):
                        await _compare(name, make, ports, concurrency, seconds, rounds)
                print(f"web worker resident memory: {resident_megabytes(product):.0f} MB")
        for label, microseconds in sla_due_time.measure().items():
            print(f"{label}: {microseconds:.1f} µs")


async def _compare(
    name: str, make: Callable[[], bytes], ports: dict[str, int], concurrency: int, seconds: float, rounds: int
) -> None:
    for port in ports.values():
        await load.run(port, make, concurrency=concurrency, seconds=0.5)
    ratios, shown = [], {}
    for _ in range(rounds):
        for server_name, port in ports.items():
            shown[server_name] = await load.run(port, make, concurrency=concurrency, seconds=seconds)
        ratios.append(shown["product"].requests_per_second / shown["yardstick"].requests_per_second)
    ratios.sort()
    print(
        f"{name:16} x{concurrency:<3} product/yardstick {ratios[len(ratios) // 2]:.2f} "
        f"({ratios[0]:.2f}-{ratios[-1]:.2f})   product {shown['product'].requests_per_second:6.0f}/s "
        f"p50 {shown['product'].median_milliseconds:5.1f} ms   yardstick {shown['yardstick'].requests_per_second:6.0f}/s",
        flush=True,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tickets", type=int, default=5_000)
    options = parser.parse_args()
    asyncio.run(measure(options.seconds, options.rounds, options.tickets))
