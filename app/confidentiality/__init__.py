"""Confidentiality towards clients: agreements, admitted engineers, badges (C4). What other areas may use."""

from app.confidentiality.service import ConfidentialityService, shut_out

__all__ = ["ConfidentialityService", "shut_out"]
