"""Sending what is queued: once, with patience for the other side's bad hours."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import httpx
from sqlalchemy import select

from app.background import fall_due_again
from app.kernel.clock import Clock
from app.kernel.logs import log
from app.kernel.outbox import DueKind
from app.kernel.settings import Settings
from app.kernel.work import UnitOfWork
from app.notifications.channels import (
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
from app.notifications.models import Delivery
from app.notifications.schemas import SMS_CODE_TEMPLATE, DeliveryState

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


async def deliver(work: UnitOfWork, delivery_id: UUID, settings: Settings) -> None:
    """Try one queued delivery. Its row stays locked meanwhile: whoever comes second finds it sent.

    Only a process that dies between the other side's answer and the commit sends twice, under the same Message-ID.
    """
    delivery = await work.session.scalar(
        select(Delivery).where(Delivery.id == delivery_id, Delivery.state == DeliveryState.QUEUED).with_for_update()
    )
    if delivery is None:
        return
    result, success = await _hand_over(_message(delivery), settings, work.clock)
    delivery.attempts += 1
    match result:
        case Sent():
            delivery.state, delivery.delivered_at, delivery.last_error = success, work.clock.now(), ""
            if success is DeliveryState.SENT:
                _empty(delivery)
        case Permanent(code=code, detail=detail):
            _fail(delivery, code, detail)
        case Retryable(code=code, detail=detail, retry_after=retry_after):
            if delivery.attempts > len(DELAYS):
                _fail(delivery, code, detail)
                return
            delivery.last_error = f"{code} {detail}"[:80]
            delay = max(DELAYS[delivery.attempts - 1], timedelta(seconds=retry_after or 0))
            await fall_due_again(work, DueKind.DELIVERY_RETRY, delivery.id, work.now + delay)


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
    """Its links and codes work like keys: nobody needs them here any more."""
    delivery.text, delivery.html, delivery.parameters = "", "", {}


async def _hand_over(
    message: OutgoingMessage, settings: Settings, clock: Clock
) -> tuple[DeliveryResult, DeliveryState]:
    """The channel's answer, and the state of a success."""
    match message.channel:
        case ChannelName.EMAIL if settings.smtp_url is not None:
            smtp = smtp_settings(settings.smtp_url.get_secret_value(), settings.mail_from)
            return await SmtpChannel(smtp, now=clock.now).send(message), DeliveryState.SENT
        case ChannelName.SMS if settings.sms_configured:
            async with httpx.AsyncClient(timeout=SMS_TIMEOUT_SECONDS) as client:
                return await _sms(settings, client, clock.now).send(message), DeliveryState.SENT
    if settings.environment == "production":
        return Retryable(FailureCode.MISCONFIGURED, f"{message.channel} is not set up"), DeliveryState.SENT
    return await MailboxChannel(_keep).send(message), DeliveryState.MAILBOX


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
