"""Delivery channels: e-mail, SMS, and the demo's mailbox."""

from app.platform.notifications.channels.alibaba_signature import AccessKey
from app.platform.notifications.channels.email import (
    SmtpChannel,
    SmtpSecurity,
    SmtpSettings,
    email_address,
    smtp_settings,
)
from app.platform.notifications.channels.mailbox import MailboxChannel, MailboxSink
from app.platform.notifications.channels.ports import (
    ChannelName,
    DeliveryResult,
    FailureCode,
    MessageChannel,
    OutgoingMessage,
    Permanent,
    Retryable,
    Sent,
)
from app.platform.notifications.channels.sms import AlibabaSmsChannel, AlibabaSmsSettings

__all__ = [
    "AccessKey",
    "AlibabaSmsChannel",
    "AlibabaSmsSettings",
    "ChannelName",
    "DeliveryResult",
    "FailureCode",
    "MailboxChannel",
    "MailboxSink",
    "MessageChannel",
    "OutgoingMessage",
    "Permanent",
    "Retryable",
    "Sent",
    "SmtpChannel",
    "SmtpSecurity",
    "SmtpSettings",
    "email_address",
    "smtp_settings",
]
