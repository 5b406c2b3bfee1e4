"""SMS through Alibaba Cloud's SendSms (Dysmsapi 2017-05-25).

Mainland carriers take only texts that were approved beforehand, so a message travels as the name of a template and
its parameters. The operation knows no idempotence: after a lost answer a retry may send twice.
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import httpx
import msgspec

from app.platform.notifications.channels.alibaba_signature import AccessKey, authorization, canonical_query
from app.platform.notifications.channels.ports import (
    LONGEST_DETAIL,
    DeliveryResult,
    FailureCode,
    OutgoingMessage,
    Permanent,
    Retryable,
    Sent,
)

_MAINLAND: Final = re.compile(r"(?:\+86)?(1[3-9][0-9]{9})")
_ABROAD: Final = re.compile(r"\+(?!86)([1-9][0-9]{6,14})")

_TOO_OFTEN_SECONDS: Final = 60
"""The shortest of the provider's limits is one message a minute to one number; the others are told the same way."""

_TOO_OFTEN: Final = frozenset({"isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL"})
_BAD_NUMBER: Final = frozenset({"isv.MOBILE_NUMBER_ILLEGAL", "isv.DOMESTIC_NUMBER_NOT_SUPPORTED"})
_BAD_CONTENT: Final = frozenset(
    {
        "isv.TEMPLATE_MISSING_PARAMETERS",
        "isv.TEMPLATE_PARAMS_ILLEGAL",
        "isv.INVALID_PARAMETERS",
        "isv.INVALID_JSON_PARAM",
        "isv.PARAM_LENGTH_LIMIT",
        "isv.PARAM_NOT_SUPPORT_URL",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.SMS_CONTENT_ILLEGAL",
    }
)
"""[Alibaba Cloud, "Domestic SMS API error codes"] Any other `isv.` code is about our account, signature or template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlibabaSmsSettings:
    """The account and what was approved for it. Raises `ValueError` for an endpoint that is no address."""

    key: AccessKey
    sign_name: str
    """短信签名: the sender's name in brackets before every text."""
    templates: Mapping[str, str]
    """Our names of texts to the provider's template codes."""
    endpoint: str = "https://dysmsapi.aliyuncs.com"

    def __post_init__(self) -> None:
        address = urlsplit(self.endpoint)
        if address.scheme not in {"http", "https"} or not address.netloc or address.path.strip("/"):
            raise ValueError("the SMS endpoint must be an http(s) address without a path")


class _Answer(msgspec.Struct, frozen=True, rename="pascal"):
    code: str = ""
    message: str = ""
    biz_id: str = ""


class AlibabaSmsChannel:
    """A `MessageChannel` for SMS."""

    def __init__(
        self,
        settings: AlibabaSmsSettings,
        client: httpx.AsyncClient,
        *,
        now: Callable[[], datetime],
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        """`client` brings its own time limits and is closed by whoever made it; `now` gives aware UTC."""
        self._settings = settings
        self._client = client
        self._now = now
        self._nonce = nonce

    async def send(self, message: OutgoingMessage) -> DeliveryResult:
        """Send one message to one number."""
        number = provider_number(message.address)
        if number is None:
            return Permanent(FailureCode.ADDRESS_INVALID, "not a mobile number")
        template = self._settings.templates.get(message.template or "")
        if template is None:
            return Permanent(FailureCode.TEMPLATE_UNKNOWN, f"no approved template for {message.template!r}")
        query = canonical_query(
            {
                "PhoneNumbers": number,
                "SignName": self._settings.sign_name,
                "TemplateCode": template,
                "TemplateParam": msgspec.json.encode(message.parameters).decode(),
                "OutId": message.reference,
            }
        )
        try:
            response = await self._client.post(
                f"{self._settings.endpoint.rstrip('/')}/?{query}", headers=self._headers(query), follow_redirects=False
            )
        except httpx.TimeoutException as late:
            return Retryable(FailureCode.TIMEOUT, type(late).__name__)
        except httpx.TransportError as failure:
            return Retryable(FailureCode.UNREACHABLE, f"{type(failure).__name__}: {failure}"[:LONGEST_DETAIL])
        return _result_of(response)

    def _headers(self, query: str) -> dict[str, str]:
        headers = {
            "host": urlsplit(self._settings.endpoint).netloc,
            "x-acs-action": "SendSms",
            "x-acs-version": "2017-05-25",
            "x-acs-date": self._now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": self._nonce(),
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        }
        signature = authorization(self._settings.key, method="POST", path="/", query=query, headers=headers)
        return headers | {"accept": "application/json", "authorization": signature}


def provider_number(address: str) -> str | None:
    """A number as the provider writes it: eleven digits of the mainland, or country code and number without `+`."""
    if mainland := _MAINLAND.fullmatch(address):
        return mainland[1]
    abroad = _ABROAD.fullmatch(address)
    return abroad[1] if abroad else None


def _result_of(response: httpx.Response) -> DeliveryResult:
    """Sort the answer: faults of the request come with 4xx and faults of the message with 200, both with a code."""
    try:
        answer = msgspec.json.decode(response.content, type=_Answer)
    except msgspec.DecodeError:
        return Retryable(FailureCode.PROVIDER_FAULT, f"HTTP {response.status_code} without a readable answer")
    detail = f"{answer.code}: {answer.message}"[:LONGEST_DETAIL]
    if response.is_success and answer.code == "OK":
        return Sent(answer.biz_id)
    if answer.code in _BAD_NUMBER:
        return Permanent(FailureCode.ADDRESS_INVALID, detail)
    if answer.code in _BAD_CONTENT:
        return Permanent(FailureCode.MESSAGE_REFUSED, detail)
    if answer.code in _TOO_OFTEN or answer.code.startswith("Throttling"):
        return Retryable(FailureCode.RATE_LIMITED, detail, _TOO_OFTEN_SECONDS)
    if response.is_server_error or answer.code in {"isp.SYSTEM_ERROR", "isp.UNKNOWN", "isp.GATEWAY_ERROR", ""}:
        return Retryable(FailureCode.PROVIDER_FAULT, detail)
    return Retryable(FailureCode.MISCONFIGURED, detail)
