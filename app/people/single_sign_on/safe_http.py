"""An HTTP client for addresses that users supply: public hosts only, with limits on size and time.

An issuer is typed by a partner's or client's administrator. Fetched without checks, it would give them access to our
own network (server-side request forgery). So a name is resolved here, every address it has must be public,
and the connection goes to the very address that was looked at; redirects are not followed.
"""

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import msgspec

Address = IPv4Address | IPv6Address
LONGEST_BYTES: Final = 512 * 1024
TIME_OUT: Final = httpx.Timeout(5.0)
_NAT64: Final = ip_network("64:ff9b::/96")
"""IPv4 addresses as networks with IPv6 alone write them [RFC 6052]."""


class UnsafeRequestRefused(RuntimeError):
    """The address must not be requested, or its answer cannot be used. The message is for the log."""


class SafeTransport(httpx.AsyncBaseTransport):
    """Resolves and checks host names itself; `allowed` are internal networks that the operator has opened."""

    def __init__(self, allowed: Sequence[str] = (), *, inner: httpx.AsyncBaseTransport | None = None) -> None:
        self._allowed = [ip_network(each) for each in allowed]
        self._inner = inner or httpx.AsyncHTTPTransport(retries=0)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """
        Raises:
            UnsafeRequestRefused: no https, or not every address of the name is public.
        """
        url = request.url
        addresses = await self._addresses(url.host, url.port or (443 if url.scheme == "https" else 80))
        opened = all(self._is_allowed(each) for each in addresses)
        if url.scheme != "https" and not opened:
            raise UnsafeRequestRefused(f"{url.scheme} instead of https")
        if not opened and not all(is_public(each) for each in addresses):
            raise UnsafeRequestRefused(f"{url.host} is inside")
        # The name stays in the Host header, which stands already, and in the certificate's check.
        request.url = url.copy_with(host=str(addresses[0]))
        request.extensions = {**request.extensions, "sni_hostname": url.host}
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _addresses(self, host: str, port: int) -> list[Address]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise UnsafeRequestRefused(f"{host} has no address") from error
        return [ip_address(str(entry[4][0]).split("%", 1)[0]) for entry in found]

    def _is_allowed(self, address: Address) -> bool:
        return any(address in network for network in self._allowed if network.version == address.version)


def is_public(address: Address) -> bool:
    """Whether the address belongs to the internet, also where it hides an IPv4 one."""
    if isinstance(address, IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            hidden = IPv4Address(int(address) & 0xFFFFFFFF)
        if hidden is not None:
            return is_public(hidden)
    return address.is_global and not address.is_multicast and not address.is_reserved


def checked_address(url: str) -> str:
    """The address, if it is one that may be asked at all: https (or http, which the transport judges), a host, nothing
    hidden.

    Raises:
        UnsafeRequestRefused
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UnsafeRequestRefused("no address") from error
    hides = parts.username is not None or parts.password is not None or parts.fragment
    if parts.scheme not in ("https", "http") or not parts.hostname or hides or not url.isascii() or port == 0:
        raise UnsafeRequestRefused("no address that is asked")
    if not url.isprintable() or " " in url or "\\" in url:
        raise UnsafeRequestRefused("no address that is asked")
    return url


class SafeHttpClient:
    """A small JSON client. Requests are rare: each opens and closes a connection of its own."""

    def __init__(self, allowed: Sequence[str] = (), *, inner: httpx.AsyncBaseTransport | None = None) -> None:
        self._allowed = allowed
        self._inner = inner

    async def json(self, url: str, *, form: dict[str, str] | None = None, basic: tuple[str, str] | None = None) -> Any:
        """What `url` answers; with `form` it is posted to.

        Raises:
            UnsafeRequestRefused: whatever went wrong.
        """
        checked_address(url)
        transport = SafeTransport(self._allowed, inner=self._inner)
        client = httpx.AsyncClient(transport=transport, timeout=TIME_OUT, trust_env=False)
        headers = {"accept": "application/json"}
        auth = httpx.BasicAuth(*basic) if basic else None
        try:
            async with (
                client,
                asyncio.timeout(10),
                client.stream("GET" if form is None else "POST", url, data=form, headers=headers, auth=auth) as answer,
            ):
                content = await _read_limited(answer)
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            raise UnsafeRequestRefused(f"{url}: {type(error).__name__}") from error
        if answer.status_code != httpx.codes.OK:
            raise UnsafeRequestRefused(f"{url} answered {answer.status_code}")
        try:
            return msgspec.json.decode(content)
        except msgspec.DecodeError as error:
            raise UnsafeRequestRefused(f"{url} answered no JSON") from error


async def _read_limited(answer: httpx.Response) -> bytes:
    found = bytearray()
    async for part in answer.aiter_bytes():
        found += part
        if len(found) > LONGEST_BYTES:
            raise UnsafeRequestRefused("too much")
    return bytes(found)
