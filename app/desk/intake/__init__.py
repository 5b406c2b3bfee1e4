"""Employees' fault reports: sign-in by device number or label with a PIN, and the report itself."""

from app.desk.intake.follow_links import FollowService, PublicState
from app.desk.intake.schemas import FaultReport, ReporterSession
from app.desk.intake.service import IntakeService, PartnerInfo, ReporterDevice
from app.desk.intake.sign_in import ReporterSignIn

__all__ = [
    "FaultReport",
    "FollowService",
    "IntakeService",
    "PartnerInfo",
    "PublicState",
    "ReporterDevice",
    "ReporterSession",
    "ReporterSignIn",
]
