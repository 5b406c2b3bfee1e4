"""What no well-behaved client sends, on the wire to the really started server: slow, huge, torn and two-faced requests.

The limits of patience are the ingress' to set (docs/security.md); here it is shown that others are served meanwhile.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import httpx
import pytest

from tests.running_program import RunningProgram

LEAST_PATIENCE_SECONDS = 10.0
"""Within this a page must come while the server is under attack; left alone it takes some hundredths of it."""
SLOW_SENDERS = 60
"""Far more than the program has connections to its database."""
FORM = "application/x-www-form-urlencoded"
PASSWORD = "a lantern over the harbour"

Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected(program: RunningProgram) -> AsyncIterator[Wire]:
    parts = urlsplit(program.address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        yield reader, writer
    finally:
        writer.close()


def head(program: RunningProgram, method: str, path: str, *headers: str) -> bytes:
    """The beginning of a request, up to the empty line."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {urlsplit(program.address).netloc}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


async def said(program: RunningProgram, request: bytes) -> bytes:
    """All that the server answers before it closes, or in five seconds."""
    async with connected(program) as (reader, writer):
        writer.write(request)
        await writer.drain()
        try:
            return await asyncio.wait_for(reader.read(), 5)
        except TimeoutError:
            return b""


async def serves(program: RunningProgram, path: str = "/sign-in", **headers: str) -> None:
    """Somebody else's page comes meanwhile."""
    begun = time.monotonic()
    async with httpx.AsyncClient(base_url=program.address, timeout=30, trust_env=False, headers=headers) as browser:
        assert (await browser.get(path)).status_code == 200
    assert time.monotonic() - begun < LEAST_PATIENCE_SECONDS, "the attack keeps others waiting"


@pytest.mark.parametrize(
    ("request_line", "headers"),
    [
        ("GET /\0 HTTP/1.1", ""),
        ("GET /sign-in HTTP/9.9", ""),
        ("GET  HTTP/1.1", ""),
        ("POST /sign-in HTTP/1.1", "Content-Length: 5\r\nContent-Length: 6\r\n"),
        ("POST /sign-in HTTP/1.1", "Content-Length: -1\r\n"),
        ("POST /sign-in HTTP/1.1", "Content-Length: five\r\n"),
        ("GET /sign-in HTTP/1.1", "X-Long: " + "a" * 1_000_000 + "\r\n"),
        ("GET /sign-in HTTP/1.1", "".join(f"X-{number}: a\r\n" for number in range(5_000))),
        ("GET /sign-in HTTP/1.1", "No colon here\r\n"),
        ("GET /sign-in HTTP/1.1", "X-Torn: a\r\n\tb\0\r\n"),
    ],
)
async def test_what_is_no_request_is_refused(program: RunningProgram, request_line: str, headers: str) -> None:
    netloc = urlsplit(program.address).netloc
    answer = await said(program, f"{request_line}\r\nHost: {netloc}\r\n{headers}\r\n".encode("latin-1"))
    assert answer == b"" or answer.split(b" ", 2)[1].startswith(b"4"), answer[:200]
    await serves(program)


@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("/workspace", "Cookie: yinghuo_session=\xff\xfe; ;;==; language=\x80"),
        ("/api/v1/tickets", "Authorization: Bearer \xff\xff"),
        ("/api/v1/tickets", "Authorization: Bearer " + "a" * 20_000),
        ("/%ff%fe/%00", "Accept-Language: \xff"),
        ("/sign-in?next=%0d%0aSet-Cookie:%20planted=1", "X-Request-Id: \xff"),
        ("/sign-in", "X-Forwarded-For: 1.1.1.1, \xff"),
        ("/sign-in", "Referer: javascript:alert(1)"),
    ],
)
async def test_letters_that_are_none_break_nothing(program: RunningProgram, path: str, header: str) -> None:
    answer = await said(program, head(program, "GET", path, header, "Connection: close"))
    status = int(answer.split(b" ", 2)[1])
    assert status < 500, answer[:300]
    assert b"planted=1" not in answer.split(b"\r\n\r\n", 1)[0]


async def test_one_request_gets_one_answer_however_its_length_is_told(program: RunningProgram) -> None:
    """Who believes one header and who the other would see two requests (request smuggling)."""
    hidden = b"0\r\n\r\n" + head(program, "GET", "/health/live", "X-Hidden: yes")
    request = head(
        program, "POST", "/sign-in", f"Content-Length: {len(hidden)}", "Transfer-Encoding: chunked", "Connection: close"
    )
    answer = await said(program, request + hidden)
    assert answer.count(b"HTTP/1.1 ") <= 1, answer[:500]


def cookie_of_a_visitor(program: RunningProgram) -> str:
    """What a browser that has seen the sign-in page sends along: without it a form's body is not even looked at."""
    cookies = httpx.get(f"{program.address}/sign-in", trust_env=False).raise_for_status().cookies
    return "Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items())


async def test_a_body_that_says_it_is_huge_is_refused_before_it_comes(program: RunningProgram) -> None:
    visitor = cookie_of_a_visitor(program)
    answer = await said(
        program,
        head(program, "POST", "/sign-in", "Content-Length: 99999999999", f"Content-Type: {FORM}", visitor) + b"name=a",
    )
    assert b" 413 " in answer.split(b"\r\n", 1)[0]


async def test_a_body_without_end_is_cut_off(program: RunningProgram) -> None:
    visitor = cookie_of_a_visitor(program)
    begin = head(program, "POST", "/sign-in", "Transfer-Encoding: chunked", f"Content-Type: {FORM}", visitor)
    async with connected(program) as (_, writer):
        writer.write(begin)
        sent = 0
        try:
            while sent < 200_000_000:
                writer.write(b"10000\r\n" + b"a" * 65_536 + b"\r\n")
                await writer.drain()
                sent += 65_536
        except ConnectionError:
            pass
        assert sent < 200_000_000, "nobody stopped it"
    await serves(program)


async def test_slow_senders_keep_nobody_waiting(program: RunningProgram) -> None:
    """Headers and bodies that never end, some by somebody who is signed in: no database connection waits with them."""
    token = await administrator(program)
    beginnings = [
        b"GET /sign-in HTTP/1.1\r\nX-Slow: ",
        head(program, "POST", "/api/v1/sessions", "Content-Length: 1000", "Content-Type: application/json") + b"{",
        head(
            program,
            "POST",
            "/api/v1/invitations",
            "Content-Length: 1000",
            "Content-Type: application/json",
            f"Authorization: Bearer {token}",
        )
        + b"{",
    ]
    async with AsyncExitStack() as held:
        for begin in beginnings:
            for _ in range(SLOW_SENDERS):
                _, writer = await held.enter_async_context(connected(program))
                writer.write(begin)
                await writer.drain()
        await asyncio.sleep(1)
        await serves(program)
        await serves(program, "/api/v1/members", authorization=f"Bearer {token}")
        await serves(program, "/health/ready")


async def administrator(program: RunningProgram) -> str:
    """Headquarters' first administrator's token, by the link that `init` printed."""
    path = urlsplit(program.first_link).path.replace("/invitations/", "/api/v1/invitation-links/")
    async with httpx.AsyncClient(base_url=program.address, timeout=30, trust_env=False) as browser:
        person = {"email": "hq@yinghuo.example", "display_name": "林总", "password": PASSWORD}
        assert (await browser.post(path, json=person)).status_code == 200
        opened = await browser.post("/api/v1/sessions", json={"name": person["email"], "password": PASSWORD})
        return str(opened.json()["token"])
