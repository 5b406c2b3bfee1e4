"""A real OpenID Connect provider, started as a process of its own, and browsers that come back from it."""

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from tests.factories.network import Network, PartnerCompany

PEOPLE = [
    {"sub": sub, "name": name, "email": email, "email_verified": sub != "rogue-1", "groups": groups}
    for sub, name, email, groups in (
        ("engineer-1", "郑工", "zheng@partner.example", ["field"]),
        ("desk-1", "何小姐", "he@partner.example", ["desk", "all"]),
        ("nobody-1", "访客", "guest@partner.example", ["all"]),
        ("rogue-1", "坏人", "victim@partner.example", []),
        ("employee-1", "李静", "li@client.example", []),
    )
]
"""Whom the provider knows; the rogue's address nobody has verified."""
TIMEOUT_SECONDS = 20


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """The provider's address."""
    yield from _provider()


@pytest.fixture(scope="session")
def other_issuer() -> Iterator[str]:
    """Another provider, which calls people like the first one does."""
    yield from _provider()


def _provider() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "oidc_provider_mock",
        "--port",
        str(port),
        "--require-nonce",
        "true",
    ]
    for person in PEOPLE:
        command += ["--user-claims", json.dumps(person)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while True:
        try:
            httpx.get(f"{address}/.well-known/openid-configuration").raise_for_status()
            break
        except httpx.HTTPError:
            assert time.monotonic() < deadline, "the provider never answered"
            time.sleep(0.1)
    yield address
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="module")
def test_settings(test_settings: Settings) -> Settings:
    """Here the provider is inside, which an operator has to allow."""
    return test_settings.model_copy(update={"inside_networks": ("127.0.0.0/8",)})


CONFIRM_PAGE = "/single-sign-on/confirm"
Recognise = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture(scope="session")
def recognise() -> Recognise:
    """A browser that opens `address`, is recognised at the provider as `subject`, comes back, and goes on; `proof` is
    what a member is asked for who comes for the first time."""

    async def go(browser: httpx.AsyncClient, address: str, subject: str, **proof: str) -> httpx.Response:
        back = await come_back(browser, address, subject)
        if back.headers.get("location") != CONFIRM_PAGE:
            return back
        asked = await browser.get(CONFIRM_PAGE)
        return await agree(browser, asked, **proof) if asked.is_success else asked

    return go


async def agree(browser: httpx.AsyncClient, asked: httpx.Response, **proof: str) -> httpx.Response:
    """Press the button of the page that asks."""
    token = re.search(r'name="_csrf_token" value="(\w+)"', asked.text)
    assert token, asked.text
    return await browser.post(CONFIRM_PAGE, data={"_csrf_token": token[1], **proof})


async def come_back(browser: httpx.AsyncClient, address: str, subject: str) -> httpx.Response:
    """To the provider and back, which changes nothing yet."""
    left = await browser.get(address)
    assert left.status_code == 303, left.text
    async with httpx.AsyncClient() as outside:
        answered = await outside.post(left.headers["location"], data={"sub": subject})
    assert answered.status_code == 302, answered.text
    back = urlsplit(answered.headers["location"])
    return await browser.get(back.path, params={key: values[0] for key, values in parse_qs(back.query).items()})


@pytest.fixture
async def partner(network: Network, runtime: Runtime) -> PartnerCompany:
    await runtime.redis.flushdb()  # all these stories come from one network address
    made = await network.partner()
    await network.service_level(made)
    return made
