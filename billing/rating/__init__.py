"""What clients owe for finished work, periods and purchases: each once (B6)."""

from billing.rating.charging import Charged, insert_charges, settle
from billing.rating.claims import ChargeClaims, ClaimPlace
from billing.rating.marks import hold_charges, mark
from billing.rating.runs import run_rating
from billing.rating.schemas import ChargeDue, MarkReason, UnbilledCharge
from billing.rating.sources import RatedSource, RatedStep
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
    "MarkReason",
    "RatedSource",
    "RatedStep",
    "SourceKind",
    "UnbilledCharge",
    "clients_to_bill",
    "count_clients_to_bill",
    "hold_charges",
    "insert_charges",
    "mark",
    "run_rating",
    "settle",
    "unbilled_charges",
    "unbilled_charges_of",
]
