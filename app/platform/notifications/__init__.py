"""Notifications: the bell, e-mail and SMS, the delivery log. Callers name the recipients."""

from app.platform.notifications.channels import ChannelName, OutgoingMessage
from app.platform.notifications.email_layout import EmailAction, email_content
from app.platform.notifications.mail_server import greet_mail_server
from app.platform.notifications.schemas import SMS_CODE_TEMPLATE, MemberRecipient, Notice, Severity
from app.platform.notifications.service import (
    AddressedNotice,
    Addressee,
    NotificationService,
    notify,
    notify_all,
    send,
    send_all,
    write_to,
)

__all__ = [
    "SMS_CODE_TEMPLATE",
    "AddressedNotice",
    "Addressee",
    "ChannelName",
    "EmailAction",
    "MemberRecipient",
    "Notice",
    "NotificationService",
    "OutgoingMessage",
    "Severity",
    "email_content",
    "greet_mail_server",
    "notify",
    "notify_all",
    "send",
    "send_all",
    "write_to",
]
