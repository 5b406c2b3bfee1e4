"""Confidentiality towards clients: agreements, admitted engineers, badges (C4). What other areas may use."""

from app.desk.confidentiality.service import ConfidentialityService, not_admitted

__all__ = [
    "ConfidentialityService",
    "not_admitted",
]
