"""Nobody looks around behind our firewall with our eyes: addresses are judged, and the one judged is the one asked."""

import asyncio
from collections.abc import Callable
from ipaddress import ip_address

import httpx
import pytest

from app.people.single_sign_on.safe_http import (
    LONGEST_BYTES,
    SafeHttpClient,
    UnsafeRequestRefused,
    checked_address,
    is_public,
)

INSIDE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "2002:7f00:1::",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com", "file:///etc/passwd", "gopher://x", "//example.com", "example.com",
        "https://",
        "https://user:pw@example.com", "https://example.com/#x", "https://exa mple.com", "https://example.com\\@evil",
        "https://例子.中国", "https://example.com:0", "https://example.com:99999", "https://[::1",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_not_asked(url: str) -> None:
    with pytest.raises(UnsafeRequestRefused):
        checked_address(url)


class Names:
    """Stands for the resolver; each question takes the next answer."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def __call__(self, host: str, port: int, **_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(0, 0, 0, "", (each, port)) for each in found]


def asked(
    monkeypatch: pytest.MonkeyPatch, names: Names, answer: Callable[[httpx.Request], httpx.Response], *allowed: str
) -> SafeHttpClient:
    async def resolve(_loop: object, host: str, port: int, **options: object) -> object:
        return await names(host, port, **options)

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolve)
    return SafeHttpClient(allowed, inner=httpx.MockTransport(answer))


def fine(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"asked": str(request.url), "host": request.headers["host"]})


@pytest.mark.parametrize("inside", INSIDE)
async def test_a_name_that_leads_inside_is_not_asked(monkeypatch: pytest.MonkeyPatch, inside: str) -> None:
    safe_http = asked(monkeypatch, Names(["1.1.1.1", inside]), fine)
    with pytest.raises(UnsafeRequestRefused):
        await safe_http.json("https://evil.example/")


async def test_the_address_that_was_judged_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers differently the second time (DNS rebinding) is not asked a second time."""
    names = Names(["1.1.1.1"], ["127.0.0.1"])
    safe_http = asked(monkeypatch, names, fine)
    assert await safe_http.json("https://login.example/x") == {"asked": "https://1.1.1.1/x", "host": "login.example"}


async def test_plain_http_is_for_networks_that_the_operator_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnsafeRequestRefused):
        await asked(monkeypatch, Names(["1.1.1.1"]), fine).json("http://login.example/")
    opened = asked(monkeypatch, Names(["10.1.2.3"]), fine, "10.0.0.0/8")
    assert (await opened.json("http://login.inside/"))["host"] == "login.inside"
    with pytest.raises(UnsafeRequestRefused):
        await asked(monkeypatch, Names(["10.1.2.3", "192.168.1.1"]), fine, "10.0.0.0/8").json("http://login.inside/")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(302, headers={"location": "http://169.254.169.254/"}),
        httpx.Response(500, json={}),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, content=b'"' + b"x" * (LONGEST_BYTES + 1) + b'"'),
    ],
)
async def test_redirects_errors_and_floods_are_no_answer(
    monkeypatch: pytest.MonkeyPatch, answer: httpx.Response
) -> None:
    safe_http = asked(monkeypatch, Names(["1.1.1.1"]), lambda _: answer)
    with pytest.raises(UnsafeRequestRefused):
        await safe_http.json("https://login.example/")
