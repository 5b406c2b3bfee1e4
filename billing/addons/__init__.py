"""Services that are billed beside the contract: their catalogue, and what clients order and subscribe (B3)."""

from billing.addons.accrual import Share, Subscription, fallen_due, next_due
from billing.addons.charges import addon_charges_due, advance_orders
from billing.addons.permissions import AddonPermission
from billing.addons.schemas import (
    AddonConfirm,
    AddonDelivery,
    AddonDue,
    AddonEnd,
    AddonOrderCreate,
    AddonOrderVersion,
    AddonOrderView,
    AddonRefusal,
    AddonWrite,
)
from billing.addons.services import AddonCatalogue, AddonOrderReading, AddonOrders
from billing.addons.states import (
    KIND_NAMES,
    ORDER_STATE_NAMES,
    ORDER_TONES,
    AddonKind,
    AddonOrderState,
    AddonTarget,
)
from billing.terms import BILLED_NAMES

__all__ = [
    "BILLED_NAMES",
    "KIND_NAMES",
    "ORDER_STATE_NAMES",
    "ORDER_TONES",
    "AddonCatalogue",
    "AddonConfirm",
    "AddonDelivery",
    "AddonDue",
    "AddonEnd",
    "AddonKind",
    "AddonOrderCreate",
    "AddonOrderReading",
    "AddonOrderState",
    "AddonOrderVersion",
    "AddonOrderView",
    "AddonOrders",
    "AddonPermission",
    "AddonRefusal",
    "AddonTarget",
    "AddonWrite",
    "Share",
    "Subscription",
    "addon_charges_due",
    "advance_orders",
    "fallen_due",
    "next_due",
]
