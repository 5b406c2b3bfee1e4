"""Attempts to send queued messages, with retries."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import httpx
import msgspec
from sqlalchemy import select

from app.platform.background import reschedule
from app.platform.kernel.logs import log
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import TimeSource
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications.channels import (
    AccessKey,
    AlibabaSmsChannel,
    AlibabaSmsSettings,
    ChannelName,
    DeliveryResult,
    FailureCode,
    MailboxChannel,
    MessageChannel,
    OutgoingMessage,
    Permanent,
    Retryable,
    Sent,
    SmtpChannel,
    smtp_settings,
)
from app.platform.notifications.models import Delivery
from app.platform.notifications.schemas import SMS_CODE_TEMPLATE, DeliveryState

DELAYS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
)
"""How long to wait after each failed attempt; after the last one the message counts as failed."""

SMS_TIMEOUT_SECONDS: Final = 15.0

_log: Final = log(__name__)


class AttemptOutcome(msgspec.Struct, frozen=True):
    """The channel's result, and the state of the delivery if it succeeded."""

    result: DeliveryResult
    success: DeliveryState


async def claim_delivery(work: UnitOfWork, delivery_id: UUID, event_id: UUID) -> OutgoingMessage | None:
    """The message to be sent for the event: one that is queued and not taken by another event. None otherwise.

    Commit before sending: nothing may be locked meanwhile.
    """
    delivery = await _queued(work, delivery_id)
    if delivery is None or delivery.taken_by not in (None, event_id):
        return None
    delivery.taken_by = event_id
    return _message(delivery)


async def record_outcome(work: UnitOfWork, delivery_id: UUID, answered: AttemptOutcome) -> None:
    """Record the result of an attempt; a retryable failure schedules the next attempt."""
    delivery = await _queued(work, delivery_id)
    if delivery is None:
        return
    delivery.taken_by = None
    delivery.attempts += 1
    match answered.result:
        case Sent():
            delivery.state, delivery.delivered_at, delivery.last_error = answered.success, work.clock.now(), ""
            if answered.success is DeliveryState.SENT:
                _empty(delivery)
        case Permanent(code=code, detail=detail):
            _fail(delivery, code, detail)
        case Retryable(code=code, detail=detail, retry_after=retry_after):
            if delivery.attempts > len(DELAYS):
                _fail(delivery, code, detail)
                return
            delivery.last_error = f"{code} {detail}"[:80]
            delay = max(DELAYS[delivery.attempts - 1], timedelta(seconds=retry_after or 0))
            await reschedule(work, DueKind.DELIVERY_RETRY, delivery.id, work.now + delay)


async def _queued(work: UnitOfWork, delivery_id: UUID) -> Delivery | None:
    found: Delivery | None = await work.session.scalar(
        select(Delivery).where(Delivery.id == delivery_id, Delivery.state == DeliveryState.QUEUED).with_for_update()
    )
    return found


def _message(delivery: Delivery) -> OutgoingMessage:
    return OutgoingMessage(
        channel=ChannelName(delivery.channel),
        address=delivery.address,
        subject=delivery.subject,
        text=delivery.text,
        html=delivery.html or None,
        reference=delivery.id.hex,
        template=delivery.template or None,
        parameters=delivery.parameters,
    )


def _fail(delivery: Delivery, code: FailureCode, detail: str) -> None:
    delivery.state, delivery.last_error = DeliveryState.FAILED, f"{code} {detail}"[:80]
    _empty(delivery)
    _log.warning("delivery_failed", delivery_id=str(delivery.id), code=code)


def _empty(delivery: Delivery) -> None:
    """Delete the body: its links and codes grant access and are not needed any more."""
    delivery.text, delivery.html, delivery.parameters = "", "", {}


async def attempt_delivery(message: OutgoingMessage, settings: Settings, clock: TimeSource) -> AttemptOutcome:
    """Send through the channel, with no transaction open.

    Only a process that dies between its answer and the commit of `record_outcome` sends twice, under the same
    Message-ID.
    """
    match message.channel:
        case ChannelName.EMAIL if settings.smtp_url is not None:
            smtp = smtp_settings(settings.smtp_url.get_secret_value(), settings.mail_from)
            return AttemptOutcome(await SmtpChannel(smtp, now=clock.now).send(message), DeliveryState.SENT)
        case ChannelName.SMS if settings.sms_configured:
            async with httpx.AsyncClient(timeout=SMS_TIMEOUT_SECONDS) as client:
                return AttemptOutcome(await _sms(settings, client, clock.now).send(message), DeliveryState.SENT)
    if settings.environment == "production":
        missing = Retryable(FailureCode.MISCONFIGURED, f"{message.channel} is not set up")
        return AttemptOutcome(missing, DeliveryState.SENT)
    return AttemptOutcome(await MailboxChannel(_keep).send(message), DeliveryState.MAILBOX)


async def _keep(_: OutgoingMessage) -> None:
    """The delivery's own row is what the mailbox page shows."""


def _sms(settings: Settings, client: httpx.AsyncClient, now: Callable[[], datetime]) -> MessageChannel:
    secret = settings.sms_access_key_secret
    return AlibabaSmsChannel(
        AlibabaSmsSettings(
            key=AccessKey(settings.sms_access_key_id or "", secret.get_secret_value() if secret else ""),
            sign_name=settings.sms_sign_name,
            templates={SMS_CODE_TEMPLATE: settings.sms_template_code} if settings.sms_template_code else {},
            endpoint=settings.sms_endpoint,
        ),
        client,
        now=now,
    )
