"""Employees' fault reports: sign-in by device number or label with a PIN, and the report itself."""

from app.intake.following import FollowService, PublicState
from app.intake.schemas import EmployeeReport, ReporterSession
from app.intake.service import IntakeService, ReportedDevice, Surroundings
from app.intake.sign_in import ReporterSignIn

__all__ = [
    "EmployeeReport",
    "FollowService",
    "IntakeService",
    "PublicState",
    "ReportedDevice",
    "ReporterSession",
    "ReporterSignIn",
    "Surroundings",
]
