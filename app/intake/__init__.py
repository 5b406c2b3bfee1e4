"""Employees' fault reports: sign-in by device number or label with a PIN, and the report itself."""

from app.intake.follow_links import FollowService, PublicState
from app.intake.schemas import FaultReport, ReporterSession
from app.intake.service import IntakeService, PartnerInfo, ReporterDevice
from app.intake.sign_in import ReporterSignIn

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
