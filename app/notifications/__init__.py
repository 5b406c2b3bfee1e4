"""Notifications: the bell, e-mail and SMS, the delivery log. Callers name the recipients."""

from app.notifications.channels import ChannelName, OutgoingMessage
from app.notifications.messages import Letter, Step, letter
from app.notifications.schemas import SMS_CODE_TEMPLATE, DeliveryState, MembershipAddress, Notice, Severity
from app.notifications.service import Addressed, NotificationService, notify, notify_all, send, send_all

__all__ = [
    "SMS_CODE_TEMPLATE",
    "Addressed",
    "ChannelName",
    "DeliveryState",
    "Letter",
    "MembershipAddress",
    "Notice",
    "NotificationService",
    "OutgoingMessage",
    "Severity",
    "Step",
    "letter",
    "notify",
    "notify_all",
    "send",
    "send_all",
]
