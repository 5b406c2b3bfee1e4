"""Structs of notifications and deliveries."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from app.platform.kernel.state_machine import StateMachine, transition

SMS_CODE_TEMPLATE: Final = "verification_code"
"""Our name of the one SMS text that the settings carry (`sms_template_code`); its parameter is `code`."""


class Severity(StrEnum):
    """Severity of a notice; decides its colour in the bell."""

    INFO = "info"
    ATTENTION = "attention"
    URGENT = "urgent"


class DeliveryState(StrEnum):
    """State of a delivery. Only `queued` may change; the other three are final."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    MAILBOX = "mailbox"
    """Kept for the mailbox page of a demo or a test, and sent nowhere."""


class DeliveryMove(StrEnum):
    """What can become of a queued delivery."""

    SEND = "send"
    FAIL = "fail"
    KEEP = "keep"


DELIVERY: Final = StateMachine(
    record="delivery",
    columns=("delivery.state",),
    states=DeliveryState,
    started=frozenset({DeliveryState.QUEUED}),
    moves={
        DeliveryMove.SEND: transition({DeliveryState.QUEUED}, DeliveryState.SENT),
        DeliveryMove.FAIL: transition({DeliveryState.QUEUED}, DeliveryState.FAILED),
        DeliveryMove.KEEP: transition({DeliveryState.QUEUED}, DeliveryState.MAILBOX),
    },
)
"""Workers lock a delivery only while it is queued, so nobody is refused. `docs/state-machines.md`"""


class MemberRecipient(msgspec.Struct, frozen=True, kw_only=True):
    """A member as a recipient; the caller decides who that is. An empty `email` gets the bell only."""

    membership_id: UUID
    client_id: UUID | None = None
    email: str = ""
    language: str = "zh-CN"


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice, before it is put into each recipient's language."""

    reference: str
    """What it is about, once for each recipient: `escalation:<clock>:50`. At most 120 characters."""
    text: str
    """Chinese source text of the catalogue, with named placeholders."""
    parameters: Mapping[str, object] = {}
    link: str
    """Path of the page to go to; one of our own."""
    severity: Severity = Severity.INFO


class NotificationView(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a member's bell."""

    id: UUID
    severity: str
    text: str
    link: str
    created_at: datetime
    read_at: datetime | None


class Bell(msgspec.Struct, frozen=True):
    """What the bell shows when it is opened."""

    unread: int
    newest: list[NotificationView]


class MailboxMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message that a demo or a test kept instead of sending it."""

    id: UUID
    tenant: str
    channel: str
    address: str
    subject: str
    text: str
    code: str | None
    """Six digits that stand in it, if any."""
    created_at: datetime


class DeliveryView(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the delivery log. The address is masked; `error` is a `FailureCode`, empty where nothing failed."""

    id: UUID
    channel: str
    address: str
    subject: str
    state: str
    attempts: int
    error: str
    created_at: datetime
    delivered_at: datetime | None
