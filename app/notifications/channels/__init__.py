"""Delivery channels: e-mail, SMS, and the demo's mailbox."""

from app.notifications.channels.alibaba_signature import AccessKey
from app.notifications.channels.email import SmtpChannel, SmtpSecurity, SmtpSettings, email_address, smtp_settings
from app.notifications.channels.mailbox import MailboxChannel, MailboxSink
from app.notifications.channels.ports import (
    ChannelName,
    DeliveryResult,
    FailureCode,
    MessageChannel,
    OutgoingMessage,
    Permanent,
    Retryable,
    Sent,
)
from app.notifications.channels.sms import AlibabaSmsChannel, AlibabaSmsSettings

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
