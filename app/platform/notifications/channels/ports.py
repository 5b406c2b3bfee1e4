"""The message and the result types that every channel shares."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

import msgspec


class ChannelName(StrEnum):
    """How a message reaches a person outside the application."""

    EMAIL = "email"
    SMS = "sms"


class OutgoingMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one address, its words already chosen and translated."""

    channel: ChannelName
    address: str
    """An e-mail address, or a telephone number: eleven digits of mainland China or `+` and all."""
    subject: str
    """For e-mail and the demo's mailbox."""
    text: str
    html: str | None = None
    language: str = "zh-CN"
    """The reader's, for the layout around the text where there is no HTML."""
    reference: str
    """Names this delivery, the same at every attempt, so that a receiver can tell repetitions."""
    template: str | None = None
    """What mainland SMS needs instead of words: our name of a text that the provider approved."""
    parameters: Mapping[str, str] = {}


class FailureCode(StrEnum):
    """Why a message did not go out. Stable, for the delivery log."""

    ADDRESS_INVALID = "address_invalid"
    RECIPIENT_REFUSED = "recipient_refused"
    MESSAGE_REFUSED = "message_refused"
    TEMPLATE_UNKNOWN = "template_unknown"
    RATE_LIMITED = "rate_limited"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    PROVIDER_FAULT = "provider_fault"
    MISCONFIGURED = "channel_misconfigured"
    """Somebody must correct our settings or account; the message itself is fine."""


class Sent(msgspec.Struct, frozen=True):
    """The provider has taken the message over. It does not say that anybody read it."""

    provider_reference: str


class Retryable(msgspec.Struct, frozen=True):
    """Not sent, and may succeed later unchanged.

    An answer lost on the way counts as not sent: deliveries are at least once.
    """

    code: FailureCode
    detail: str
    retry_after: int | None = None
    """Seconds to wait at least, where the provider's rules say so."""


class Permanent(msgspec.Struct, frozen=True):
    """Not sent, and trying the same again is pointless."""

    code: FailureCode
    detail: str


DeliveryResult = Sent | Retryable | Permanent

LONGEST_DETAIL = 300
"""Characters of a provider's answer that the delivery log keeps."""


class MessageChannel(Protocol):
    """Sends one message. Failures of the other side are results; exceptions are our own faults."""

    async def send(self, message: OutgoingMessage) -> DeliveryResult:
        """Try once. Retrying is the caller's decision."""
        ...
