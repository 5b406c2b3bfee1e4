"""How employees' reports come in: device number or label, PIN, six pictures. What other areas may use."""

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
