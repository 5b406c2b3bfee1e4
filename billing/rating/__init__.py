"""What clients owe for finished work, periods and purchases: each once (B6)."""

from billing.rating.charging import Charged, insert_charges, settle
from billing.rating.claims import ChargeClaims, ClaimPlace
from billing.rating.marks import hold_charges
from billing.rating.schemas import ChargeDue, UnbilledCharge
from billing.rating.unbilled import clients_to_bill, count_clients_to_bill, unbilled_charges, unbilled_charges_of
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
    "clients_to_bill",
    "count_clients_to_bill",
    "hold_charges",
    "insert_charges",
    "settle",
    "unbilled_charges",
    "unbilled_charges_of",
]
