"""`./run bench`: ratios measured in one run. Absolute figures belong to this machine and this hour only."""

import argparse
import asyncio
import itertools
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from app.platform.embedded.ports import free_port
from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.runtime import Runtime
from tests.benchmarks import (
    background,
    billing,
    device_import,
    employee_page,
    every_page,
    history_import,
    large,
    load,
    network_quality,
    password_guessing,
    permission_decision,
    sla_due_time,
    start_up,
)
from tests.benchmarks.scenery import ROOT, Scenery, analyse, scenery, server
from tests.factories.network import Network


def requests_of(scene: Scenery) -> dict[str, Callable[[], bytes]]:
    """The three measured requests; the one that adds to what the others read comes last."""
    devices, tickets = itertools.cycle(scene.device_ids), itertools.cycle(scene.ticket_ids[-200:])

    def create() -> bytes:
        body = msgspec.json.encode({"subject": "打印机卡纸,无法打印", "device_id": next(devices)})
        return load.request_bytes("POST", "/api/v1/tickets", scene.token, body)

    listing = load.request_bytes("GET", f"/api/v1/tickets?client_id={scene.client.id}&open_only=true", scene.token)
    return {
        "list newest 50": lambda: listing,
        "get ticket": lambda: load.request_bytes("GET", f"/api/v1/tickets/{next(tickets)}", scene.token),
        "create ticket": create,
    }


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process and of the processes that it started, MB. Shared pages count in each."""
    parents, resident = {}, {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        except FileNotFoundError:
            continue
        process = int(fields["Pid"])
        parents[process] = int(fields["PPid"])
        resident[process] = int(fields.get("VmRSS", "0 kB").split()[0]) / 1024
    family = {pid}
    for _ in range(4):
        family |= {process for process, parent in parents.items() if parent in family}
    return max(resident.get(process, 0.0) for process in family)


async def measure(seconds: float, rounds: int, tickets: int) -> None:
    """Everything of docs/performance.md, one line each."""
    with tempfile.TemporaryDirectory(prefix="yinghuo-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        async with scenery(home, tickets=tickets) as scene:
            await _requests(scene, seconds, rounds)
            await _network_quality(scene)
            await _worker_memory(scene)
            await _start(scene)
            await _no_op(scene, seconds, rounds)
            await background.measure(scene)
            runtime = Runtime(scene.settings)
            imported = await device_import.measure(runtime)
            brought = await history_import.measure(runtime, Network(runtime))
            for line in await password_guessing.measure(runtime.redis):
                print(line)
            await runtime.close()
            print(f"history on one worker, events per second: dry run {brought.dry_run:.0f}, ", end="")
            print(f"writing {brought.writing:.0f}, both {brought.both:.0f}")
            print(f"10,000 devices: dry run {imported.dry_run:.1f} s, whole import {imported.whole:.1f} s, ", end="")
            print(f"the same list again {imported.again:.1f} s")
            await billing.measure(scene)
        for label, microseconds in sla_due_time.measure().items():
            print(f"{label}: {microseconds:.1f} µs")
        for label, microseconds in permission_decision.measure().items():
            print(f"{label}: {microseconds:.2f} µs")


async def _requests(scene: Scenery, seconds: float, rounds: int) -> None:
    ports = {name: free_port() for name in ("product", "yardstick", "bare")}
    async with (
        server("app.asgi:application", ports["product"], scene.environment, factory=True) as product,
        server("tests.benchmarks.raw_asgi_baseline:application", ports["yardstick"], scene.environment, factory=False),
        server("tests.benchmarks.bare_framework:application", ports["bare"], scene.environment, factory=False),
    ):
        nothing = load.request_bytes("GET", "/nothing", scene.token)
        for name, make in requests_of(scene).items():
            for concurrency in (1, 32):
                await _compare(
                    name,
                    {"product": make, "yardstick": make, "bare": lambda: nothing},
                    ports,
                    concurrency,
                    seconds,
                    rounds,
                )
        print(f"web worker, largest process: {resident_megabytes(product):.0f} MB resident")
        page = f"http://127.0.0.1:{ports['product']}/r/{scene.partner.slug}/{scene.client.code}"
        weight = await employee_page.measure(page)
        print(f"employee page, cold: {weight.kilobytes:.0f} KB on the wire, ", end="")
        print(
            f"interactive after {weight.interactive_milliseconds:.0f} ms on slow 4G with a processor slowed four times"
        )


async def _no_op(scene: Scenery, seconds: float, rounds: int) -> None:
    runtime = Runtime(scene.settings)
    network = Network(runtime)
    engineer = await network.token(await network.member(scene.partner.id, "张工", ["engineer"]))
    await runtime.close()
    callers = {"who sees the whole company": scene.token, "held to some clients": engineer}
    ports = {"product": free_port(), "bare": free_port()}
    async with (
        server("tests.benchmarks.no_op:product", ports["product"], scene.environment, factory=True),
        server("tests.benchmarks.no_op:bare", ports["bare"], scene.environment, factory=False),
    ):
        for caller, token in callers.items():
            for concurrency in (1, 32):
                middle = await _slower(ports, token, concurrency, seconds, rounds)
                print(
                    f"no-op, {caller} x{concurrency:<3} takes {middle:.2f} times as long as bare with Redis", flush=True
                )


async def _slower(ports: dict[str, int], token: str, concurrency: int, seconds: float, rounds: int) -> float:
    """How many times as long the product takes to do nothing: the middle one of the rounds, after one to warm up."""
    paths = {"product": "/api/v1/no-op", "bare": "/no-op"}
    slower = []
    for _ in range(rounds + 1):
        rates = {}
        for name, port in ports.items():
            send = itertools.repeat(load.request_bytes("GET", paths[name], token)).__next__
            shown = await load.run(port, send, concurrency=concurrency, seconds=seconds)
            rates[name] = shown.requests_per_second
        slower.append(rates["bare"] / rates["product"])
    return sorted(slower[1:])[rounds // 2]


async def _network_quality(scene: Scenery) -> None:
    runtime = Runtime(scene.settings)
    network = Network(runtime)
    token = await network.token(await network.member(HQ_TENANT_ID, "质量专员", ["hq_quality_officer"]))
    first = await network_quality.fill(runtime)
    await runtime.close()
    await analyse(scene.environment)
    port = free_port()
    async with server("app.asgi:application", port, scene.environment, factory=True):
        for path, middle, p95 in await network_quality.measure(port, token, first):
            size = f"{network_quality.PARTNERS} partners x {network_quality.MONTHS} months"
            print(f"{size}, {path}: p50 {middle:.1f} ms, p95 {p95:.1f} ms", flush=True)


async def _start(scene: Scenery) -> None:
    seen = await asyncio.to_thread(start_up.measure, scene.environment)
    print(
        f"first page {seen.first_answer_seconds:.1f} s after the start of web; idle, MB with shared pages by share: ",
        end="",
    )
    each = ", ".join(f"{name} {megabytes:.0f}" for name, megabytes in seen.megabytes.items())
    print(f"{each}, together {sum(seen.megabytes.values()):.0f}")


async def _worker_memory(scene: Scenery) -> None:
    command = [sys.executable, "-m", "app.cli", "worker", "--concurrency", "1"]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=scene.environment)
    try:
        await asyncio.sleep(12)
        print(f"worker, largest process: {resident_megabytes(process.pid):.0f} MB resident")
    finally:
        process.terminate()
        await process.wait()


async def _compare(
    name: str,
    requests: dict[str, Callable[[], bytes]],
    ports: dict[str, int],
    concurrency: int,
    seconds: float,
    rounds: int,
) -> None:
    for server_name, port in ports.items():
        await load.run(port, requests[server_name], concurrency=concurrency, seconds=0.5)
    rates: dict[str, list[float]] = {server_name: [] for server_name in ports}
    medians: dict[str, float] = {}
    for _ in range(rounds):
        for server_name, port in ports.items():
            shown = await load.run(port, requests[server_name], concurrency=concurrency, seconds=seconds)
            rates[server_name].append(shown.requests_per_second)
            medians[server_name] = shown.median_milliseconds
    ratios = sorted(mine / theirs for mine, theirs in zip(rates["product"], rates["yardstick"], strict=True))
    to_bare = sorted(mine / theirs for mine, theirs in zip(rates["product"], rates["bare"], strict=True))
    middle = rounds // 2
    print(
        f"{name:16} x{concurrency:<3} product/yardstick {ratios[middle]:.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f})   "
        f"product/bare {to_bare[middle]:.2f}   product p50 {medians['product']:.1f} ms",
        flush=True,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tickets", type=int, default=5_000)
    parser.add_argument("--large", action="store_true", help="ten times the partners and tickets, against a small one")
    parser.add_argument("--pages", action="store_true", help="every page of every role on the large demo")
    parser.add_argument("--partners", type=int, help="with --pages: a demo of so many partners instead of forty")
    parser.add_argument("--billing", action="store_true", help="the numbers of billing alone")
    options = parser.parse_args()
    if options.pages:
        asyncio.run(every_page.measure(every_page.demo_of(options.partners)))
    elif options.billing:
        asyncio.run(billing.measure_alone())
    elif options.large:
        asyncio.run(large.measure(requests_of, options.seconds, options.rounds))
    else:
        asyncio.run(measure(options.seconds, options.rounds, options.tickets))
