"""SMS goes out by the provider's contract, checked by a stand-in that shares no code with the adapter."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.platform.notifications.channels.alibaba_signature import AccessKey, authorization, canonical_query
from app.platform.notifications.channels.ports import (
    ChannelName,
    FailureCode,
    OutgoingMessage,
    Permanent,
    Retryable,
    Sent,
)
from app.platform.notifications.channels.sms import AlibabaSmsChannel, AlibabaSmsSettings, provider_number
from tests.fakes.alibaba_sms import KEY_IDENTIFIER, KEY_SECRET, AlibabaSms, serving_sms

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TEMPLATES = {"verification_code": "SMS_100001", "withdrawn": "SMS_999999"}


@pytest.fixture
def provider() -> Iterator[AlibabaSms]:
    with serving_sms(NOW) as running:
        yield running


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=5) as opened:
        yield opened


def settings_for(endpoint: str, **changes: object) -> AlibabaSmsSettings:
    chosen: dict[str, object] = {
        "key": AccessKey(KEY_IDENTIFIER, KEY_SECRET),
        "sign_name": "萤火",
        "templates": TEMPLATES,
        "endpoint": endpoint,
    }
    return AlibabaSmsSettings(**(chosen | changes))  # type: ignore[arg-type]  # checked by use


def channel_to(
    provider: AlibabaSms, client: httpx.AsyncClient, *, now: datetime = NOW, **changes: object
) -> AlibabaSmsChannel:
    return AlibabaSmsChannel(settings_for(provider.endpoint, **changes), client, now=lambda: now)


def message(**changes: object) -> OutgoingMessage:
    chosen: dict[str, object] = {
        "channel": ChannelName.SMS,
        "address": "+8613800138000",
        "subject": "验证码",
        "text": "您的验证码是 123456。",
        "reference": "0193-delivery",
        "template": "verification_code",
        "parameters": {"code": "123456"},
    }
    return OutgoingMessage(**(chosen | changes))  # type: ignore[arg-type]  # checked by use


def test_the_signature_is_the_one_in_the_provider_s_documentation() -> None:
    """The published example: RunInstances with its fixed date and nonce."""
    parameters = {
        "RegionId": "cn-shanghai",
        "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
    }
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }

    signed = authorization(
        AccessKey("YourAccessKeyId", "YourAccessKeySecret"),
        method="POST",
        path="/",
        query=canonical_query(parameters),
        headers=headers,
    )

    assert signed == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,"
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


async def test_a_code_is_sent_by_its_approved_template(provider: AlibabaSms, client: httpx.AsyncClient) -> None:
    result = await channel_to(provider, client).send(message())

    assert result == Sent("900600000001^0")
    (accepted,) = provider.accepted
    assert json.loads(accepted.pop("TemplateParam")) == {"code": "123456"}
    assert accepted == {
        "PhoneNumbers": "13800138000",
        "SignName": "萤火",
        "TemplateCode": "SMS_100001",
        "OutId": "0193-delivery",
    }


async def test_every_character_survives_signing(provider: AlibabaSms, client: httpx.AsyncClient) -> None:
    awkward = "空 格+加*星~波%25&a=b/\\\"'é😀"

    result = await channel_to(provider, client).send(message(parameters={"code": awkward}))

    assert isinstance(result, Sent)
    assert json.loads(provider.accepted[0]["TemplateParam"]) == {"code": awkward}


async def test_many_at_once_each_have_a_nonce_of_their_own(provider: AlibabaSms, client: httpx.AsyncClient) -> None:
    channel = channel_to(provider, client)

    results = await asyncio.gather(*(channel.send(message()) for _ in range(10)))

    assert all(isinstance(result, Sent) for result in results)
    assert len(provider.nonces) == 10


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("13800138000", "13800138000"),
        ("+8613800138000", "13800138000"),
        ("+85291234567", "85291234567"),
        ("+8612345678901", None),
        ("0592-5551234", None),
        ("13800138000,13900139000", None),
        ("13800138000\n", None),
        ("１３８００１３８０００", None),
        ("", None),
    ],
)
def test_numbers_are_written_as_the_provider_wants_them(address: str, written: str | None) -> None:
    assert provider_number(address) == written


async def test_what_cannot_be_sent_never_reaches_the_provider(provider: AlibabaSms, client: httpx.AsyncClient) -> None:
    channel = channel_to(provider, client)

    no_number = await channel.send(message(address="13800138000,13900139000"))
    no_template = await channel.send(message(template=None))

    assert isinstance(no_number, Permanent)
    assert no_number.code is FailureCode.ADDRESS_INVALID
    assert isinstance(no_template, Permanent)
    assert no_template.code is FailureCode.TEMPLATE_UNKNOWN
    assert provider.nonces == set()


async def test_a_missing_parameter_is_the_message_s_own_fault(provider: AlibabaSms, client: httpx.AsyncClient) -> None:
    result = await channel_to(provider, client).send(message(parameters={}))

    assert isinstance(result, Permanent)
    assert result.code is FailureCode.MESSAGE_REFUSED
    assert "isv.TEMPLATE_MISSING_PARAMETERS" in result.detail


@pytest.mark.parametrize(
    ("changes", "expected_detail"),
    [
        ({"key": AccessKey(KEY_IDENTIFIER, "wrong")}, "SignatureDoesNotMatch"),
        ({"key": AccessKey("LTAI-other", KEY_SECRET)}, "InvalidAccessKeyId.NotFound"),
        ({"sign_name": "萤火虫"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"templates": {"verification_code": "SMS_999999"}}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"now": NOW - timedelta(hours=1)}, "InvalidTimeStamp.Expired"),
    ],
)
async def test_wrong_settings_cost_no_message(
    provider: AlibabaSms, client: httpx.AsyncClient, changes: dict[str, object], expected_detail: str
) -> None:
    result = await channel_to(provider, client, **changes).send(message())  # type: ignore[arg-type]  # checked by use

    assert isinstance(result, Retryable)
    assert result.code is FailureCode.MISCONFIGURED
    assert expected_detail in result.detail
    assert KEY_SECRET not in result.detail


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b'{"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "Permits:1"}', FailureCode.RATE_LIMITED),
        (400, b'{"Code": "Throttling.User", "Message": "slow down"}', FailureCode.RATE_LIMITED),
        (200, b'{"Code": "isp.SYSTEM_ERROR", "Message": ""}', FailureCode.PROVIDER_FAULT),
        (200, b'{"Code": "isv.OUT_OF_SERVICE", "Message": "no money"}', FailureCode.MISCONFIGURED),
        (503, b'{"Code": "ServiceUnavailable", "Message": ""}', FailureCode.PROVIDER_FAULT),
        (502, b"<html>Bad gateway</html>", FailureCode.PROVIDER_FAULT),
        (200, b"[]", FailureCode.PROVIDER_FAULT),
        (200, b"{}", FailureCode.PROVIDER_FAULT),
    ],
)
async def test_what_passes_is_tried_again(
    provider: AlibabaSms, client: httpx.AsyncClient, status: int, body: bytes, expected: FailureCode
) -> None:
    provider.next_answer = (status, body)

    result = await channel_to(provider, client).send(message())

    assert isinstance(result, Retryable)
    assert result.code is expected
    assert (result.retry_after == 60) is (expected is FailureCode.RATE_LIMITED)


async def test_a_number_the_provider_calls_impossible_is_given_up(
    provider: AlibabaSms, client: httpx.AsyncClient
) -> None:
    provider.next_answer = (200, b'{"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": ""}')

    result = await channel_to(provider, client).send(message())

    assert isinstance(result, Permanent)
    assert result.code is FailureCode.ADDRESS_INVALID


async def test_a_provider_that_is_gone(client: httpx.AsyncClient) -> None:
    with serving_sms(NOW) as provider:
        pass

    result = await channel_to(provider, client).send(message())

    assert isinstance(result, Retryable)
    assert result.code is FailureCode.UNREACHABLE


async def test_a_provider_that_never_answers(client: httpx.AsyncClient) -> None:
    asked = asyncio.Event()

    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silence, "127.0.0.1", 0)
    async with server, httpx.AsyncClient(trust_env=False, timeout=0.1) as impatient:
        endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        result = await AlibabaSmsChannel(settings_for(endpoint), impatient, now=lambda: NOW).send(message())

    assert asked.is_set()
    assert isinstance(result, Retryable)
    assert result.code is FailureCode.TIMEOUT


@pytest.mark.parametrize("endpoint", ["ftp://example.com", "dysmsapi.aliyuncs.com", "https://example.com/path"])
def test_an_endpoint_must_be_an_address(endpoint: str) -> None:
    with pytest.raises(ValueError, match="endpoint"):
        settings_for(endpoint)


def test_the_secret_never_prints() -> None:
    assert KEY_SECRET not in repr(settings_for("https://dysmsapi.aliyuncs.com"))
