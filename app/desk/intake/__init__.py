"""Employees' fault reports: sign-in by device number or label with a PIN, and the report itself."""

from app.desk.intake.schemas import FaultReport
from app.desk.intake.service import IntakeService, PartnerInfo
from app.desk.intake.sign_in import ReporterSignIn

__all__ = [
    "FaultReport",
    "IntakeService",
    "PartnerInfo",
    "ReporterSignIn",
]
