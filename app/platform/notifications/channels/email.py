"""E-mail through one SMTP server, which only the settings name."""

import asyncio
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
import idna

from app.platform.notifications.channels.ports import (
    LONGEST_DETAIL,
    DeliveryResult,
    FailureCode,
    OutgoingMessage,
    Permanent,
    Retryable,
    Sent,
)

_SEVEN_BIT: Final = SMTP.clone(cte_type="7bit")
"""Every server takes seven bits; some still garble eight."""

_REFERENCE: Final = re.compile(r"[A-Za-z0-9._-]{1,100}")
_LOCAL_PART: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class SmtpSecurity(StrEnum):
    """How the connection is protected; never opportunistic TLS."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


_SCHEMES: Final = {
    "smtps": (SmtpSecurity.TLS, 465),
    "smtp": (SmtpSecurity.STARTTLS, 587),
    "smtp+plain": (SmtpSecurity.NONE, 25),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """The server and how to speak with it. Raises `ValueError` for a password sent in the clear."""

    host: str
    port: int
    security: SmtpSecurity
    sender_address: str
    sender_name: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    certificate_authority: Path | None = None
    """PEM file trusted instead of the system's authorities, for a server of one's own."""
    timeout_seconds: float = 20.0
    """For the whole conversation."""

    def __post_init__(self) -> None:
        if self.username is not None and self.security is SmtpSecurity.NONE:
            raise ValueError("SMTP sign-in needs starttls or tls")


def smtp_settings(url: str, mail_from: str, certificate_authority: Path | None = None) -> SmtpSettings:
    """Read `smtp://user:password@host:port` and `Name <address>`.

    The scheme says how the connection is protected: `smtps` is TLS from the first byte (port 465), `smtp` insists on
    STARTTLS (port 587), `smtp+plain` is for a relay on the same machine (port 25). User and password are
    percent-encoded.

    Raises:
        ValueError: for anything else, without repeating the address, which may hold a password.

    """
    parts = urlsplit(url)
    name, address = parseaddr(mail_from)
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise ValueError("the SMTP address must be smtp://, smtps:// or smtp+plain:// and a host")
    security, usual_port = _SCHEMES[parts.scheme]
    return SmtpSettings(
        host=parts.hostname,
        port=parts.port or usual_port,
        security=security,
        sender_address=email_address(address),
        sender_name=name,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        certificate_authority=certificate_authority,
    )


@lru_cache(maxsize=4)
def _trusting(certificate_authority: Path | None) -> ssl.SSLContext:
    """Kept, because reading the trusted certificates takes longer than most letters."""
    return ssl.create_default_context(cafile=certificate_authority)


class SmtpChannel:
    """A `MessageChannel` for e-mail. One connection a message: a worker sends few at a time."""

    def __init__(self, settings: SmtpSettings, *, now: Callable[[], datetime]) -> None:
        """Read the trusted certificates; `now` gives aware UTC for the Date header."""
        self._settings = settings
        self._now = now
        self._sender = email_address(settings.sender_address)
        self._tls = _trusting(settings.certificate_authority)

    async def send(self, message: OutgoingMessage) -> DeliveryResult:
        """Send text and HTML as alternatives to one recipient."""
        try:
            recipient = email_address(message.address)
        except ValueError as invalid:
            return Permanent(FailureCode.ADDRESS_INVALID, str(invalid))
        content = self._content(message, recipient)
        try:
            async with asyncio.timeout(self._settings.timeout_seconds):
                await self._hand_over(content, recipient)
        except (aiosmtplib.SMTPException, OSError) as failure:
            return _result_of(failure)
        return Sent(str(content["Message-ID"]))

    async def greet(self) -> None:
        """Connect, sign in and leave.

        Raises:
            aiosmtplib.SMTPException, OSError: the server does not answer, or does not let us in.
        """
        settings = self._settings
        server = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            use_tls=settings.security is SmtpSecurity.TLS,
            start_tls=settings.security is SmtpSecurity.STARTTLS,
            tls_context=self._tls,
            username=settings.username,
            password=settings.password,
            timeout=settings.timeout_seconds,
        )
        async with server:
            await server.noop()

    async def _hand_over(self, content: EmailMessage, recipient: str) -> None:
        settings = self._settings
        await aiosmtplib.send(
            content.as_bytes(),
            sender=self._sender,
            recipients=[recipient],
            hostname=settings.host,
            port=settings.port,
            use_tls=settings.security is SmtpSecurity.TLS,
            start_tls=settings.security is SmtpSecurity.STARTTLS,
            tls_context=self._tls,
            username=settings.username,
            password=settings.password,
            timeout=settings.timeout_seconds,
        )

    def _content(self, message: OutgoingMessage, recipient: str) -> EmailMessage:
        if not _REFERENCE.fullmatch(message.reference):
            raise ValueError(f"not usable in a Message-ID: {message.reference!r}")
        domain = self._sender.rpartition("@")[2]
        content = EmailMessage(policy=_SEVEN_BIT)
        content["From"] = Address(_one_line(self._settings.sender_name), addr_spec=self._sender)
        content["To"] = Address(addr_spec=recipient)
        content["Subject"] = _one_line(message.subject)
        content["Date"] = self._now()
        content["Message-ID"] = f"<{message.reference}@{domain}>"
        content["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies, please
        content.set_content(message.text)
        if message.html is not None:
            content.add_alternative(message.html, subtype="html")
        return content


def email_address(address: str) -> str:
    """Return the address as servers want it, its domain in ASCII (例子.公司 → xn--…).

    Raises:
        ValueError: for anything that is not one plain address: a name or a second recipient, white
            space or line ends, quoted or non-ASCII local parts, a domain that cannot exist.

    """
    local_part, at, domain = address.rpartition("@")
    if not at or not _LOCAL_PART.fullmatch(local_part):
        raise ValueError("not an e-mail address")
    try:
        ascii_domain = idna.encode(domain, uts46=True, std3_rules=True).decode()
        return Address(username=local_part, domain=ascii_domain).addr_spec
    except (UnicodeError, MessageError, IndexError) as invalid:
        raise ValueError("not an e-mail address") from invalid


def _one_line(text: str) -> str:
    """A header's value: line ends and other controls become spaces, so nothing can follow it."""
    return _CONTROL.sub(" ", text).strip()


def _result_of(failure: aiosmtplib.SMTPException | OSError) -> DeliveryResult:
    """Sort what the conversation ended with. `TimeoutError` and TLS errors are `OSError`s."""
    match failure:
        case aiosmtplib.SMTPRecipientsRefused(recipients=[refused, *_]):
            return _answered(refused, FailureCode.RECIPIENT_REFUSED)
        case aiosmtplib.SMTPAuthenticationError() | aiosmtplib.SMTPSenderRefused():
            return Retryable(FailureCode.MISCONFIGURED, _detail(failure))
        case aiosmtplib.SMTPResponseException():
            return _answered(failure, FailureCode.MESSAGE_REFUSED)
        case TimeoutError():
            return Retryable(FailureCode.TIMEOUT, _detail(failure))
        case ConnectionError() | aiosmtplib.SMTPConnectError() if not _is_about_trust(failure):
            return Retryable(FailureCode.UNREACHABLE, _detail(failure))
        case _:  # no STARTTLS offered, no sign-in method in common, a certificate nobody vouches for
            return Retryable(FailureCode.MISCONFIGURED, _detail(failure))


def _answered(answer: aiosmtplib.SMTPResponseException, refused: FailureCode) -> DeliveryResult:
    """Replies from 500 are final, the others (greylisting, a full disk) pass. [RFC 5321 §4.2.1]"""
    if answer.code >= 500:
        return Permanent(refused, _detail(answer))
    return Retryable(FailureCode.PROVIDER_FAULT, _detail(answer))


def _is_about_trust(failure: BaseException) -> bool:
    """Tell a refused certificate, which the library reports as a failed connection."""
    causes = (failure, failure.__cause__, failure.__context__)
    return any(isinstance(cause, ssl.SSLError) for cause in causes)


def _detail(failure: BaseException) -> str:
    return f"{type(failure).__name__}: {failure}"[:LONGEST_DETAIL]
