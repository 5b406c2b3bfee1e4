"""Mail servers for the tests: a real one, and one that misbehaves as it is told."""

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd import smtp
from aiosmtpd.controller import Controller


class Inbox:
    """What the server took in; it refuses one address for good and one for now."""

    def __init__(self) -> None:
        self.envelopes: list[smtp.Envelope] = []

    async def handle_RCPT(  # noqa: N802  # the library calls it by the verb
        self,
        server: smtp.SMTP,
        session: smtp.Session,
        envelope: smtp.Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if address.startswith("gone@"):
            return "550 5.1.1 no such user"
        if address.startswith("full@"):
            return "452 4.2.2 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # the library calls it by the verb
        self, server: smtp.SMTP, session: smtp.Session, envelope: smtp.Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        if b"X-spam" in envelope.content:
            return "554 5.7.1 looks like spam"
        self.envelopes.append(envelope)
        return "250 OK"

    def only_content(self) -> bytes:
        (envelope,) = self.envelopes
        assert isinstance(envelope.content, bytes)
        return envelope.content

    def only_message(self) -> EmailMessage:
        parsed = message_from_bytes(self.only_content(), policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


def only_the_house(
    server: smtp.SMTP, session: object, envelope: object, mechanism: str, data: object
) -> smtp.AuthResult:
    """Know one account: house, right."""
    return smtp.AuthResult(success=data == smtp.LoginPassword(b"house", b"right"), handled=False)


@contextlib.contextmanager
def serving(
    inbox: Inbox,
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    sign_in: bool = False,
) -> Iterator[int]:
    """Run a real SMTP server on a free port, in a thread of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    controller = Controller(
        inbox,
        hostname="127.0.0.1",
        port=port,
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=starttls is not None,
        authenticator=only_the_house if sign_in else None,
        auth_required=sign_in,
    )
    controller.start()
    try:
        yield port
    finally:
        _wait_until_everybody_hung_up(controller)
        controller.stop()


def _wait_until_everybody_hung_up(controller: Controller) -> None:
    """A connection that still closes when its loop ends is complained of in another test."""
    for _ in range(500):
        if not controller.server._active_count:  # type: ignore[union-attr]
            return
        time.sleep(0.01)


Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def scripted(conversation: Conversation) -> AsyncIterator[int]:
    """Run a server that says what the test says; leaving waits until it has hung up."""
    hung_up: list[asyncio.Event] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hung_up.append(asyncio.Event())
        with contextlib.suppress(ConnectionError):
            await conversation(reader, writer)
        writer.close()
        hung_up[-1].set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for event in hung_up:
            await event.wait()


async def until_data(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speak properly up to the message itself."""
    writer.write(b"220 here\r\n")
    while line := await reader.readline():
        if line.upper().startswith(b"DATA"):
            writer.write(b"354 go on\r\n")
            return
        writer.write(b"250 OK\r\n")
