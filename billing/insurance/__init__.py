"""Insurance of devices: products, policies for one device or a fleet, premiums (B4)."""

from billing.insurance.permissions import InsurancePermission
from billing.insurance.premiums import PremiumRate
from billing.insurance.schemas import (
    DevicesInsure,
    PolicyCreate,
    PolicyEnd,
    PolicyReason,
    PolicyVersion,
    ProductWrite,
)
from billing.insurance.services.products import InsuranceProducts
from billing.insurance.services.reading import InsurancePolicies
from billing.insurance.services.underwriting import Underwriting
from billing.insurance.states import Peril

__all__ = [
    "DevicesInsure",
    "InsurancePermission",
    "InsurancePolicies",
    "InsuranceProducts",
    "Peril",
    "PolicyCreate",
    "PolicyEnd",
    "PolicyReason",
    "PolicyVersion",
    "PremiumRate",
    "ProductWrite",
    "Underwriting",
]
