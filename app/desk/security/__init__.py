"""The security service of clients who bought it: antivirus by the week, findings, a bulletin by the month (K3)."""

from app.desk.security.permissions import SecurityPermission
from app.desk.security.schemas import (
    BulletinWrite,
    CheckWrite,
    FindingDismissal,
    RecordVersion,
    SecurityOverview,
    SecurityWeekView,
    WeekAssessment,
)
from app.desk.security.services.bulletins import SecurityBulletins
from app.desk.security.services.calendar import open_due, open_past_week
from app.desk.security.services.findings import SecurityFindings
from app.desk.security.services.overview import SecurityService
from app.desk.security.services.weeks import SecurityWeeks
from app.desk.security.states import (
    FindingKind,
    Protection,
)

__all__ = [
    "BulletinWrite",
    "CheckWrite",
    "FindingDismissal",
    "FindingKind",
    "Protection",
    "RecordVersion",
    "SecurityBulletins",
    "SecurityFindings",
    "SecurityOverview",
    "SecurityPermission",
    "SecurityService",
    "SecurityWeekView",
    "SecurityWeeks",
    "WeekAssessment",
    "open_due",
    "open_past_week",
]
