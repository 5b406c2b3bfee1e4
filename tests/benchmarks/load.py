"""A load generator light enough to leave the server its processor: raw HTTP/1.1 over kept connections."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Load:
    """What one run showed."""

    requests_per_second: float
    median_milliseconds: float
    p95_milliseconds: float


def request_bytes(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    """One request, ready to be sent many times."""
    head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\n"
    if body:
        head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


async def run(port: int, make: Callable[[], bytes], *, concurrency: int, seconds: float) -> Load:
    """Send requests from so many connections for so long.

    Raises:
        RuntimeError: when any answer is not a success.
    """
    times: list[float] = []
    until = time.perf_counter() + seconds
    started = time.perf_counter()
    await asyncio.gather(*(_one_connection(port, make, until, times) for _ in range(concurrency)))
    elapsed = time.perf_counter() - started
    p95 = quantiles(times, n=20)[18] if len(times) > 20 else max(times)
    return Load(len(times) / elapsed, median(times) * 1000, p95 * 1000)


async def _one_connection(port: int, make: Callable[[], bytes], until: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while time.perf_counter() < until:
            started = time.perf_counter()
            writer.write(make())
            status, body = await answer(reader)
            if not 200 <= status < 300:
                raise RuntimeError(f"{status}: {body[:300]!r}")
            times.append(time.perf_counter() - started)
    finally:
        writer.close()


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return status, await reader.readexactly(int(value))
        if name.lower() == b"transfer-encoding":
            return status, await _chunks(reader)
    return status, b""


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body
