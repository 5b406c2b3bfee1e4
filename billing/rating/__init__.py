"""What clients owe for finished work, periods and purchases: each once (B6)."""

from billing.rating.charging import Charged, insert_charges, settle
from billing.rating.claims import ChargeClaims, ClaimPlace
from billing.rating.marks import hold_charges
from billing.rating.schemas import ChargeDue, UnbilledCharge
from billing.rating.unbilled import unbilled_charges
from billing.rating.vocabulary import CATEGORY_NAMES, UNIT_NAMES, ChargeCategory, MarkKind, SourceKind

__all__ = [
    "CATEGORY_NAMES",
    "UNIT_NAMES",
    "ChargeCategory",
    "ChargeClaims",
    "ChargeDue",
    "Charged",
    "ClaimPlace",
    "MarkKind",
    "SourceKind",
    "UnbilledCharge",
    "hold_charges",
    "insert_charges",
    "settle",
    "unbilled_charges",
]
