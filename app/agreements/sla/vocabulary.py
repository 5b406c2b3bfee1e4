"""Enumerations of the service levels: impact, urgency, priority, target kind, time basis, wait reason, channel."""

from enum import StrEnum
from typing import Final


class Impact(StrEnum):
    """How much stands still: the company or a whole site, a department, one person."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Urgency(StrEnum):
    """How long it can wait: not at all, not today, some days."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Priority(StrEnum):
    """The four fault levels. [S2 §1.1.5.2.3]"""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class TargetKind(StrEnum):
    """What can be promised by a time. [S2 of the features]"""

    RESPONSE = "response"
    REMOTE_ACCESS = "remote_access"
    ARRIVAL = "arrival"
    DIAGNOSIS = "diagnosis"
    RESOLUTION = "resolution"
    LOANER_DELIVERY = "loaner_delivery"
    PARTS_DELIVERY = "parts_delivery"


MEASURED_TARGETS: Final = (
    TargetKind.RESPONSE,
    TargetKind.REMOTE_ACCESS,
    TargetKind.ARRIVAL,
    TargetKind.RESOLUTION,
)
"""The targets that a ticket's own steps start and meet. The others have a name, because imported records
use them, but no clock: a policy that promises them is refused."""


class TimeBasis(StrEnum):
    """Whether a promised time counts in service hours or as it passes."""

    BUSINESS = "business"
    ELAPSED = "elapsed"


class EscalationChannel(StrEnum):
    """How an escalation reaches people."""

    IN_APP = "in_app"
    EMAIL = "email"
    SMS = "sms"
    ROBOT = "robot"


SENDING_CHANNELS: Final = (EscalationChannel.IN_APP, EscalationChannel.EMAIL)
"""The channels that escalations leave through; a step that names another would promise a message that never goes."""
