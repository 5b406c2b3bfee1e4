"""What other areas may use in the web process; the worker does not load it."""

from app.desk.intake.dependencies import follow_of, sign_in_path_of
from app.desk.intake.schemas import FaultReport
from app.desk.intake.service import IntakeService, PartnerInfo
from app.desk.intake.sign_in import ReporterSignIn

__all__ = ["FaultReport", "IntakeService", "PartnerInfo", "ReporterSignIn", "follow_of", "sign_in_path_of"]
