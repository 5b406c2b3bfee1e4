"""E-mail goes out through a real SMTP server that each test starts."""

import asyncio
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from app.platform.notifications.channels.email import (
    SmtpChannel,
    SmtpSecurity,
    SmtpSettings,
    email_address,
    smtp_settings,
)
from app.platform.notifications.channels.ports import (
    ChannelName,
    DeliveryResult,
    FailureCode,
    OutgoingMessage,
    Permanent,
    Retryable,
    Sent,
)
from tests.notifications.smtp_servers import (
    Inbox,
    scripted,
    serving,
    until_data,
)

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SUBJECT = "您的报修单 FW-20261122-0007 已派给工程师"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def authority_file(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


def channel_to(port: int, **changes: object) -> SmtpChannel:
    chosen: dict[str, object] = {
        "host": "localhost",
        "port": port,
        "security": SmtpSecurity.NONE,
        "sender_address": "service@yinghuo.example",
        "sender_name": "萤火服务台",
        "timeout_seconds": 5.0,
    }
    settings = SmtpSettings(**(chosen | changes))  # type: ignore[arg-type]  # checked by use
    return SmtpChannel(settings, now=lambda: MONDAY)


def message(**changes: object) -> OutgoingMessage:
    chosen: dict[str, object] = {
        "channel": ChannelName.EMAIL,
        "address": "chen@client.example",
        "subject": SUBJECT,
        "text": "工程师王强将于 10:30 到达。\n",
        "html": "<p>工程师王强将于 10:30 到达。</p>\n",
        "reference": "0193-delivery",
    }
    return OutgoingMessage(**(chosen | changes))  # type: ignore[arg-type]  # checked by use


async def test_chinese_subject_text_and_page_arrive_as_written() -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        result = await channel_to(port).send(message())

    received = inbox.only_message()
    assert result == Sent("<0193-delivery@yinghuo.example>")
    assert received["Subject"] == SUBJECT
    assert str(received["From"]) == "萤火服务台 <service@yinghuo.example>"
    assert received["To"] == "chen@client.example"
    assert received["Message-ID"] == "<0193-delivery@yinghuo.example>"
    assert received["Date"].datetime == MONDAY
    assert received["Auto-Submitted"] == "auto-generated"
    assert not [name for name in received if name.lower().startswith("list-")]
    assert received.get_content_type() == "multipart/alternative"
    text, html = received.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().rstrip() == "工程师王强将于 10:30 到达。"
    assert html.get_content().rstrip() == "<p>工程师王强将于 10:30 到达。</p>"
    assert inbox.only_content().isascii()


async def test_a_message_without_a_page_is_plain_text() -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        await channel_to(port).send(message(html=None))

    assert inbox.only_message().get_content_type() == "text/plain"


@pytest.mark.any_day(on="validity")
async def test_starttls_with_an_authority_named_by_the_settings(
    server_tls: ssl.SSLContext, authority_file: Path
) -> None:
    inbox = Inbox()
    with serving(inbox, starttls=server_tls) as port:
        result = await channel_to(port, security=SmtpSecurity.STARTTLS, certificate_authority=authority_file).send(
            message()
        )

    assert isinstance(result, Sent)
    assert inbox.only_message()["Subject"] == SUBJECT


async def test_tls_from_the_first_byte(server_tls: ssl.SSLContext, authority_file: Path) -> None:
    inbox = Inbox()
    with serving(inbox, tls=server_tls) as port:
        result = await channel_to(port, security=SmtpSecurity.TLS, certificate_authority=authority_file).send(message())

    assert isinstance(result, Sent)


async def test_a_certificate_nobody_vouches_for_is_not_trusted(server_tls: ssl.SSLContext) -> None:
    inbox = Inbox()
    with serving(inbox, starttls=server_tls) as port:
        result = await channel_to(port, security=SmtpSecurity.STARTTLS).send(message())

    assert isinstance(result, Retryable)
    assert result.code is FailureCode.MISCONFIGURED
    assert "certificate" in result.detail
    assert inbox.envelopes == []


@pytest.mark.slow(6, "waits for a server that says nothing")
async def test_a_server_without_starttls_gets_nothing() -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        result = await channel_to(port, security=SmtpSecurity.STARTTLS).send(message())

    assert isinstance(result, Retryable)
    assert result.code is FailureCode.MISCONFIGURED
    assert inbox.envelopes == []


@pytest.mark.parametrize(("password", "sent"), [("right", True), ("wrong", False)])
async def test_signing_in(password: str, sent: bool, server_tls: ssl.SSLContext, authority_file: Path) -> None:
    inbox = Inbox()
    with serving(inbox, starttls=server_tls, sign_in=True) as port:
        result = await channel_to(
            port,
            security=SmtpSecurity.STARTTLS,
            certificate_authority=authority_file,
            username="house",
            password=password,
        ).send(message())

    assert bool(inbox.envelopes) is sent
    if not sent:
        assert isinstance(result, Retryable)
        assert result.code is FailureCode.MISCONFIGURED
        assert "wrong" not in result.detail


def test_a_password_never_travels_or_prints_in_the_clear() -> None:
    with pytest.raises(ValueError, match="starttls or tls"):
        channel_to(25, username="house", password="hush")
    settings = SmtpSettings(
        host="localhost",
        port=465,
        security=SmtpSecurity.TLS,
        sender_address="service@yinghuo.example",
        sender_name="萤火",
        username="house",
        password="hush",
    )
    assert "hush" not in repr(settings)


def test_one_address_holds_all_that_an_operator_decides() -> None:
    settings = smtp_settings("smtps://house:p%40ss@mail.example", "萤火服务台 <service@yinghuo.example>")

    assert settings == SmtpSettings(
        host="mail.example",
        port=465,
        security=SmtpSecurity.TLS,
        sender_address="service@yinghuo.example",
        sender_name="萤火服务台",
        username="house",
        password="p@ss",
    )


@pytest.mark.parametrize(
    ("scheme", "security", "port"),
    [
        ("smtp", SmtpSecurity.STARTTLS, 587),
        ("smtps", SmtpSecurity.TLS, 465),
        ("smtp+plain", SmtpSecurity.NONE, 25),
    ],
)
def test_the_scheme_says_how_the_connection_is_protected(scheme: str, security: SmtpSecurity, port: int) -> None:
    settings = smtp_settings(f"{scheme}://mail.example", "no-reply@localhost")

    assert (settings.security, settings.port, settings.username) == (security, port, None)


@pytest.mark.parametrize(
    ("url", "mail_from"),
    [
        ("http://house:hush@mail.example", "a@b.example"),
        ("smtp://house:hush@", "a@b.example"),
        ("smtp://house:hush@mail.example:x", "a@b.example"),
        ("smtp://house:hush@mail.example", "nobody"),
        ("smtp+plain://house:hush@mail.example", "a@b.example"),
    ],
)
def test_a_wrong_address_is_refused_without_showing_the_password(url: str, mail_from: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as refused:
        smtp_settings(url, mail_from)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"address": "gone@client.example"}, (Permanent, FailureCode.RECIPIENT_REFUSED)),
        ({"address": "full@client.example"}, (Retryable, FailureCode.PROVIDER_FAULT)),
        ({"subject": "X-spam"}, (Permanent, FailureCode.MESSAGE_REFUSED)),
    ],
)
async def test_what_the_server_refuses_is_final_or_for_later(
    changes: dict[str, object], expected: tuple[type[DeliveryResult], FailureCode]
) -> None:
    with serving(Inbox()) as port:
        result = await channel_to(port).send(message(**changes))

    assert not isinstance(result, Sent)
    assert (type(result), result.code) == expected


async def test_a_server_that_dies_in_the_middle_of_a_message() -> None:
    async def die_midway(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await until_data(reader, writer)
        await reader.readline()
        writer.transport.abort()

    async with scripted(die_midway) as port:
        result = await channel_to(port).send(message(text="很长的一封信。" * 100_000))

    assert isinstance(result, Retryable)
    assert result.code is FailureCode.UNREACHABLE


async def test_a_server_that_dies_after_taking_the_message_has_it() -> None:
    async def die_afterwards(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await until_data(reader, writer)
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"250 taken\r\n")
        await writer.drain()
        await reader.readline()

    async with scripted(die_afterwards) as port:
        result = await channel_to(port).send(message())

    assert isinstance(result, Sent)


async def test_a_server_that_never_speaks_costs_no_more_than_the_time_allowed() -> None:
    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with scripted(silence) as port:
        result = await channel_to(port, timeout_seconds=0.05).send(message())

    assert isinstance(result, Retryable)
    assert result.code is FailureCode.TIMEOUT


async def test_a_server_that_drips_costs_no_more_than_the_time_allowed() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while True:
            writer.write(b"250-and more\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with scripted(drip) as port:
        result = await channel_to(port, timeout_seconds=0.1).send(message())

    assert isinstance(result, Retryable)
    assert result.code is FailureCode.TIMEOUT


async def test_no_server_at_all() -> None:
    async with scripted(until_data) as port:
        pass

    result = await channel_to(port).send(message())

    assert isinstance(result, Retryable)
    assert result.code is FailureCode.UNREACHABLE


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85", "\0"], ids=repr)
async def test_no_subject_and_no_sender_can_add_a_header_or_a_recipient(line_end: str) -> None:
    inbox = Inbox()
    injected = f"打印机{line_end}Bcc: thief@evil.example{line_end}{line_end}<b>new body</b>"
    with serving(inbox) as port:
        result = await channel_to(port, sender_name=injected).send(message(subject=injected))

    received = inbox.only_message()
    assert isinstance(result, Sent)
    assert received["Bcc"] is None
    assert inbox.envelopes[0].rcpt_tos == ["chen@client.example"]
    assert "Bcc: thief@evil.example" in received["Subject"]
    assert received.get_content_type() == "multipart/alternative"


BAD_ADDRESSES = [
    "",
    "chen",
    "@client.example",
    "chen@",
    "chen@client.example\r\nRCPT TO:<thief@evil.example>",
    "chen@client.example\n",
    "chen@client.example, thief@evil.example",
    "Chen <chen@client.example>",
    "<chen@client.example>",
    '"a b"@client.example',
    "chen@client..example",
    "chen@client.example>",
    "chen@evil@client.example",
    "陈@client.example",
    "chen@cli ent.example",
    "chen@[127.0.0.1]",
    "chen@" + "a" * 64 + ".example",
]


@pytest.mark.parametrize("address", BAD_ADDRESSES)
async def test_an_address_that_is_none_is_refused_before_any_server_hears_of_it(
    address: str,
) -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        result = await channel_to(port).send(message(address=address))

    assert result == Permanent(FailureCode.ADDRESS_INVALID, "not an e-mail address")
    assert inbox.envelopes == []


def test_a_chinese_domain_is_reached_by_its_ascii_name() -> None:
    assert email_address("service@例子.公司") == "service@xn--fsqu00a.xn--55qx5d"


@given(st.text(max_size=80))
def test_no_text_gets_through_as_an_address_with_more_in_it(text: str) -> None:
    try:
        accepted = email_address(text)
    except ValueError:
        return
    assert accepted.isascii()
    assert accepted.isprintable()
    assert accepted.count("@") == 1
    assert not set(accepted) & set(' ,;<>()[]\\"')


async def test_long_chinese_subjects_are_folded_and_come_back_whole() -> None:
    long_subject = "厦门软件园三期十二号楼前台打印机 HP LaserJet 反复卡纸，请尽快处理；" * 6
    inbox = Inbox()
    with serving(inbox) as port:
        await channel_to(port).send(message(subject=long_subject))

    assert inbox.only_message()["Subject"] == long_subject
    assert max(len(line) for line in inbox.only_content().splitlines()) <= 998
