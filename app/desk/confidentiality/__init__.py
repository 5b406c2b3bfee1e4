"""Confidentiality towards clients: agreements, admitted engineers, badges (C4). What other areas may use."""

from app.desk.confidentiality.service import ZONE, ConfidentialityService, not_admitted

__all__ = [
    "ZONE",
    "ConfidentialityService",
    "not_admitted",
]
